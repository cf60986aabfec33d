# SPDX-License-Identifier: GPL-2.0-only
# gnuplot: lines of OPERATION, HOW MANY, without, with; both axes logarithmic, so
# that what is linear rises like the kernel's own walk and what is constant lies.
set terminal svg size 760,480 background "white" font "sans,13" noenhanced
set output picture
set title "Instructions added to a call, while there is more and more of something"
set xlabel "owners of the port, members of the group, TIME_WAITs alive" offset 0,0.7
set logscale xy
set xrange [1:10000]
set yrange [1000:1000000]
set format "%.0f"
set key below Left reverse maxcols 2
set grid
added(name) = sprintf("< awk -F '\\t' '$1 == \"%s\" && $2 { print $2, $4 - $3 }' %s", name, figures)
itself(name) = sprintf("< awk -F '\\t' '$1 == \"%s\" && $2 { print $2, $3 }' %s", name, figures)
plot itself("bind-fail-owners") with lines dashtype 2 linecolor "gray40" title "the kernel's own: bind refused by the last owner", \
	added("bind-fail-owners") with linespoints title "bind refused by the last owner", \
	added("bind-owners") with linespoints title "bind among owners that share", \
	added("bind-time-wait") with linespoints title "bind over TIME_WAITs", \
	added("tw-enter-among") with linespoints linecolor "red" title "TIME_WAIT begins beside others", \
	added("pick-udp") with linespoints linecolor "black" title "UDP pick, by members"
