# `make demo` and `make test` do everything on a fresh machine with Python 3.11, 3.12 or 3.13.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# on Linux, PyPI's torch brings gigabytes of CUDA libraries; without an NVIDIA driver take the small one
TORCH_CPU ?= https://download.pytorch.org/whl/cpu

# one process more than there are cores, as many tests wait for a limit; the tests of one file share
# what they have made
CORES := $(shell env -u OMP_NUM_THREADS nproc 2>/dev/null || sysctl -n hw.ncpu 2>/dev/null || echo 2)
PROCESSES := $(shell expr $(CORES) + 1)
SIDE_BY_SIDE := --numprocesses $(PROCESSES) --maxprocesses 5 --dist loadfile

.PHONY: help setup demo test test-all lint prove site lock clean

help:            ## list the targets
	@grep -E '^[a-z-]+: .*##|^[a-z-]+:  *##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

setup: $(READY)  ## make .venv, install the pins, register the kernel

$(READY): requirements.txt requirements-dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v <= (3, 13) else f"Python 3.11, 3.12 or 3.13 is needed; $(PYTHON) is {v[0]}.{v[1]}. Name another with make PYTHON=python3.12.")'
	$(PYTHON) -m venv $(VENV)
	@if [ "$$(uname -s)" = Linux ] && ! command -v nvidia-smi >/dev/null; then \
		$(PIP) --no-deps --retries 1 --timeout 10 --index-url $(TORCH_CPU) $$(grep '^torch==' requirements.txt) \
		|| echo "$(TORCH_CPU) does not answer: torch will come with its CUDA libraries."; fi
	$(PIP) -r requirements-dev.txt
	$(PIP) --no-deps --editable .
	$(BIN)/course kernels install --sys-prefix
	@touch $@

demo: setup      ## a real week through the whole loop: release, grade, feedback, report
	$(BIN)/autograder demo

test: setup      ## the tests that a change must pass
	$(BIN)/python -m pytest $(SIDE_BY_SIDE) -m "not slow and not browser"

test-all: setup  ## everything: slow tests, browser tests, the whole proof
	$(BIN)/python -m pytest $(SIDE_BY_SIDE)
	$(BIN)/autograder prove --all

lint: setup      ## ruff, mypy, spelling
	$(BIN)/ruff check .
	$(BIN)/ruff format --check course autograder tests
	$(BIN)/mypy

prove: setup     ## show that every check is right
	$(BIN)/autograder prove

site: setup      ## the static site: guide, notebooks with pictures, API, in build/site
	$(BIN)/autograder site

lock: setup      ## refresh requirements.lock and engine.lock: every package with its hashes, for all systems
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --custom-compile-command "make lock" \
		--output-file requirements.lock requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --custom-compile-command "make lock" --override engine.overrides \
		--constraint requirements.lock --no-annotate --output-file engine.lock pyproject.toml

clean:           ## remove what use has made; source, release and course stay
	rm -rf demo reports .autograder .pytest_cache .mypy_cache .ruff_cache
