# Two environments: .venv serves (no torch in it), .venv-dev develops, tests and trains.
PYTHON ?= python3
PIP_FLAGS := --quiet --disable-pip-version-check -c constraints.txt
SERVE := .venv/bin
DEV := .venv-dev/bin
HOST ?= 127.0.0.1
PORT ?= 8000

.PHONY: help serve install dev debian test lint format bench figures docs constraints clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

.venv/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "genderlens needs Python >= 3.11, found " + sys.version.split()[0] + "; set PYTHON=...")'
	$(PYTHON) -m venv .venv
	$(SERVE)/pip install $(PIP_FLAGS) -e .
	@touch $@

.venv-dev/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv-dev
	$(DEV)/pip install $(PIP_FLAGS) -e '.[dev]'
	@touch $@

install: .venv/.installed ## install what serving needs into .venv

dev: .venv-dev/.installed ## install what training, tests and lint need into .venv-dev

serve: install ## set up and serve at http://127.0.0.1:8000
	$(SERVE)/genderlens serve --host $(HOST) --port $(PORT)

test: dev debian ## set up and run the tests
	$(DEV)/python -m pytest

debian: ## install the Debian packages that tests drive, where that is possible
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && ! { command -v chromium && command -v redis-server && ls /usr/lib/postgresql/*/bin/initdb; } >/dev/null 2>&1; then \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium postgresql redis-server >/dev/null; \
	fi

lint: dev ## check style, types and layers
	$(DEV)/ruff check .
	$(DEV)/ruff format --check .
	$(DEV)/mypy
	$(DEV)/lint-imports

format: dev ## mend what ruff can
	$(DEV)/ruff check --fix .
	$(DEV)/ruff format .

bench: dev ## measure speed and size beside other ways, about ten minutes on an idle machine
	$(DEV)/python benchmarks/single_image.py
	OMP_NUM_THREADS=1 $(DEV)/python benchmarks/speed.py
	OMP_NUM_THREADS=1 $(DEV)/python benchmarks/decoding.py
	$(DEV)/python benchmarks/install_size.py

figures: dev ## measure accuracy on the labelled photographs
	$(DEV)/python benchmarks/accuracy.py

docs: dev ## write the reference and the figures in README
	$(DEV)/python docs/generate.py

constraints: ## pin what a fresh resolution of all extras installs
	rm -rf build/lock && $(PYTHON) -m venv build/lock
	build/lock/bin/pip install --quiet --disable-pip-version-check -e '.[dev]'
	echo "# What a fresh resolution of all extras installed; rewritten by 'make constraints'." > constraints.txt
	build/lock/bin/pip freeze --exclude-editable >> constraints.txt

clean: ## remove environments and caches
	rm -rf .venv .venv-dev build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
