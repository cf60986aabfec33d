# SPDX-License-Identifier: GPL-2.0-only
include "lab";

# Before 5.14 the setting is there, and nothing behind it.
def migrates: kernel_at_least(5; 14);

def expected:
	[ row("old and new start, four times"; 16; bound("old", "new"; "ok")),
	  row("old makes a group"; 4; in_group("create"; "old")),
	  row("new joins it"; 4; in_group("join"; "new")),
	  row("24 clients come while old is alone"; 24; null;
	      picked("old"; "hash"; 1)),
	  row("packets of clients that nobody moved"; 0; null; picked("new"; "hash"; 1)),
	  row("they leave"; 8; in_group("leave"; "old", "new")),
	  row("with the setting, listeners stay for their connections"; 0; 4;
	      in_group("close"; "old", "new")),
	  row("six connections are reset with their listener";
	      if migrates then 1 else 2 end;
	      event("listener_close"; { unaccepted: 6, reset: 6, migrated: 0 })),
	  row("six are moved instead"; if migrates then 1 else 0 end;
	      event("listener_close"; { unaccepted: 6, reset: 0, migrated: 6 })),
	  row("the other six listeners have none"; 6;
	      event("listener_close"; { unaccepted: 0 })),
	  row("established connections move"; if migrates then 6 else 0 end;
	      event("migrate"; { stage: "established", result: "migrated" })),
	  row("half-open ones move"; if migrates then 6 else 0 end;
	      event("migrate"; { stage: "syn-recv", result: "migrated" })),
	  row("or cannot"; 0; null; event("migrate"; { result: "failed" })),
	  endings ];

def moved($stage):
	of("migrate") | map(select(.stage == $stage and .result == "migrated"))
	| length;

def answers:
	(of("listener_close") | map(select(.unaccepted > 0))) as $full
	| { reset: $full[0].reset,
	    "setting-reset": $full[1].reset,
	    "moved-whole": moved("established"),
	    "moved-half": moved("syn-recv"),
	    unaccepted: $full[0].unaccepted };
