#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Usage: vm.sh [OPTION...] -- COMMAND [ARG...]
#
# Boots a kernel under QEMU with this machine's own root file system, read-only
# under a throw-away overlay, runs COMMAND there as root in the current folder
# and passes its input, output and exit status through. The module built for
# that kernel is at $REUSETRACE_KO, not loaded; reusetrace-view is on PATH. What
# servers.sh has made, if it has, is at $SERVERS_ROOT.
#
#   --kernel SERIES  the kernel, see scripts/kernels (default 6.1; debug 6.12)
#   --cpus N         virtual CPUs (default 2)
#   --mem MB         memory (default 1024); $VM_OUT can hold half of it
#   --out DIR        copy what COMMAND leaves in $VM_OUT to DIR
#   --timeout S      stop the VM after S seconds, boot included (default 600, 0 never)
#   --icount         one guest nanosecond is one guest instruction, one CPU
#   --debug-kernel   the kernel made by debug-kernel.sh, which catches mistakes
#   --interactive    COMMAND (default bash) gets this terminal
#   --no-module      do not build the module
#   -h, --help       this text
#
# Exit status: that of COMMAND, 128+N when signal N ended it; otherwise
#   1    the VM could not be prepared, or $VM_OUT was full or not copied
#   2    wrong usage
#   124  the time was over
#   125  the kernel panicked, did not boot, or the VM went away
#   141  nobody reads the output any more

# shellcheck disable=SC2054 # QEMU's options have commas
# shellcheck disable=SC2317 # traps call what looks unreachable

set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

BOOT_LIMIT=120		# seconds, for a machine busy with other things
DEBUG_BOOT_LIMIT=400
GUEST_PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

kernel='' cpus=2 mem=1024 out='' timeout='' icount='' debug='' interactive='' module=yes

# has_value OPTION [VALUE]
has_value()
{
	[[ $# -ge 2 && $2 != -- ]] || die_usage "$1 wants a value; see vm.sh --help"
}

# number OPTION VALUE LEAST
number()
{
	[[ $2 =~ ^(0|[1-9][0-9]{0,6})$ && $2 -ge $3 ]] ||
		die_usage "$1 wants a number, at least $3, not \"$2\""
}

parse()
{
	while [[ $# -gt 0 ]]; do
		case $1 in
		--kernel | --cpus | --mem | --out | --timeout) has_value "$@" ;;&
		--kernel) kernel=$2 && shift ;;
		--cpus) cpus=$2 && shift ;;
		--mem) mem=$2 && shift ;;
		--out) out=$2 && shift ;;
		--timeout) timeout=$2 && shift ;;
		--icount) icount=yes ;;
		--debug-kernel) debug=yes ;;
		--interactive) interactive=yes ;;
		--no-module) module='' ;;
		-h | --help) help_text && exit ;;
		--) shift && break ;;
		-*) die_usage "unknown option $1; see vm.sh --help" ;;
		*) die_usage "-- must stand before the command \"$1\"" ;;
		esac
		shift
	done
	command=("$@")
}

