#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Some cells of tests/matrix/, by chance: the kernel answers, and the module tells, as
# it is kept there; all of them are played by `make matrix`.
here=$(dirname "$(readlink -f "$0")")
RT_MATRIX=${RT_MATRIX:-sample} exec "$here/../matrix/matrix.t"
