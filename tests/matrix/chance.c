// SPDX-License-Identifier: GPL-2.0-only
#include "chance.h"

static uint64_t state;

void chance_init(uint64_t seed)
{
	state = seed;
}

/* xorshift64 */
unsigned int chance_below(unsigned int n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state >> 32) % n;
}
