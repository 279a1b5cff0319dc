# `make run` sets up and serves on 127.0.0.1:8000; `make test` sets up and runs every test.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TIMED := tests/skeleton/readers/test_hostile_bodies.py
# The tests start hundreds of processes: none shall have to compile the project anew.
PYTEST := env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: run test oldest check develop bench clean

run: $(VENV)/.serve
	@exec $(BIN)/python -m service serve

# One thread for each of three tests at a time, on two cores: torch's wait long for each other where
# they compete, and some tests wait for what they start.
test: export OMP_NUM_THREADS = 1
test: $(VENV)/.develop
	@tests/require.sh
	@# What is held to seconds runs with nothing else beside it.
	$(PYTEST) --numprocesses 2 $(TIMED)
	$(PYTEST) --numprocesses 3 --no-loadscope-reorder --ignore $(TIMED)

# The same tests with the oldest version of each dependency that pyproject.toml admits, in an
# environment of its own: what it calls the oldest is true only where they pass. uv finds them, which
# pip cannot.
OLDEST := .venv-oldest
oldest:
	@rm -rf $(OLDEST)
	@$(MAKE) --no-print-directory $(OLDEST)/bin/pip VENV=$(OLDEST)
	@$(OLDEST)/bin/python -m pip install --quiet --disable-pip-version-check uv
	@$(MAKE) --no-print-directory test VENV=$(OLDEST) PIP="$(OLDEST)/bin/uv pip install --quiet \
	  --python $(OLDEST)/bin/python --resolution lowest-direct"

check: $(VENV)/.develop
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

develop: $(VENV)/.develop

bench: $(VENV)/.develop
	$(BIN)/python -m service bench

clean:
	rm -rf $(VENV) $(OLDEST)

# The stamps: a set-up is made once and again when pyproject.toml changes.
# pip comes last: where it is, the environment is whole.
$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; $(PYTHON) is older. Try: make PYTHON=python3.13 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "the venv module is needed: apt-get install python3-venv"; exit 1; }

$(VENV)/.serve: pyproject.toml | $(VENV)/bin/pip
	@echo "installing what serving needs (once)"
	@$(PIP) --editable .
	@touch $@

$(VENV)/.develop: pyproject.toml | $(VENV)/bin/pip
	@echo "installing what training and testing need (once)"
	@$(PIP) --editable '.[train,test,dev]'
	@touch $@ $(VENV)/.serve
