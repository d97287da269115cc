# make group PHOTOS=~/Photos   install into a virtual environment, then group that folder
# make group                   the same with a demo album
# make test                    install what the tests need, then run them all (ARGS="tests/cli -x")
# make lint                    check style and formatting
# make types                   check the types
# make quality                 measure the grouping on research pictures against its floor
# make wheel                   build the package, and group with it in an empty environment
# make fuzz                    feed damaged files to every reader (MINUTES=60, new ones each time)
# make soak                    kill runs 200 times and cut the power 40 times; tests do 20 and 4
# make ci                      lint, types, test, quality, wheel, and 4,000 damaged files
# make models                  write the shipped models anew from the published weights
# make tools                   install strace and exiftool, with which tests watch and read
# make hashes                  write the lists in requirements/ anew from constraints.txt
# make clean                   remove the virtual environment, builds, the demo and caches
# make help                    this list
#
# Needs Python 3.11 or newer as `python3` (or PYTHON=...), and a POSIX shell (Git Bash on Windows).

PYTHON ?= python3
VENV ?= .venv
ifeq ($(OS),Windows_NT)
  BIN := $(VENV)/Scripts
else
  BIN := $(VENV)/bin
endif
PIP := "$(BIN)/python" -m pip install --quiet --disable-pip-version-check
# Each file that is fetched has one of the hashes in these lists, which hold all that is needed.
HASHED := $(PIP) --no-deps --require-hashes --requirement requirements

# Reaches the recipes as a variable of the shell, so that no name of a folder can break a command.
export PHOTOS
ARGS ?=
# Tests side by side, each process with networks of its own in memory; ARGS="-n 0" for one by one.
SPREAD := --numprocesses logical --maxprocesses 4 --dist worksteal

.DEFAULT_GOAL := help
.PHONY: help group test tools lint types models quality wheel fuzz ci soak hashes clean

help:
	@grep '^# make' Makefile | cut -c3-

$(BIN)/python:
	$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'facecluster needs Python 3.11 or newer; say PYTHON=/path/to/python3.11')"
	$(PYTHON) -m venv "$(VENV)"

$(VENV)/.runtime: setup.cfg pyproject.toml requirements/runtime.txt | $(BIN)/python
	$(HASHED)/runtime.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch "$@"

$(VENV)/.demo: $(VENV)/.runtime requirements/demo.txt
	$(HASHED)/demo.txt
	@touch "$@"

# PyTorch by its version alone: its makers publish several builds of one, which ask for other packages.
$(VENV)/.dev: $(VENV)/.demo requirements/dev.txt constraints.txt
	$(HASHED)/dev.txt
	$(PIP) --constraint constraints.txt torch
	"$(BIN)/python" -m export.weights # the published weights, for the proofs
	@touch "$@"

ifdef PHOTOS
group: $(VENV)/.runtime
	"$(BIN)/facecluster" group "$$PHOTOS" $(ARGS)
else
group: $(VENV)/.demo
	"$(BIN)/python" examples/make_album.py demo/Album
	@# Exit code 3: one file of the album is broken on purpose.
	"$(BIN)/facecluster" group demo/Album $(ARGS) || [ $$? -eq 3 ]
endif

# strace watches what a run opens and writes, exiftool reads the names that we wrote. Where they
# cannot be installed, those tests are skipped, but under CI they fail.
tools:
	@{ command -v strace && command -v exiftool; } >/dev/null || [ "$$(uname)" != Linux ] \
	|| [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null \
	|| { apt-get update -qq && apt-get install -y -qq strace libimage-exiftool-perl; } >/dev/null

test: $(VENV)/.dev tools
	"$(BIN)/python" -m pytest $(SPREAD) $(ARGS)

lint: $(VENV)/.dev
	"$(BIN)/ruff" check .
	"$(BIN)/ruff" format --check .

types: $(VENV)/.dev
	"$(BIN)/mypy"

models: $(VENV)/.dev
	"$(BIN)/python" -m export.yunet
	"$(BIN)/python" -m export.dlib_resnet
	"$(BIN)/python" -m export.quantize

hashes: $(VENV)/.dev
	"$(BIN)/python" requirements/hashes.py

# How right the folders are, on parts of the research pictures; skipped without them.
quality: $(VENV)/.dev
	"$(BIN)/python" -m benchmarks.quality --floor

# What a reader does not bear is kept in build/fuzz.
fuzz: $(VENV)/.dev
	"$(BIN)/python" -m tests.fuzz --minutes $(or $(MINUTES),60)

# Types and wheel keep one core each for most of their time.
ci: lint
	"$(MAKE)" -j2 types wheel
	"$(MAKE)" test quality
	"$(BIN)/python" -m tests.fuzz

# The last promise: whatever ends a run, nothing is lost and the next one ends as if nothing had been.
soak: $(VENV)/.dev tools
	KILLS=200 CUTS=40 "$(BIN)/python" -m pytest tests/test_kills.py tests/test_power_cuts.py $(ARGS)

# Build the wheel, install it alone into an empty environment, and group with it elsewhere.
wheel: $(VENV)/.dev
	"$(BIN)/python" tests/check_wheel.py

clean:
	rm -rf "$(VENV)" build dist demo .cache *.egg-info
