# `make help` lists what there is. The README needs two of these: `make demo` and `make test`.
# Everything lives in .venv, which every target makes or refreshes by itself when the lock file has changed.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup system oracles record-wheel demo serve test lint format docs generate bench bench-record bench-web screens faults nightly lock clean

VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

# A pyenv shim can exist and still refuse to run, so a candidate counts only once it has run and can make environments.
USABLE := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3 python; do \
	if $$p -c '$(USABLE)' >/dev/null 2>&1; then echo $$p; break; fi; done)

# Tests run side by side on all cores, one file on one core, in the order of tests/conftest.py; JOBS=0 runs them one
# after the other (for a debugger).
JOBS ?= auto
PYTEST := $(BIN)/python -m pytest -n $(JOBS) --dist loadscope --no-loadscope-reorder

# In CI the real data, the browser and PostgreSQL are required, so that a missing one fails instead of being skipped.
REQUIRED := $(if $(filter true,$(CI)),--require-realdata --require-browser --require-postgres)

help:  ## list these targets
	@sed -n 's/^\([a-z-]*\):.*  ## \(.*\)/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 24

setup: $(STAMP)  ## make .venv with the locked packages and the command `answerable`

$(STAMP): requirements/dev.txt pyproject.toml package-lock.json
	@PYTHON='$(PYTHON)' tools/new_venv.sh $(VENV)
	@echo 'Installing the locked packages (about a minute the first time) ...'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(BIN)/python tools/vendor_frontend.py
	@# Compiled here on all cores: where Python is told to write no bytecode, every command would compile it all anew.
	@$(BIN)/python -m compileall -q -j 0 $(VENV) src
	@touch $@

system:  ## install Chromium and PostgreSQL with apt (as root); elsewhere only say what is missing
	@tools/system.sh

oracles: setup  ## make the environments of the independent checkers: Go (280 MB) and, on Python 3.12, aics
	$(BIN)/python tools/oracles.py

record-wheel: setup  ## build the small wheel with which an outsider checks a record, into dist/
	cd packages/record && $(abspath $(BIN))/python -m hatchling build -t wheel -d $(abspath dist)

demo: setup  ## run the whole story on a simulated city and serve it until Ctrl-C
	@rm -rf demo
	$(BIN)/answerable demo --dir demo $(ARGS)

serve: setup  ## serve the workspace made by the demo, or WORKSPACE=DIR
	$(BIN)/answerable serve --workspace $(or $(WORKSPACE),demo) $(ARGS)

test: setup  ## run all tests; pass more to pytest with ARGS='-k words'
	$(PYTEST) $(REQUIRED) $(ARGS)

lint: setup  ## style, types, import contracts, the measures of the house, and the docs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy tools/*.py
	$(BIN)/lint-imports --no-logo
	$(BIN)/python tools/house.py
	@$(MAKE) --no-print-directory docs

format: setup  ## rewrite the code in the house style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: setup  ## build the documentation into docs/_build; a warning is an error
	$(BIN)/sphinx-build --fail-on-warning --keep-going --quiet docs docs/_build
	@echo 'docs: built, open docs/_build/index.html'

generate: setup  ## rewrite the pages that are made from the code: docs/cli.md, docs/licences.md
	$(BIN)/python tools/cli_docs.py --write
	$(BIN)/python tools/licences.py --write

bench: setup  ## run every script in benchmarks/ (those named make_* only make data)
	@set -e; for script in $(filter-out benchmarks/make_%,$(wildcard benchmarks/*.py)); do \
		echo "== $$script"; $(BIN)/python "$$script" $(ARGS); done

bench-web: setup  ## measure the pages of both sites on the demo and on 10,000 cases (ARGS=--write keeps the table)
	$(BIN)/python benchmarks/web.py $(ARGS)

screens: setup  ## take a picture of every page of the demo, or of WORKSPACE=DIR, into docs/screens/
	PYTHONPATH=tests/web $(BIN)/python tools/screens.py $(or $(WORKSPACE),demo)

bench-record: setup oracles  ## measure the record beside others that do the same (ARGS=--write keeps the tables)
	@set -e; for script in $(wildcard benchmarks/record*.py); do \
		echo "== $$script"; $(BIN)/python "$$script" $(ARGS); done

faults: setup  ## kill, starve and unplug the real writers; write benchmarks/results/faults.md (ARGS=--nightly: more rounds)
	$(BIN)/python tools/faults.py $(ARGS)

nightly: setup oracles  ## what takes a night: the slow tests, 50 calls of each operation of both sites, more faults, an hour of fuzzing each parser
	$(PYTEST) $(REQUIRED) --slow $(ARGS)
	$(BIN)/python tools/faults.py --nightly
	$(BIN)/python tools/fuzz.py --seconds $(or $(FUZZ_SECONDS),3600) --write

lock: setup  ## write requirements/ anew from pyproject.toml, with hashes and without any index address
	@BIN=$(BIN) tools/lock.sh

clean:  ## remove everything that was made: .venv, builds, caches, the demo
	rm -rf $(VENV) .venv-lock .venv-bench .venv-bench-record .venv-oracles .venv-oracles-* build dist demo docs/_build
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests tools benchmarks docs -name __pycache__ -prune -exec rm -rf {} +
