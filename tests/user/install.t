#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What is installed: the manual agrees with --help, the completion and the plugin
# work, and uninstall takes away exactly what install has put there.
set -u
here=$(dirname "$(readlink -f "$0")")
. "$here/../lib.sh"
userspace=$here/../../userspace
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
root=$tmp/root

# quietly COMMAND...: check()'s own line must stay on standard output
quietly()
{
	"$@" >"$tmp/log"
}

files()
{
	(cd "$root" && find . -type f | sort)
}

mkdir -p "$root/usr/local/bin"
echo mine >"$root/usr/local/bin/other"
check "make install" quietly make -s -C "$userspace" install DESTDIR="$root" \
	prefix=/usr/local plugindir=/plugins
want='./plugins/plugin_reusetrace.so
./usr/local/bin/other
./usr/local/bin/reusetrace-view
./usr/local/share/bash-completion/completions/reusetrace-view
./usr/local/share/man/man1/reusetrace-view.1
./usr/local/share/man/man4/reusetrace.4'
same "it installs these files" "$want" "$(files)"
view=$root/usr/local/bin/reusetrace-view
contains "the program runs" "reusetrace-view " "$("$view" --version)"

# The manual.
for page in "$root"/usr/local/share/man/man*/*; do
	name=$(basename "$page")
	same "$name: groff has nothing to say" "" \
		"$(groff -ww -man -Tutf8 "$page" 2>&1 >/dev/null)"
	if command -v man >/dev/null; then
		same "$name: man has nothing to say" "" \
			"$(man --warnings -l "$page" 2>&1 >/dev/null)"
	fi
done
page=$(sed 's/\\-/-/g; s/\\f.//g' "$root/usr/local/share/man/man1/reusetrace-view.1")
for option in $("$view" --help | grep -oE '^ +(-., )?--[a-z-]+' | grep -oE -- '--[a-z-]+'); do
	contains "$option is in the manual" "$option" "$page"
done
mapfile -t options < <(grep -E '^\.BR? .*--[a-z]' <<<"$page" | grep -oE -- ' --[a-z-]+')
for option in "${options[@]}"; do
	contains "$option of the manual exists" "$option" "$("$view" --help)"
done
for verb in $("$view" --help | sed -n 's/^  reusetrace-view \([a-z]*\).*/\1/p'); do
	contains "$verb is in the manual" "reusetrace-view $verb" "$page"
done
for event in "$here"/../golden/traces/first-light/events/reusetrace/*/; do
	contains "$(basename "$event") is in reusetrace(4)" ".B $(basename "$event")" \
		"$(cat "$root/usr/local/share/man/man4/reusetrace.4")"
done

# The completion. complete WORD...: what bash would offer for the last word
complete_words()
{
	PATH=$root/usr/local/bin:$PATH bash --norc -c '
		. "$0"
		COMP_WORDS=("$@")
		COMP_CWORD=$(($# - 1))
		compopt() { :; }
		_reusetrace_view
		echo "${COMPREPLY[*]}"' \
		"$root/usr/local/share/bash-completion/completions/reusetrace-view" "$@"
}
contains "completion: commands" "report" "$(complete_words reusetrace-view rep)"
same "completion: options" "--verbose --version" \
	"$(complete_words reusetrace-view --ver)"
same "completion: values" "relative" \
	"$(complete_words reusetrace-view --timestamp = rel)"
contains "completion: events" "bind_conflict" \
	"$(complete_words reusetrace-view -e bind)"
contains "completion: rules" "listener-holds-port" \
	"$(complete_words reusetrace-view explain listener-h)"
same "completion: nothing of ours after --" "" \
	"$(complete_words reusetrace-view -- --ver)"

# The plugin, in the real trace-cmd.
if command -v trace-cmd >/dev/null; then
	"$here/../golden/trace_dat.py" "$here/../golden/traces/first-light" "$tmp"
	out=$(TRACEEVENT_PLUGIN_DIR=$root/plugins trace-cmd report "$tmp/v7.dat" 2>&1)
	contains "trace-cmd report: a bind" \
		"listen tcp 0.0.0.0:9527 ok: nobody else had the port" "$out"
	contains "trace-cmd report: a refusal" \
		"refused: a listener holds the port (listener-holds-port); held by LISTEN 0.0.0.0:9527, SO_REUSEADDR, no SO_REUSEPORT" "$out"
	contains "trace-cmd report: a pick" "member 4 of 4: by hash 0x" "$out"
	contains "trace-cmd report: a TIME_WAIT" \
		"to 127.0.0.1:37730: TIME_WAIT for 60.0 s" "$out"
else
	skip "trace-cmd report with the plugin" "trace-cmd is not installed"
fi

check "make uninstall" quietly make -s -C "$userspace" uninstall DESTDIR="$root" \
	prefix=/usr/local plugindir=/plugins
same "it removes exactly that" "./usr/local/bin/other" "$(files)"
done_testing
