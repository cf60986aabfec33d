#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What is kept of kernels, build roots and modules: made once, made again when
# the suite's kernel moved on, when it was deleted, or when its making was cut
# short. No network: a suite of our own, of one small package, behind programs
# that stand in for apt-get, apt-cache and mmdebstrap.
set -u
cd "$(dirname "$0")/.." || exit 1
. tests/lib.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_CACHE_HOME=$work/home
cache=$XDG_CACHE_HOME/reusetrace
tree=$work/tree
mkdir "$work/bin"
suite=$work/suite	# what the stand-ins look at: now, calls, unreachable, slow

# The scripts, with one series, whose build root is this machine.
make_tree()
{
	mkdir -p "$tree" "$suite"
	cp -r scripts Makefile Kbuild module "$tree"
	echo '99.0 ourown no linux-image linux-headers' >"$tree/scripts/kernels"
	printf '#!/bin/sh\nshift\nexec "$@"\n' >"$tree/scripts/in-root.sh"
}

# stand_in NAME: a program, by its text on standard input
stand_in()
{
	{
		printf '#!/bin/bash\nsuite=%q\n' "$suite"
		# Halfway through what takes long, wait to be killed.
		echo 'linger() { [ ! -e $suite/slow ] || { touch $suite/lingers; sleep 1000; }; }'
		cat
	} >"$work/bin/$1"
	chmod +x "$work/bin/$1"
}

stand_in apt-get <<'END'
echo "apt-get ${!#}" >>$suite/calls
case $* in
*update) [ ! -e $suite/unreachable ] ;;
*download*) cp $suite/$(cat $suite/now).deb half.deb && linger ;;
esac
END

stand_in apt-cache <<'END'
now=$(cat $suite/now)
case $* in
*'show --no-all-versions linux-image') echo "Depends: linux-image-$now-amd64 (= $now-1)" ;;
*show*) echo "Version: $now-1" ;;
*depends*) echo "linux-image-$now-amd64" ;;
esac
END

stand_in mmdebstrap <<'END'
echo mmdebstrap >>$suite/calls
[ ! -e $suite/unreachable ] || exit 1
for tar; do
	case $tar in *.tar) echo half >$tar; linger; tar -cf $tar -C $suite now ;; esac
done
END

# kernel_image FILE: the least that vmlinux_from() takes for a bzImage
kernel_image()
{
	python3 - "$1" <<'END'
import gzip
import struct
import sys

payload = gzip.compress(b"the kernel") + struct.pack("<I", 10)
head = bytearray(1024)
head[0x1f1] = 1
head[0x248:0x250] = struct.pack("<II", 0, len(payload))
open(sys.argv[1], "wb").write(head + payload)
END
}

# publish VERSION: the suite has a kernel of this version now
publish()
{
	local release=$1-amd64 dir=$work/deb-$1 headers

	headers=$dir/usr/src/linux-headers-$release
	mkdir -p "$dir"/{DEBIAN,boot,"lib/modules/$release"} \
		"$headers"/{include/config,include/generated,scripts/mod}
	printf 'Package: linux-image-%s\nVersion: %s-1\nArchitecture: amd64\n' \
		"$release" "$1" >"$dir/DEBIAN/control"
	printf 'Maintainer: nobody\nDescription: nothing\n' >>"$dir/DEBIAN/control"
	kernel_image "$dir/boot/vmlinuz-$release"
	: >"$dir/lib/modules/$release/modules.order"
	: >"$dir/lib/modules/$release/modules.builtin"
	echo "$release" >"$headers/include/config/kernel.release"
	touch "$headers"/{include/config/auto.conf,include/generated/autoconf.h,scripts/mod/modpost}
	echo 'CC = gcc-99' >"$headers/.kernelvariables"
	cat >"$headers/Makefile" <<-END
	.RECIPEPREFIX = >
	CC = cc
	modules:
	> echo make >>$suite/calls
	> echo half >\$(M)/reusetrace.ko
	> if [ -e $suite/slow ]; then touch $suite/lingers; sleep 1000; fi
	> echo for $1 >\$(M)/reusetrace.ko
	END
	dpkg-deb --build --root-owner-group "$dir" "$suite/$1.deb" >/dev/null
	echo "$1" >"$suite/now"
	# The suite is asked once a day only.
	[ ! -e "$cache/kernel/99.0/checked" ] ||
		touch -d '-2 days' "$cache/kernel/99.0/checked"
}

# run SCRIPT ARG...: with the stand-ins; its output and errors go to files
run()
{
	: >"$suite/calls"
	PATH=$work/bin:$PATH "$tree/scripts/$1" "${@:2}" >"$work/out" 2>"$work/err"
}

# cut_short SCRIPT ARG...: killed with all it started while it makes something
cut_short()
{
	touch "$suite/slow"
	rm -f "$suite/lingers"
	PATH=$work/bin:$PATH setsid "$tree/scripts/$1" "${@:2}" >/dev/null 2>&1 &
	until [ -e "$suite/lingers" ]; do
		kill -0 $! || break
		sleep 0.1
	done
	kill -KILL -- -$!
	wait $! 2>/dev/null
	rm "$suite/slow"
}

