#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: initramfs.sh KERNEL_DIR
#
# Prints the path of the small initramfs that starts a guest from the host's
# root with that kernel (a folder as kernel.sh makes it), making it when it is
# not there yet: busybox, vm-init and the modules it takes to mount 9p.

set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

APPLETS='cat cp find hostname ifconfig insmod mkdir mkfifo mount poweroff rm sleep stat stty
	switch_root'
MODULES='virtio_pci virtio_console 9pnet_virtio 9p overlay'

# module_files RELEASE: files in the order to load them; built-in ones have none.
module_files()
{
	local module

	for module in $MODULES; do
		modprobe -d "$KERNEL" -S "$1" --show-depends "$module"
	done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }'
}

# add_module FILE DIR: uncompressed, for busybox's insmod is slow at it.
add_module()
{
	local file=$1 name

	name=$(basename "$file" | sed 's/[.]ko.*/.ko/')
	case $file in
	*.xz) xz -dc "$file" ;;
	*.zst) zstd -qdc "$file" ;;
	*) cat "$file" ;;
	esac >"$2/$name"
	echo "$name" >>"$2/order"
}

make_initramfs()
{
	local target=$1 dir=$1.dir applet file

	[[ ! -e $target ]] || return 0
	rm -rf "$dir"
	mkdir -p "$dir/bin" "$dir/modules"
	cp "$RT_SCRIPTS/vm-init" "$dir/init"
	cp "$BUSYBOX" "$dir/bin/busybox"
	for applet in $APPLETS; do
		ln -s busybox "$dir/bin/$applet"
	done
	: >"$dir/modules/order"
	[[ ! -d $KERNEL/lib/modules ]] || module_files "$(<"$KERNEL/release")" |
		while read -r file; do
			add_module "$file" "$dir/modules"
		done
	(cd "$dir" && find . | cpio --quiet -o -H newc -R 0:0) >"$target.new"
	rm -rf "$dir"
	mv "$target.new" "$target"
	find "$KERNEL" -maxdepth 1 -name 'initramfs-*' -mtime +7 -delete
}

[[ $# == 1 ]] || die_usage "usage: initramfs.sh KERNEL_DIR"
KERNEL=$1
BUSYBOX=$(command -v busybox) || die "busybox is missing; run $RT_SCRIPTS/deps.sh"

# Named by what it is made of, so that another version of vm-init has its own.
target=$KERNEL/initramfs-$(cat "$RT_SCRIPTS/vm-init" "$0" "$BUSYBOX" | cksum | cut -d' ' -f1)
[[ -e $target ]] || with_lock "initramfs-${KERNEL//\//-}" make_initramfs "$target"
echo "$target"
