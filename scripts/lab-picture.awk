# SPDX-License-Identifier: GPL-2.0-only
#
# A terminal's screen, as `tmux capture-pane -e` writes it, to SVG: each run of
# cells with the same looks is one <tspan> at its column. Variables: columns and
# lines, the screen's size.

BEGIN {
	cell = 8.4
	height = 18
	plain = "#d8d8d8"
	split("#5c6370 #f47067 #8ddb8c #f2c55c #6cb6ff #dcbdfb #76e3ea #ffffff", light)
	split("#3a3f4b #f47067 #8ddb8c #f2c55c #6cb6ff #dcbdfb #76e3ea #d8d8d8", normal)
	reset()
	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\"" \
		" font-family=\"DejaVu Sans Mono,Menlo,Consolas,monospace\" font-size=\"14\">\n",
		columns * cell + 20, lines * height + 20
	print "<title>A lab: the servers' lines left, the kernel's decisions right</title>"
	print "<rect width=\"100%\" height=\"100%\" rx=\"6\" fill=\"#1b1e24\"/>"
}

function reset()
{
	colour = plain
	bold = dim = reversed = 0
}

function escaped(text)
{
	gsub(/&/, "\\&amp;", text)
	gsub(/</, "\\&lt;", text)
	gsub(/>/, "\\&gt;", text)
	return text
}

# One number of an escape sequence ESC [ N ; N ... m.
function apply(n)
{
	if (n == 0)
		reset()
	else if (n == 1)
		bold = 1
	else if (n == 2)
		dim = 1
	else if (n == 7)
		reversed = 1
	else if (n == 22)
		bold = dim = 0
	else if (n == 27)
		reversed = 0
	else if (n == 39)
		colour = plain
	else if (n >= 30 && n <= 37)
		colour = normal[n - 29]
	else if (n >= 90 && n <= 97)
		colour = light[n - 89]
}

function put(text,	looks, x)
{
	if (text == "")
		return
	x = 10 + at * cell
	if (reversed)
		row = row sprintf("<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>",
			x, y - 13, length(text) * cell, height, colour)
	if (text ~ /[^ ]/) {
		looks = "fill=\"" (reversed ? "#1b1e24" : colour) "\""
		if (bold)
			looks = looks " font-weight=\"bold\""
		if (dim)
			looks = looks " opacity=\"0.6\""
		row = row sprintf("<text x=\"%.1f\" y=\"%d\" textLength=\"%.1f\" xml:space=\"preserve\" %s>%s</text>",
			x, y, length(text) * cell, looks, escaped(text))
	}
	at += length(text)
}

{
	y = 24 + (NR - 1) * height
	at = 0
	row = ""
	rest = $0
	while (match(rest, /\033\[[0-9;]*m/)) {
		put(substr(rest, 1, RSTART - 1))
		n = split(substr(rest, RSTART + 2, RLENGTH - 3), number, ";")
		if (n == 0)
			apply(0)
		for (i = 1; i <= n; i++)
			apply(number[i] + 0)
		rest = substr(rest, RSTART + RLENGTH)
	}
	put(rest)
	if (row != "")
		print row
}

END {
	print "</svg>"
}
