# `make` alone prints the verbs. Needed: Python 3.11 or newer and make; everything else is installed
# into .venv, from the locks, by hash.

VENV := .venv
BIN := $(VENV)/bin
OLIST ?= ../shared/data/olist
SHELL := /bin/sh

.DEFAULT_GOAL := help
.PHONY: help run test check lint deploy refresh demo import import-olist bench docs lock clean
.PHONY: lint-style lint-types lint-sql lint-migrations lint-docs
.DELETE_ON_ERROR:

help:
	@echo 'make run           everything: database, demo data on first start, worker, API'
	@echo 'make test          the whole suite               (ARGS="-k score" for a part of it)'
	@echo 'make check         lint, types, SQL lint, generated docs, then the suite'
	@echo 'make lint          the same without the suite'
	@echo 'make deploy        bring the database to the state of sql/'
	@echo 'make refresh       bring the figures up to date'
	@echo 'make demo          generate demo data            (ARGS="--scale 2" for more)'
	@echo 'make import        import files of facts         (ARGS="--help" says how)'
	@echo 'make import-olist  import the Olist data set     (OLIST=directory)'
	@echo 'make bench         measure'
	@echo 'make docs          renew the generated parts of the documentation'
	@echo 'make lock          renew the locks of the dependencies'
	@echo 'make clean         remove what was built; the data in .data stays'

run: $(VENV)/.run
	@exec $(BIN)/leadboard up $(ARGS)

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n 2 --dist worksteal $(ARGS)

check: lint test

# One target each, so that `make -k lint` shows everything that is wrong.
lint: lint-style lint-types lint-sql lint-migrations lint-docs

lint-style: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

lint-types: $(VENV)/.dev
	$(BIN)/pyright --pythonpath $(BIN)/python

lint-sql: $(VENV)/.dev
	$(BIN)/sqlfluff lint --disable-progress-bar sql jobs

lint-migrations: $(VENV)/.dev
	$(BIN)/squawk --config .squawk.toml sql/migrations/*.sql

lint-docs: $(VENV)/.dev
	$(BIN)/leadboard docs --check

deploy: $(VENV)/.run
	@$(BIN)/leadboard deploy

refresh demo import: deploy
	@exec $(BIN)/leadboard $@ $(ARGS)

import-olist: deploy
	@exec $(BIN)/leadboard import-olist '$(OLIST)' $(ARGS)

bench: $(VENV)/.dev
	$(BIN)/python -m bench $(ARGS)

docs: $(VENV)/.dev
	$(BIN)/leadboard docs
	$(BIN)/leadboard picture

# Two runs, so that the program's lock is a part of the developer's.
lock: $(VENV)/.dev
	$(call compile,requirements-dev.lock,--extra dev)
	$(call compile,requirements.lock,--constraint requirements-dev.lock)

compile = $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --quiet \
	--no-emit-index-url --no-header --upgrade --extra install $(2) --output-file $(1) pyproject.toml

clean:
	rm -rf $(VENV) *.egg-info .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- the environment; a stamp file stands for what is installed ---

PIP = $(BIN)/python -m pip --disable-pip-version-check --quiet --no-input

$(VENV)/bin/python:
	@for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
		if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			echo "Making $(VENV) with $$($$python --version)."; \
			$$python -m venv $(VENV) && exit 0; \
			rm -rf $(VENV); \
			echo "$$python has no venv module. On Debian and Ubuntu: apt install python3-venv" >&2; \
			exit 1; \
		fi; \
	done; \
	echo 'Python 3.11 or newer is needed; set PYTHON=/path/to/python3' >&2; exit 1

$(VENV)/.run: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo 'Installing the locked dependencies.'
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-build-isolation --no-deps --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	@echo 'Installing the locked tools of the developer.'
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@
