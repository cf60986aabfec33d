// SPDX-License-Identifier: GPL-2.0-only
#include "unzip.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#ifdef HAVE_ZSTD
#include <zstd.h>
#endif
#ifdef HAVE_ZLIB
#include <zlib.h>
#endif

struct unzip {
	const char *name;
	bool (*block)(const void *from, size_t size, void *to, size_t room);
};

#ifdef HAVE_ZSTD
static bool unzip_zstd(const void *from, size_t size, void *to, size_t room)
{
	return ZSTD_decompress(to, room, from, size) == room;
}
#endif

#ifdef HAVE_ZLIB
static bool unzip_zlib(const void *from, size_t size, void *to, size_t room)
{
	uLongf got = room;

	return uncompress(to, &got, from, size) == Z_OK && got == room;
}
#endif

static const struct unzip ways[] = {
#ifdef HAVE_ZSTD
	{ .name = "zstd", .block = unzip_zstd },
#endif
#ifdef HAVE_ZLIB
	{ .name = "zlib", .block = unzip_zlib },
#endif
	{ .name = NULL },
};

const struct unzip *unzip_find(const char *name)
{
	const struct unzip *way;

	for (way = ways; way->name; way++)
		if (!strcmp(way->name, name))
			return way;
	return NULL;
}

int unzip_block(const struct unzip *way, const void *from, size_t size,
		void *to, size_t room)
{
	return way && way->block(from, size, to, room) ? 0 : -EBADMSG;
}
