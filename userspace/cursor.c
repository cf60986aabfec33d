// SPDX-License-Identifier: GPL-2.0-only
#include "cursor.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int read_at(int fd, char *to, size_t size, uint64_t at)
{
	ssize_t n;

	while (size) {
		n = pread(fd, to, size, at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			return -ENODATA;
		to += n;
		at += n;
		size -= n;
	}
	return 0;
}

int cursor_get(struct cursor *c, void *to, size_t size)
{
	int rc = 0;

	if (c->at > c->end || size > c->end - c->at)
		return -ENODATA;
	if (c->fd >= 0)
		rc = read_at(c->fd, to, size, c->at);
	else if (size)
		memcpy(to, c->bytes + c->at, size);
	if (!rc)
		c->at += size;
	return rc;
}

int cursor_u16(struct cursor *c, uint16_t *value)
{
	int rc = cursor_get(c, value, sizeof(*value));

	if (!rc)
		*value = le16toh(*value);
	return rc;
}

int cursor_u32(struct cursor *c, uint32_t *value)
{
	int rc = cursor_get(c, value, sizeof(*value));

	if (!rc)
		*value = le32toh(*value);
	return rc;
}

int cursor_u64(struct cursor *c, uint64_t *value)
{
	int rc = cursor_get(c, value, sizeof(*value));

	if (!rc)
		*value = le64toh(*value);
	return rc;
}

int cursor_text(struct cursor *c, char *to, size_t size)
{
	size_t i;
	int rc;

	for (i = 0; i < size; i++) {
		rc = cursor_get(c, &to[i], 1);
		if (rc)
			return rc;
		if (!to[i])
			return 0;
	}
	return -EBADMSG;
}

int cursor_block(struct cursor *c, uint64_t size, uint64_t max, char **to)
{
	char *block;
	int rc;

	if (size > max)
		return -EBADMSG;
	if (c->at > c->end || size > c->end - c->at)
		return -ENODATA;
	block = malloc(size + 1);
	if (!block)
		return -ENOMEM;
	rc = cursor_get(c, block, size);
	if (rc) {
		free(block);
		return rc;
	}
	block[size] = '\0';
	*to = block;
	return 0;
}

int cursor_skip(struct cursor *c, uint64_t size)
{
	if (c->at > c->end || size > c->end - c->at)
		return -ENODATA;
	c->at += size;
	return 0;
}