check_options()
{
	number --cpus "$cpus" 1
	number --mem "$mem" 256
	if [[ $interactive ]]; then
		[[ -t 0 && -t 1 ]] || die_usage "--interactive wants a terminal"
		[[ ${#command[@]} -gt 0 ]] || command=(bash)
	fi
	: "${timeout:=$([[ $interactive ]] && echo 0 || echo 600)}"
	number --timeout "$timeout" 0
	[[ ${#command[@]} -gt 0 ]] || die_usage "no command given; see vm.sh --help"
	[[ ! $icount ]] || cpus=1
	if [[ $debug ]]; then
		: "${kernel:=6.12}"
		BOOT_LIMIT=$DEBUG_BOOT_LIMIT
	fi
	: "${kernel:=6.1}"
	series_row "$kernel"
}

# quote WORD...: for any shell to read back.
quote()
{
	local word

	for word; do
		printf "'%s' " "${word//\'/\'\\\'\'}"
	done
}

# The job is what vm-init sources: variables, the environment, the command.
write_job()
{
	local name

	cat <<-EOF
	cwd=$(quote "$PWD")
	path=$(quote "$RT_ROOT/userspace:$GUEST_PATH")
	modules=$(quote "${modules:-}")
	save=$(quote "$out")
	out_mb=$((mem / 2))
	interactive=$interactive
	rows=${rows:-0} columns=${columns:-0}
	export VM_KERNEL=$kernel VM_DEBUG_KERNEL=$debug
	export SERVERS_ROOT=$(quote "$("$RT_SCRIPTS/servers.sh" --if-there)")
	export REUSETRACE_KO=$(quote "${module:+/run/vm/job/reusetrace.ko}")
	EOF
	for name in TERM LANG NO_COLOR; do
		[[ ! -v $name ]] || echo "export $name=$(quote "${!name}")"
	done
	echo "set -- $(quote "${command[@]}")"
}

# Runs that were killed could not tidy up after themselves.
sweep()
{
	local dir

	for dir in "$RT_CACHE"/run/*; do
		[[ ! -d $dir ]] || kill -0 "${dir##*/}" 2>/dev/null || rm -rf "$dir"
	done
}

make_run_dir()
{
	run=$RT_CACHE/run/$$
	rm -rf "$run"
	mkdir -p "$run" || die "cannot write to the cache folder $RT_CACHE; set XDG_CACHE_HOME"
	mkfifo "$run"/{in,out,err,ctl}
}

prepare()
{
	local dir ko initramfs

	need qemu-system-x86_64 busybox cpio python3 setpriv
	sweep
	make_run_dir
	dir=$("$RT_SCRIPTS/${debug:+debug-}kernel.sh" "$kernel")
	[[ ! -d $dir/lib/modules ]] || modules=$dir/lib/modules/$(<"$dir/release")
	initramfs=$("$RT_SCRIPTS/initramfs.sh" "$dir")
	boot=(-kernel "$dir/image" -initrd "$initramfs")
	if [[ $module ]]; then
		ko=$("$RT_SCRIPTS/build-module.sh" ${debug:+--debug-kernel} "$kernel")
		cp "$ko" "$run/reusetrace.ko"
	fi
	if [[ $out ]]; then
		if ! mkdir -p "$out" 2>/dev/null || [[ ! -w $out ]]; then
			die "cannot write to $out, the folder given by --out"
		fi
		out=$(realpath "$out")
	fi
	[[ ! $interactive ]] || read -r rows columns < <(stty size <&5)
	write_job >"$run/job"
}

# machine ACCEL: q35, for the "pc" has ACPI tables that are slow to interpret.
# tsc=reliable because an emulated HPET is slow to read, and QEMU's own TSC does
# not drift. One thread for all emulated CPUs because with more, QEMU 7.2 can run
# code that the kernel has just patched (a probe armed, a static key flipped) in
# its old form, and the guest dies. No five-level page tables: emulated, they are
# slow, and KASAN takes an interrupt during identify_cpu() for a wild access. No AVX
# and no quick "rep movsb": they are quick in hardware alone. And each program at the
# same addresses every time: QEMU 7.2 translates code again where it moved.
machine()
{
	qemu=(qemu-system-x86_64 -nodefaults -no-user-config -display none -no-reboot
		-M q35 -smp "$cpus" -m "$mem" "${boot[@]}" -serial "file:$run/console")
	case $1 in
	kvm) qemu+=(-accel kvm -cpu host) ;;
	tcg) qemu+=(-accel tcg,thread=single -cpu max,la57=off,avx=off,avx2=off,erms=off) ;;
	icount) qemu+=(-accel tcg,thread=single -icount shift=0,sleep=off -cpu max,la57=off) ;;
	esac
	append="console=ttyS0 quiet panic=-1 oops=panic mitigations=off nokaslr"
	append+=" tsc=reliable norandmaps no_timer_check random.trust_cpu=on cryptomgr.notests"
}

# A comma in a QEMU option's value is written twice.
share()
{
	local options=mount_tag=$2,security_model=none,multidevs=remap${3:-}

	qemu+=(-virtfs "local,path=${1//,/,,},$options")
}

ports()
{
	local name

	qemu+=(-device virtio-serial)
	for name in out err ctl; do
		qemu+=(-chardev "file,id=$name,path=${run//,/,,}/$name"
			-device "virtserialport,chardev=$name,name=$name")
	done
	qemu+=(-chardev stdio,id=in,signal=off)
	if [[ $interactive ]]; then
		qemu+=(-device virtconsole,chardev=in)
	else
		qemu+=(-device virtserialport,chardev=in,name=in)
	fi
}

# /dev/kvm can be there and not work, so a guest that switches itself off at once
# has to prove it, once for each boot of this machine.
kvm_works()
{
	local answer

	[[ -r /dev/kvm && -w /dev/kvm ]] || return 1
	answer=$RT_CACHE/kvm-$(</proc/sys/kernel/random/boot_id)
	if [[ ! -e $answer ]]; then
		rm -f "$RT_CACHE"/kvm-*
		machine kvm
		qemu+=(-append "$append reusetrace_job=probe")
		# The subshell keeps to itself how QEMU died.
		if (timeout -k 1 5 "${qemu[@]}" || exit 1) </dev/null >"$run/probe" 2>&1; then
			echo yes >"$answer"
		else
			echo no >"$answer"
		fi
		rm -f "$run/console"
	fi
	[[ $(contents "$answer") == yes ]]
}

compose()
{
	if [[ $icount ]]; then
		machine icount
	elif kvm_works; then
		machine kvm
	else
		machine tcg
	fi
	share / host ,readonly=on
	[[ ! $out ]] || share "$out" save
	ports
	qemu+=(-append "$append \"reusetrace_job=$run\"")
}

# All that runs beside us dies with us, however we die.
tied()
{
	exec setpriv --pdeathsig KILL -- "$@"
}

start()
{
	tied "$RT_SCRIPTS/vm-relay" "$run"/{out,err,ctl} "$BOOT_LIMIT" "$timeout" 3>"$run/end" &
	relay=$!
	if [[ $interactive ]]; then
		tied "${qemu[@]}" <&5 2>"$run/qemu" &
		vm=$!
		return
	fi
	# QEMU makes its input non-blocking: not a thing to do to the caller's.
	[[ ! -t 5 ]] || exec 5</dev/null
	tied cat <&5 >"$run/in" 2>/dev/null &
	tied "${qemu[@]}" <"$run/in" >"$run/qemu" 2>&1 &
	vm=$!
}

# watch: until the relay or QEMU ends; the relay's status is the outcome.
watch()
{
	local outcome=0

	wait -n "$relay" "$vm" || true
	# If it was QEMU, and it never opened the FIFOs, the relay needs a nudge.
	if ! kill -0 "$vm" 2>/dev/null; then
		: <>"$run/out" <>"$run/err" <>"$run/ctl"
	fi
	wait "$relay" || outcome=$?
	return "$outcome"
}

panic_line()
{
	local signs='BUG: |Oops: |kernel BUG at |general protection fault|Kernel panic'

	grep -aoEm1 "($signs).*" "$run/console" 2>/dev/null | tr -d '\r'
}

show_console()
{
	cat "$run/console" "$run/qemu" 2>/dev/null | tr -d '\r' | grep -v '^$' |
		tail -n "${RT_CONSOLE_LINES:-40}" >&2 || true
}

# fail STATUS MESSAGE
fail()
{
	show_console
	say "$2"
	exit "$1"
}

went_away()
{
	local line

	if line=$(panic_line); then
		fail 125 "the $kernel kernel panicked: $line"
	fi
	fail 125 "the VM ended before the command did"
}

finish()
{
	local outcome=0 status saved

	watch || outcome=$?
	case $outcome in
	0) ;;
	123) fail 125 "the $kernel kernel did not boot within $BOOT_LIMIT s" ;;
	124) fail 124 "the command did not end within $timeout s, VM stopped" ;;
	141) exit 141 ;;
	*) went_away ;;
	esac
	read -r _ status _ _ saved <"$run/end"
	case $saved in
	full) say "\$VM_OUT was full at $((mem / 2)) MB, some is missing; give more with --mem" ;;
	unsaved) fail "$((status ? status : 1))" "could not copy all of \$VM_OUT to $out" ;;
	ok) exit "$status" ;;
	esac
	exit "$((status ? status : 1))"
}

clean_up()
{
	trap - EXIT
	# shellcheck disable=SC2046 # a list
	kill -KILL $(jobs -p) 2>/dev/null || true
	wait 2>/dev/null || true
	[[ ! ${tty:-} ]] || stty "$tty" 2>/dev/null || true
	[[ ! ${run:-} ]] || rm -rf "$run"
}

interrupted()
{
	say "interrupted, VM stopped"
	exit "$1"
}

# File descriptor 5 is the caller's input, or nothing.
keep_input()
{
	if [[ -e /dev/fd/0 ]]; then
		exec 5<&0
	else
		exec 5</dev/null
	fi
}

main()
{
	parse "$@"
	check_options
	keep_input
	trap clean_up EXIT
	trap 'interrupted 129' HUP
	trap 'interrupted 130' INT
	trap 'interrupted 143' TERM
	[[ ! $interactive ]] || tty=$(stty -g)
	prepare </dev/null
	compose
	start
	finish
}

main "$@"
