#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Compile each small file beside this script against the kernel's headers and
# write a header that says which did: probe.sh OUTPUT COMPILER [FLAG...].
# A vendor may have backported any of these, so versions would only guess.
set -u

out=$1
shift
here=$(dirname "$0")

compiles()
{
	"$@" -Werror -fsyntax-only "$source" >"$out.log" 2>&1
}

# The last argument of each call is a macro name made of the file's name.
macro_of()
{
	basename "$1" .c | tr '[:lower:]' '[:upper:]'
}

source=$here/baseline.c
if ! compiles "$@"; then
	why=$(grep -m1 -i error "$out.log" || head -1 "$out.log")
	echo "reusetrace: these kernel headers cannot be used: they must be of 5.10 or later, complete, and made for this compiler ($why)" >&2
	exit 1
fi

{
	echo "/* Made by module/compat/probe.sh: what this kernel's headers have. */"
	for source in "$here"/*.c; do
		if compiles "$@"; then
			echo "#define RT_HAS_$(macro_of "$source") 1"
		else
			echo "#define RT_HAS_$(macro_of "$source") 0"
		fi
	done
} >"$out.tmp" && mv "$out.tmp" "$out"
rm -f "$out.log"
