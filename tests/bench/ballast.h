/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Connections that are open during an operation: none, one, two, ... and again
 * none. Without them an operation that happens to need the last object of a slab
 * needs it every time, and pays the allocator's slow way every time: 560
 * instructions, in one column of the table and not in the next. So it finds the
 * slabs otherwise each time, and some of its calls go the quick way.
 */
#ifndef BALLAST_H
#define BALLAST_H

/**
 * ballast_shift - have one more connection, with a byte that nobody reads, or
 * after some, none. Ends the program if it cannot be had.
 */
void ballast_shift(void);

#endif