# made NAME COMMANDS: the last run succeeded, and this is what it asked for
made()
{
	same "$1" "0: $2" "$status: $(tr '\n' ' ' <"$suite/calls" | sed 's/ $//')"
}

# run_and_made NAME COMMANDS SCRIPT ARG...
run_and_made()
{
	local status

	run "${@:3}"
	status=$?
	made "$1" "$2"
}

fetched='apt-get update apt-get linux-image-99.0.1-amd64'

make_tree
publish 99.0.1

# Kernels.
run_and_made "kernel: an empty cache is filled" "$fetched" kernel.sh 99.0
kernel=$(cat "$work/out")
same "kernel: it is the suite's" 99.0.1-amd64 "$(cat "$kernel/release")"
same "kernel: it is unpacked" "the kernel" "$(cat "$kernel/image")"
run_and_made "kernel: the suite is not asked again the same day" "" kernel.sh 99.0
rm "$kernel/.complete"
run_and_made "kernel: half of one is made again" "$fetched" kernel.sh 99.0
rm -rf "$cache"
run_and_made "kernel: a deleted cache is filled again" "$fetched" kernel.sh 99.0
rm -rf "$cache"
cut_short kernel.sh 99.0
check "kernel: one cut short left its half" [ -e "$cache/kernel/99.0/99.0.1-amd64_99.0.1-1.partial/deb/half.deb" ]
run_and_made "kernel: one cut short is made again" "$fetched" kernel.sh 99.0
same "kernel: nothing of the half is left" "" "$(find "$cache" -name '*.partial' -o -name half.deb)"
publish 99.0.2
run_and_made "kernel: it moves on with the suite" \
	"${fetched/99.0.1/99.0.2}" kernel.sh 99.0
same "kernel: to the new one" 99.0.2-amd64 "$(cat "$(cat "$work/out")/release")"
check "kernel: a VM may still run on the one before" [ -e "$kernel/image" ]
touch "$suite/unreachable"
touch -d '-2 days' "$cache/kernel/99.0/checked"
run_and_made "kernel: without the suite, what is there is used" "apt-get update" kernel.sh 99.0
contains "kernel: and that is said" "cannot reach Debian's ourown" "$(cat "$work/err")"
rm -rf "$cache"
run kernel.sh 99.0
same "kernel: with nothing there, an error" 1 $?
same "kernel: which names the suite" \
	"reusetrace: cannot reach Debian's ourown for kernel 99.0 (see $cache/apt/ourown/log), and none is in the cache" \
	"$(cat "$work/err")"
rm "$suite/unreachable"
run kernel.sh 99.0

# Build roots.
run_and_made "root: an empty cache is filled" mmdebstrap root.sh 99.0
same "root: it is there" 99.0.2 "$(cat "$(cat "$work/out")/now")"
run_and_made "root: once" "" root.sh 99.0
sed -i "s/^PACKAGES='/&another /" "$tree/scripts/root.sh"
run_and_made "root: another list of packages makes it again" mmdebstrap root.sh 99.0
publish 99.0.3
run_and_made "root: a moved kernel makes it again" \
	"${fetched/99.0.1/99.0.3} mmdebstrap" root.sh 99.0
rm -rf "$cache/root"
cut_short root.sh 99.0
run_and_made "root: one cut short is made again" mmdebstrap root.sh 99.0
same "root: whole" 99.0.3 "$(cat "$(cat "$work/out")/now")"
rm -rf "$cache/root"
touch "$suite/unreachable"
run root.sh 99.0
same "root: without the suite, an error" 1 $?
contains "root: which names the suite" "build root of ourown failed" "$(cat "$work/err")"
rm "$suite/unreachable"

# Modules.
run_and_made "module: it is built" make build-module.sh 99.0
same "module: it is there" "for 99.0.3" "$(cat "$(cat "$work/out")")"
run_and_made "module: once" "" build-module.sh 99.0
echo >>"$tree/module/main.c"
run_and_made "module: other sources are built" make build-module.sh 99.0
rm -rf "$cache/build"
cut_short build-module.sh 99.0
run_and_made "module: one cut short is made again" make build-module.sh 99.0
same "module: whole" "for 99.0.3" "$(cat "$(cat "$work/out")")"
publish 99.0.4
run_and_made "module: a moved kernel makes it again" \
	"${fetched/99.0.1/99.0.4} make" build-module.sh 99.0
same "module: for the new one" "for 99.0.4" "$(cat "$(cat "$work/out")")"

# The real programs, on an address where nobody listens.
XDG_CACHE_HOME=$work/other REUSETRACE_MIRROR=http://127.0.0.1:1/debian \
	scripts/vm.sh --kernel 7.2 -- true >"$work/out" 2>"$work/err"
same "a VM of a suite that cannot be reached: exit status" 1 $?
contains "a VM of a suite that cannot be reached: names it" \
	"reusetrace: cannot reach Debian's sid and forky for kernel 7.2" "$(cat "$work/err")"
done_testing
