// SPDX-License-Identifier: GPL-2.0-only
/*
 * The same answers as reusetrace's, as fast as we could make it without a
 * module: who shares a port and why, who is in the way, where in its group the
 * member picked is, who closed first and what ended a TIME_WAIT. One object for 6.1
 * and 6.12: what a kernel lacks is left out when it is loaded.
 *
 * UDP binds are told without their holder; no row of the tables has one.
 */
#include "same.h"
#include "read.bpf.h"
#include "same_sock.bpf.h"
#include "same_owner.bpf.h"
#include "same_bind.bpf.h"
#include "same_holder.bpf.h"
#include "same_pick.bpf.h"
#include "same_tw.bpf.h"
