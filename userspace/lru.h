/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A table of bounded size: keys to places, the longest unused one forgotten
 * when a new one needs room. What is kept at a place is the caller's.
 */
#ifndef REUSETRACE_LRU_H
#define REUSETRACE_LRU_H

#include <stdbool.h>
#include <stdint.h>

#define LRU_NONE	UINT32_MAX

struct lru;

/**
 * lru_new - an empty table
 * @capacity: how many keys it holds at most
 *
 * Return: the table, or NULL when memory is short. Pages that no key has used
 * cost nothing.
 */
struct lru *lru_new(uint32_t capacity);

/**
 * lru_free - forget all
 * @l: the table, or NULL
 */
void lru_free(struct lru *l);

/**
 * lru_find - where a key is
 * @l: the table
 * @key: the key
 *
 * Return: its place, below the capacity, or LRU_NONE.
 */
uint32_t lru_find(const struct lru *l, uint64_t key);

/**
 * lru_victim - who would have to make room for a new key?
 * @l: the table
 *
 * Return: its place, or LRU_NONE while there is room.
 */
uint32_t lru_victim(const struct lru *l);

/**
 * lru_add - add a key, as the newest
 * @l: the table
 * @key: one that is not in it; lru_victim() is forgotten if there is one
 *
 * Return: its place.
 */
uint32_t lru_add(struct lru *l, uint64_t key);

/**
 * lru_touch - make one the newest
 * @l: the table
 * @at: its place
 */
void lru_touch(struct lru *l, uint32_t at);

/**
 * lru_rekey - give one another key
 * @l: the table
 * @at: its place
 * @key: one that is not in the table
 */
void lru_rekey(struct lru *l, uint32_t at, uint64_t key);

/**
 * lru_remove - forget one
 * @l: the table
 * @at: its place
 */
void lru_remove(struct lru *l, uint32_t at);

/**
 * lru_newest - the one used last
 * @l: the table
 *
 * Return: its place, or LRU_NONE in an empty table.
 */
uint32_t lru_newest(const struct lru *l);

/**
 * lru_older - the one used before another
 * @l: the table
 * @at: the other's place
 *
 * Return: its place, or LRU_NONE behind the oldest.
 */
uint32_t lru_older(const struct lru *l, uint32_t at);

#endif
