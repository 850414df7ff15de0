# The reader's entry: `make` lists the targets.

PYTHON ?= python3
VENV = .venv
RUN = $(VENV)/bin/python
# An environment with CUDA stays one until GPU=0 says otherwise.
GPU ?= $(if $(wildcard $(VENV)/ready-gpu),1,0)
ifneq ($(filter-out 0 1,$(GPU)),)
$(error GPU: expected 0 or 1, found $(GPU))
endif
ifneq ($(filter-out 0 1,$(FRESH)),)
$(error FRESH: expected 0 or 1, found $(FRESH))
endif
KIND = $(if $(filter-out 0,$(GPU)),-gpu)
LOCK = requirements$(KIND).lock
READY = $(VENV)/ready$(KIND)
# The numbers of all lessons that there are: 01, 02 and so on.
LESSONS = $(foreach script,$(sort $(notdir $(wildcard experiments/[0-9][0-9]_*.py))),$(firstword $(subst _, ,$(script))))
CHROMIUM ?= /usr/bin/chromium

# What `make all` and `make 05` pass on to the experiments. The shell reads the values from the
# environment, so that none of them becomes a part of a command.
export SEEDS DATA OUT JOBS FRESH A B EXP DEST NAME CHROMIUM
RESULTS = $${SEEDS:+"--seeds=$$SEEDS"} $${DATA:+"--data=$$DATA"} $${OUT:+"--out=$$OUT"}
FLAGS = $(RESULTS) $${JOBS:+"--jobs=$$JOBS"} $(if $(filter 1,$(FRESH)),--fresh)
CACHE = $${TRAINING_CACHE:-runs/cache}

.DEFAULT_GOAL := help
.PHONY: help setup data all quick $(LESSONS) figures new ablations compare check report readme notebooks mirror test test-programs test-browser test-faults test-exercises verify-determinism bench audit lint clean

help:  ## this list
	@echo "make TARGET [VARIABLE=value]"
	@sed -n -E 's/^\$$\(LESSONS\):/$(firstword $(LESSONS)) ... $(lastword $(LESSONS)):/; s/^([a-z0-9. -]+):[^#]*  ## (.*)/\1\t\2/p' $(MAKEFILE_LIST) \
	  | awk -F'\t' '{printf "  %-18s %s\n", $$1, $$2}'
	@test ! -d "$(CACHE)" || echo "$(CACHE) holds $$(du -sh "$(CACHE)" | cut -f1) of saved trainings; rm -r removes them, make clean all of runs/ and $(VENV), too"

setup: $(READY)  ## .venv with the locked packages; GPU=1 adds CUDA, PYTHON=python3.12 names another Python

$(READY): $(LOCK)
	@sh tools/setup.sh "$(VENV)" $(LOCK) "$@" $(if $(filter file,$(origin PYTHON)),,"$(PYTHON)")

data: setup  ## fetch and verify all data sets
	@$(RUN) -m experiments data

all: setup  ## fetch data, run all experiments; SEEDS=1, DATA=real|sample, OUT=dir, JOBS=1, FRESH=1
	@$(RUN) -m experiments all $(FLAGS)

# With a single seed there are too few trainings to give each core one: up to four share a training.
quick: setup  ## the same with one seed and fewer epochs of 05, into runs/quick
	@$(RUN) -m experiments all $(FLAGS) --quick \
	  --threads "$$($(RUN) -c 'import os; print(min(4, os.cpu_count()))')"

$(LESSONS): setup  ## one experiment
	@$(RUN) experiments/$@_*.py $(FLAGS)

figures: setup  ## redraw every figure from the saved runs, without training; say which has changed
	@$(RUN) -m experiments figures $(RESULTS)

new: setup  ## write a lesson that runs at once; NAME=08_name
	@test -n "$$NAME" || { echo "error: NAME: expected a number and a name, found nothing; make new NAME=08_name" >&2; exit 2; }
	@$(RUN) -m experiments new "$$NAME"

# The claims that need the ablations are tested last; without results of 05 they stop at once.
ablations: setup  ## the costly variants, beside the results of 05: without dropout
	@$(RUN) experiments/05_mnist_odd_even.py --plots-only $(RESULTS)
	@$(RUN) experiments/05_mnist_odd_even.py --ablations $(FLAGS)
	@$(RUN) experiments/05_mnist_odd_even.py --plots-only $(RESULTS)

