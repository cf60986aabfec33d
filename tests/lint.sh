#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Style and static checks, as one TAP stream. `make lint` runs them alone.
set -u
cd "$(dirname "$0")/.." || exit 1
. tests/lib.sh
. scripts/lib.sh

tool_dir=$RT_CACHE/checkpatch
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# quiet COMMAND...: its output only when it fails
quiet()
{
	"$@" >"$log" 2>&1 && return 0
	head -40 "$log" | sed 's/^/# /'
	return 1
}

# checkpatch.pl is the kernel's; its source package has it.
fetch_checkpatch()
{
	local tmp

	[ ! -f "$tool_dir/scripts/checkpatch.pl" ] || return 0
	tmp=$(mktemp -d "$RT_CACHE/checkpatch.XXXXXX") || return 1
	(
		cd "$tmp" || exit 1
		apt-get download -q linux-source-6.1 >/dev/null 2>&1 &&
			dpkg-deb -x ./*.deb deb &&
			tar -xJf deb/usr/src/linux-source-6.1.tar.xz --strip-components=1 \
				linux-source-6.1/scripts/checkpatch.pl \
				linux-source-6.1/scripts/spelling.txt \
				linux-source-6.1/scripts/const_structs.checkpatch &&
			rm -rf ./*.deb deb
	) && chmod 755 "$tmp" && mv -T "$tmp" "$tool_dir"
}

# Iterator macros cannot be put in parentheses, and the event header has a style
# of its own.
run_checkpatch()
{
	perl "$tool_dir/scripts/checkpatch.pl" --no-tree --terse --no-summary \
		--ignore COMPLEX_MACRO,MACRO_ARG_REUSE,MACRO_ARG_PRECEDENCE -f \
		$(git ls-files 'module/*.[ch]' | grep -v reusetrace_events.h)
}

# The compiler, asked for all it has, and sparse say nothing of our files. What
# they say of the kernel's own headers is not ours to mend.
strict_build()
{
	scripts/build-module.sh 6.1 W=1 C=2 >/dev/null 2>"$log" || {
		tail -40 "$log" | sed 's/^/# /'
		return 1
	}
	! grep -E '(^|/)module/[a-z_]+\.[ch]:[0-9]+:[0-9]+: (warning|error):' "$log" |
		sort -u | head -20 | sed 's/^/# /' | grep .
}

no_kernel_versions()
{
	! git grep -nE 'LINUX_VERSION_CODE|KERNEL_VERSION *\(' -- module
}

all_licensed()
{
	local file bad=0

	for file in $(git ls-files '*.[ch]' '*.sh' '*.py' '*.t' Makefile Kbuild); do
		head -3 "$file" | grep -q SPDX-License-Identifier || {
			note "no SPDX line: $file"
			bad=1
		}
	done
	return $bad
}

no_userspace_include_of_module()
{
	! git grep -nE '#include.*(module/|reusetrace_events|event_args)' -- userspace
}

shell_files()
{
	git ls-files | xargs grep -lE '^#!/bin/(ba)?sh' --
}

check "every source file has an SPDX line" all_licensed
check "no kernel version is named in module/" no_kernel_versions
check "userspace includes nothing from module/" no_userspace_include_of_module
check "the module builds without a word of W=1 or sparse" strict_build
check "shellcheck finds nothing in the scripts" \
	quiet shellcheck -x -e SC1090,SC1091,SC2016,SC2046 $(shell_files)
check "cppcheck finds nothing in userspace" \
	quiet cppcheck --quiet --error-exitcode=1 --inline-suppr \
	--enable=warning,performance,portability --suppress=missingIncludeSystem \
	--std=c11 -I userspace -I userspace/demo userspace
if fetch_checkpatch; then
	check "checkpatch finds nothing in module/" quiet run_checkpatch
else
	skip "checkpatch finds nothing in module/" \
		"the package linux-source-6.1 cannot be downloaded"
fi
done_testing
