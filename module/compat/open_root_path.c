// SPDX-License-Identifier: GPL-2.0-only
/* 5.12: file_open_root() takes a path. */
#include <linux/fs.h>
#include <linux/path.h>
const void *probe(const struct path *root);
const void *probe(const struct path *root)
{
	return file_open_root(root, "name", O_WRONLY, 0);
}