compare: setup  ## A=figures B=runs/quick: two folders of results side by side; EXP=05
	@test -n "$$A" -a -n "$$B" || { echo "error: A and B: expected two folders of results; make compare A=figures B=runs/quick" >&2; exit 2; }
	@$(RUN) experiments/compare.py $${EXP:+"--experiment=$$EXP"} -- "$$A" "$$B"

check: setup  ## does figures/ still hold the committed results? identical, equivalent or different
	@git rev-parse --quiet --verify HEAD >/dev/null 2>&1 || { \
	  echo "error: make check: expected a git checkout, found none; clone the project with git" >&2; exit 2; }
	@committed=$$(mktemp -d) && trap 'rm -rf "$$committed"' EXIT \
	  && git archive --output="$$committed/figures.tar" HEAD figures && tar -xf "$$committed/figures.tar" -C "$$committed" \
	  && $(RUN) experiments/compare.py "$$committed/figures" figures --check

report: setup  ## the saved scores beside the tutorials', and figures/index.html to look at
	@$(RUN) experiments/report.py

readme: setup  ## write the tables and the picture of the README files, and MIGRATION.md
	@$(RUN) experiments/report.py --readme
	@$(RUN) -m migration --page MIGRATION.md

notebooks: setup  ## the experiments as executed notebooks in notebooks/; EXP=01 for one
	@$(RUN) -m experiments notebooks $${EXP:+"--experiment=$$EXP"} $(FLAGS)

mirror: setup  ## copy the verified data files for machines without internet; DEST=/media/usb
	@test -n "$$DEST" || { echo "error: DEST: expected a folder, found nothing; make mirror DEST=/media/usb" >&2; exit 2; }
	@$(RUN) -m experiments data "--mirror=$$DEST"

test: setup  ## the test suite, without network
	@$(RUN) -m pytest

test-programs: setup  ## tests that start whole programs: a new lesson, a notebook, a copy of the checkout, Ctrl-C
	@$(RUN) -m pytest -m "programs and not long"

test-browser: setup $(VENV)/browser  ## tests of the report in Chromium; CHROMIUM=/path/to/it
	@test -x "$$CHROMIUM" || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null \
	  && apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null; } \
	  || { echo "error: $$CHROMIUM: not found; install Chromium, or name yours: make test-browser CHROMIUM=/path/to/it" >&2; exit 2; }
	@$(RUN) -m pytest tests/browser

$(VENV)/browser: tests/browser/requirements.lock $(READY)
	@$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

test-faults: setup  ## kills, bad data, bad networks, full disks: all faults of tests/README.md (about 20 minutes)
	@$(RUN) -m pytest tests/faults -m "long or not long"

test-exercises: data  ## the scripts' exercises on the real data: what experiments/EXERCISES.md states (about 20 minutes)
	@DATA_MIRROR="$${DATA_MIRROR:-$(CURDIR)/data/datasets}" $(RUN) -m pytest tests/lessons/test_exercises.py tests/lessons/test_exercise_answers.py -m "long or not long" -n 0

verify-determinism: setup  ## each experiment twice, with other jobs and seeds, byte by byte (about 20 minutes)
	@$(RUN) tests/verify_determinism.py

bench: setup  ## training side by side with stock Keras, scikit-learn and, if installed, PyTorch and JAX; cluster; predict.py; lessons
	@$(RUN) tests/benchmarks/bench.py
	@$(RUN) tests/benchmarks/cluster.py
	@$(RUN) tests/benchmarks/predicting.py
	@$(RUN) tests/benchmarks/lessons.py

audit:  ## known weaknesses of the locked packages; needs internet
	@audit=$$(mktemp -d) && trap 'rm -rf "$$audit"' EXIT && $(PYTHON) -m venv "$$audit" \
	  && "$$audit/bin/pip" install --quiet --disable-pip-version-check pip-audit \
	  && "$$audit/bin/pip-audit" --disable-pip --require-hashes -r requirements.lock

lint: setup  ## ruff: style and errors
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .

clean:  ## remove runs/ with the saved trainings, and the environment; data/datasets and figures/ stay
	@test ! -d runs || echo "removing runs/, $$(du -sh runs | cut -f1)"
	@rm -rf runs $(VENV)
