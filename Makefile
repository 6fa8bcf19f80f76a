# Everything a developer does is one word. Needs Python 3.11 or newer with venv, and make; the rest it fetches itself.
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
SHELL := /bin/sh

# The first Python that is new enough; PYTHON=… chooses another.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
UV ?= uv
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install -qq --no-input
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
ARGS ?=

.PHONY: help demo run test fuzz crash check fix bench screenshots lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/.installed ## Use the real bot on sample data in a browser: no Slack and no database server needed
	@$(BIN)/emailstats demo $(ARGS)

run: $(VENV)/.installed ## Start the service with config.toml
	@$(BIN)/emailstats run $(ARGS)

test: $(VENV)/.installed-dev $(VENV)/s3/.installed ## Run the tests, on SQLite and on PostgreSQL; ARGS="tests/store -k merge" narrows
	@$(BIN)/python -m pytest -n auto $(ARGS)

fuzz: $(VENV)/.installed-dev ## Send every provider's door 10,000 damaged webhooks, on both databases
	@$(BIN)/python -m pytest -n auto tests/bot/web/test_fuzz.py --fuzz 10000 $(ARGS)

crash: $(VENV)/.installed-dev ## Kill 1,000 processes while they send digests, and count what arrived
	@$(BIN)/python -m pytest -n auto -rP tests/crash --kills 1000 $(ARGS)

check: $(VENV)/.installed-dev ## Lint, formatting, types and the direction of imports
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

fix: $(VENV)/.installed-dev ## Mend what a tool can mend
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(VENV)/.installed-dev ## Measure against floors, one JSON object a line; ARGS="queries chart" selects
	@$(BIN)/python -m benchmarks $(ARGS)

screenshots: $(VENV)/.installed-dev ## Make the documentation's pictures of the sandbox anew, in the system's Chromium
	@$(BIN)/python -m tests.browser.screenshots

lock: ## Write the lock files anew from pyproject.toml and requirements-s3.in; needs uv
	$(COMPILE) pyproject.toml --group build -o requirements.lock
	$(COMPILE) pyproject.toml --group build --group dev -c requirements.lock -o requirements-dev.lock
	$(COMPILE) requirements-s3.in -o requirements-s3.lock

clean: ## Remove what was installed and cached; data stays
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "emailstats needs Python 3.11 or newer with venv (apt-get install python3-venv)" >&2; exit 1; }
	@echo "Creating $(VENV) with $(PYTHON) …"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing the dependencies, checked against their hashes …"
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock pyproject.toml | $(BIN)/python
	@echo "Installing the dependencies and the developer's tools, checked against their hashes …"
	@$(PIP) --require-hashes -r requirements-dev.lock
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/s3/.installed: requirements-s3.lock | $(BIN)/python
	@echo "Installing the S3 server of the tests …"
	@$(BIN)/python -m venv $(VENV)/s3
	@$(VENV)/s3/bin/python -m pip --disable-pip-version-check install -qq --no-input --require-hashes -r requirements-s3.lock
	@touch $@
