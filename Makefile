# SPDX-License-Identifier: GPL-2.0-only
#
# make            reusetrace.ko for KDIR and userspace/reusetrace-view
# make demo       the experiments, in a throw-away virtual machine
# make check      every test; KERNELS="5.10 6.1 6.12 7.2" or KERNELS=all
# make labs       the labs, to learn by; make lab LAB=01 plays one
# make help       the rest

KDIR ?= /lib/modules/$(shell uname -r)/build
KERNELS ?= 6.1
DEMO ?= all
prefix ?= /usr/local
bindir ?= $(prefix)/bin

SHELL := /bin/bash
export KERNELS
CHOSEN_CC = $(if $(filter command,$(origin CC)),'$(CC)')
here := $(dir $(abspath $(lastword $(MAKEFILE_LIST))))

.DEFAULT_GOAL := all
.PHONY: all module userspace demo lab labs check check-debug fact-check labs-check matrix steer timewait stress bench shell lint install uninstall clean help

all: userspace module

# Without headers there still is a viewer, for recorded traces and the VM.
module:
ifeq ($(origin KDIR)$(wildcard $(KDIR)/Makefile),file)
	@echo "reusetrace: the module is not built: no kernel headers in $(KDIR); on Debian: apt install linux-headers-$$(uname -r) (make demo needs none)"
else
	$(eval unfit := $(shell $(here)module/compat/headers.sh '$(KDIR)' $(CHOSEN_CC)))
	$(if $(unfit),$(error reusetrace: $(unfit)))
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules
endif

userspace:
	$(MAKE) -C userspace
	$(MAKE) -C userspace/demo

demo:
	@scripts/deps.sh demo
	@scripts/demo.sh $(DEMO)

labs:
	@scripts/lab.sh list

# HERE=1: on the running kernel, as root. REPLAY=1: from a recording, and with
# no privilege at all. KERNEL=7.2: another kernel in the virtual machine.
lab:
	@$(if $(REPLAY),[ -x userspace/reusetrace-view ] || scripts/deps.sh --say replay,$(if $(HERE),,scripts/deps.sh labs))
	@$(MAKE) -s userspace
	@scripts/lab.sh run $(if $(REPLAY),--replay) $(if $(HERE),--here) \
		$(if $(KERNEL),--kernel $(KERNEL)) $(LAB)

check:
	@scripts/deps.sh $(if $(filter 6.1,$(KERNELS)),check,matrix)
	@tests/run.sh

# 200 loads and unloads under load; minutes for each kernel. KERNELS= for none
# but the debug kernels in DEBUG_KERNELS="6.1 6.12".
stress:
	@scripts/deps.sh $(if $(DEBUG_KERNELS),debug) matrix
	@tests/run.sh --stress

# 10,000 connections, 10,000 datagrams and a flood of 100,000; ten minutes for
# each kernel.
steer:
	@scripts/deps.sh matrix
	@tests/run.sh --steer

# 5,000 TIME_WAITs against the kernel's counters, and 100,000 alive at once;
# twenty-five minutes for each kernel.
timewait:
	@scripts/deps.sh matrix
	@tests/run.sh --timewait

# Each cell on each kernel, ten minutes for one: tests/matrix/outcome and
# Documentation/bind-matrix.md are written anew.
matrix:
	@scripts/deps.sh matrix
	@$(MAKE) -s userspace
	@KERNELS=$(if $(filter file,$(origin KERNELS)),all,"$(KERNELS)") \
		tests/matrix/matrix.t --update

# The tables of Documentation/performance.md, counted anew.
bench:
	@scripts/deps.sh bench
	@export KERNELS=$(if $(filter file,$(origin KERNELS)),"6.1 6.12","$(KERNELS)") && \
		BENCH_BIG=10000 tests/bench/bench.sh && tests/bench/growth.sh

check-debug:
	@scripts/deps.sh debug
	@tests/run.sh --debug-kernel

# What is said about these options, tried on all kernels; writes the page.
fact-check:
	@scripts/deps.sh matrix servers
	@KERNELS=$(if $(filter file,$(origin KERNELS)),all,"$(KERNELS)") tests/facts/run.sh

# Every lab played live, on all kernels; make labs-check LAB="05 m2" some of them.
labs-check:
	@scripts/deps.sh matrix servers labs
	@$(MAKE) -s userspace
	@KERNELS=$(if $(filter file,$(origin KERNELS)),all,"$(KERNELS)") tests/labs/live.t $(LAB)

shell:
	@scripts/deps.sh demo
	@$(MAKE) -s userspace
	@scripts/vm.sh --interactive -- scripts/shell.sh

lint:
	@scripts/deps.sh check
	@tests/lint.sh

install: userspace
	$(MAKE) -C userspace install DESTDIR=$(DESTDIR) prefix=$(prefix)

uninstall:
	$(MAKE) -C userspace uninstall DESTDIR=$(DESTDIR) prefix=$(prefix)

clean:
	$(MAKE) -C userspace clean
	$(MAKE) -C userspace/demo clean
	$(MAKE) -C tests/bench clean
	rm -rf .tmp_versions Module.symvers modules.order reusetrace.ko \
		reusetrace.o reusetrace.mod reusetrace.mod.c reusetrace.mod.o \
		.reusetrace.* .Module.symvers.cmd .modules.order.cmd \
		.module-common.* module/*.o module/.*.cmd module/compat_probed.h*

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile
	@echo "make check-debug the VM tests on a kernel built to catch mistakes"
	@echo "make fact-check what is said about the options, tried on all kernels"
	@echo "make labs-check every lab, played live, for KERNELS (all by default)"
	@echo "make matrix     every cell of the bind matrix, for KERNELS (all by default), into Documentation/bind-matrix.md"
	@echo "make steer      10,000 picks by TCP and by UDP and a flood, for KERNELS"
	@echo "make timewait   5,000 TIME_WAITs, and 100,000 at once, for KERNELS"
	@echo "make stress     200 loads and unloads under load, for KERNELS"
	@echo "make bench      what it costs, in instructions, into Documentation/performance.md"
	@echo "make shell      the virtual machine, interactive, the module loaded"
	@echo "make lint       the style and static checks alone"
	@echo "make install    the viewer below prefix=$(prefix); make uninstall takes it away"
