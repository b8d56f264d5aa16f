# Two commands do everything: `make demo` and `make test`. `make help` lists the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
APT := DEBIAN_FRONTEND=noninteractive apt-get -o Dpkg::Use-Pty=0 -qq
COUNT ?= 200
FAULTS_TALLY := /tmp/corridor-faults.jsonl
export PIP_DISABLE_PIP_VERSION_CHECK = 1
export PYTHONDONTWRITEBYTECODE =

.PHONY: help install dask install-dev system demo build server check test faults fuzz bench lock format docs messages picture pictures clean
.DEFAULT_GOAL := help

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort

$(VENV)/created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name it: make PYTHON=python3.12 demo"; exit 69; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { $(SUDO) $(APT) update && $(SUDO) $(APT) install -y python3-venv; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

# The constraint says nothing new, but pip before 24 does not hold "sqlalchemy[asyncio]" to the pin of "sqlalchemy".
$(VENV)/installed: $(VENV)/created requirements.lock pyproject.toml
	$(BIN)/pip install --quiet --require-hashes --requirement requirements.lock --constraint requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --no-index --editable .
	@touch $@

$(VENV)/installed-dask: $(VENV)/installed requirements-dask.lock
	$(BIN)/pip install --quiet --require-hashes --requirement requirements-dask.lock --constraint requirements-dask.lock
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed requirements-dev.lock
	$(BIN)/pip install --quiet --require-hashes --requirement requirements-dev.lock --constraint requirements-dev.lock
	@touch $@

install: $(VENV)/installed ## the locked environment in .venv

dask: $(VENV)/installed-dask ## the same and what builds on a Dask cluster need

install-dev: $(VENV)/installed-dev ## all that and what tests need

system: ## the programs that tests drive: Chromium, GDAL's command line and a C compiler, from the distribution
	@command -v chromium >/dev/null && command -v gdaldem >/dev/null && command -v cc >/dev/null || \
	  { $(SUDO) $(APT) update && $(SUDO) $(APT) install -y --no-install-recommends chromium fonts-dejavu-core gdal-bin gcc libc6-dev; }

data/raw/synthetic/README.md: $(VENV)/installed pipeline/synth
	$(BIN)/corridor init .
	@touch $@

demo: install data/raw/synthetic/README.md ## install, build the default corridor, say where the map is
	$(BIN)/corridor build

build: demo

server: install ## a Prefect server to watch builds on, http://127.0.0.1:4200; nothing is told to anybody
	PREFECT_HOME="$(CURDIR)/.corridor/prefect" DO_NOT_TRACK=1 PREFECT_SERVER_ANALYTICS_ENABLED=false $(BIN)/prefect server start

check: install-dev ## formatter, linter, strict types, import layering
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

suite: install-dev system
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

test: install-dev system ## everything, browser included; types are checked while tests run
	@$(MAKE) --no-print-directory --jobs 2 suite check

faults: install-dev system ## the full fault campaign: hours of kills, full disks and I/O errors; COUNT= of a kind
	@rm -f $(FAULTS_TALLY)
	CORRIDOR_FAULTS=$(COUNT) CORRIDOR_FAULTS_TALLY=$(FAULTS_TALLY) $(BIN)/pytest -n 2 --dist loadfile tests/faults tests/flows/test_dask_faults.py; \
	  ended=$$?; $(BIN)/python -m tests.faults.tally $(FAULTS_TALLY); exit $$ended

fuzz: install-dev system ## ten thousand damaged files through every reader; make test runs two thousand
	CORRIDOR_FUZZ=10000 $(BIN)/pytest -n 2 --dist loadfile tests/fuzz

bench: install-dev system ## hot paths beside their rivals; ONLY=name for one
	$(BIN)/python -m bench $(ONLY)

lock: ## resolve the dependencies again (needs uv)
	uv pip compile pyproject.toml --extra build --universal --python-version 3.11 --generate-hashes --no-header -o requirements.lock --upgrade
	uv pip compile pyproject.toml --extra build --extra dask -c requirements.lock --universal --python-version 3.11 --generate-hashes --no-header -o requirements-dask.lock --upgrade
	uv pip compile pyproject.toml --extra build --extra dask --extra dev -c requirements-dask.lock --universal --python-version 3.11 --generate-hashes --no-header -o requirements-dev.lock --upgrade

format: install-dev ## let the formatter and the linter mend what they can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: install-dev ## make docs/parameters.md from the models
	$(BIN)/python -m pipeline.config.reference > docs/parameters.md

KEYWORDS := -k _ -k say -k msgid -k marked -k attribute:2 -k counted:1,2 -k n_:1,2 -k corridor.t -k corridor.tn:1,2
messages: install-dev ## find the page's texts and put new ones into the catalogues, where translators fill them in
	@mkdir -p build
	$(BIN)/pybabel -q extract -F babel.cfg --no-default-keywords $(KEYWORDS) --add-location=file --sort-output --width=120 -o build/map.pot .
	$(BIN)/pybabel -q update -D map -d pipeline/mapping/locale -i build/map.pot --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --width=120

picture: demo install-dev system ## take the README's pictures of the default map
	$(BIN)/python docs/picture.py

pictures: install-dev system ## take the pictures anew with which tests compare the map's looks
	$(BIN)/python -m tests.mapping.looks

clean: ## remove results, not inputs
	rm -rf .corridor data/processed/*.* maps/*.html maps/releases data/raw/synthetic
	git checkout -q -- data/processed/README.md maps/README.md
