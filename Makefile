# Every command says what it is doing and is safe to repeat; a set-up step whose inputs have not changed is skipped.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory
unexport PYTHONDONTWRITEBYTECODE # kept compiled modules halve the start of every process

PYTHON ?= python3
PY := .venv/bin/python
PIP := $(PY) -m pip install -qq --require-hashes --only-binary :all: --no-deps
PYTEST := $(PY) -m pytest -n 2 --dist worksteal
ARGS ?=

SOURCES := lingang milestones tests manage.py scripts $(wildcard bench)
STATIC_STAMP := $(or $(VAR_DIR),var)/static.stamp # files are collected where the installation is
MESSAGES := $(shell find locale -name '*.po')
STATIC := $(shell find static milestones -path '*static/*' -type f)

# --- What people call -------------------------------------------------------------------------------------------------
.PHONY: up
up: setup ## Start everything; PORT=8000, DEMO=0 for an empty database
	@exec $(PY) manage.py up

.PHONY: setup
setup: .venv/runtime.stamp $(STATIC_STAMP) $(MESSAGES:.po=.mo) ## Dependencies, static files and translations; starts nothing

.PHONY: test test-sqlite test-postgresql
test: test-sqlite test-postgresql ## The whole suite, on SQLite and on PostgreSQL, with real servers and a real browser

test-sqlite: setup-tests ## The suite on SQLite; ARGS="-k reminders" for a part
	@echo "test: on SQLite"
	@TEST_DB=sqlite $(PYTEST) --ignore tests/soak $(ARGS)

test-postgresql: setup-tests ## The suite on PostgreSQL; TEST_DATABASE_URL for a server of yours
	@echo "test: on PostgreSQL"
	@TEST_DB=postgresql $(PYTEST) --ignore tests/soak $(ARGS)

.PHONY: check
check: .venv/dev.stamp $(MESSAGES:.po=.mo) ## Formatting, lint, types, import contract, migrations, description of the API, deployment settings
	@echo "check: formatting"
	@.venv/bin/ruff format --check --quiet $(SOURCES) || { .venv/bin/ruff format --diff $(SOURCES); exit 1; }
	@find templates -name '*.html' -print0 | xargs -0 --no-run-if-empty .venv/bin/djade --check --target-version 5.2
	@echo "check: lint"
	@.venv/bin/ruff check --quiet $(SOURCES)
	@echo "check: types"
	@.venv/bin/mypy
	@echo "check: import contract"
	@.venv/bin/lint-imports > var/lint-imports.log || { cat var/lint-imports.log; exit 1; }
	@echo "check: missing migrations"
	@$(PY) manage.py makemigrations --check --dry-run
	@echo "check: the API's description"
	@$(PY) scripts/openapi.py --check
	@echo "check: deployment settings"
	@BASE_URL=https://plan.example.org SECRET_KEY="an example of a key that is long enough to sign with" \
	  VAR_DIR=var/check DATABASE_URL= REDIS_URL= EMAIL_URL=smtp://mail.example.org REPLY_TO=office@example.org DEBUG= DEMO= \
	  HEARTBEAT_URL=https://watch.example.org/x ALARM_WEBHOOK_URL=https://chat.example.org/x $(PY) manage.py check --deploy --fail-level WARNING

.PHONY: soak
soak: setup-tests ## The long simulations and races
	@for db in sqlite postgresql; do echo "soak: on $$db"; TEST_DB=$$db $(PY) -m pytest tests/soak $(ARGS); done

.PHONY: bench
bench: setup-tests ## The benchmarks, one line a figure; ONLY=reminders for one group
	@$(PY) -m bench $(ONLY)

.PHONY: screenshots
screenshots: setup-tests ## Every page, two sizes, into screenshots/
	@$(PY) -m tests.e2e.screenshots

.PHONY: format
format: .venv/dev.stamp ## Lay out the code and mend what can be mended without thinking
	@.venv/bin/ruff check --fix --quiet $(SOURCES) || true
	@.venv/bin/ruff format --quiet $(SOURCES)
	@find templates -name '*.html' -print0 | xargs -0 --no-run-if-empty .venv/bin/djade --target-version 5.2

.PHONY: openapi
openapi: .venv/dev.stamp ## Renew docs/openapi.json, the committed description of the API
	@$(PY) scripts/openapi.py

.PHONY: lock
lock: ## Pin the newest versions that pyproject.toml allows; UPGRADE= keeps the pins there are
	@scripts/lock

.PHONY: clean
clean: ## Remove what set-up made; the data in var/ stays
	@rm -rf .venv var/*.stamp var/static .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	@find locale -name '*.mo' -delete

.PHONY: help
help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# --- Set-up, a step a stamp -------------------------------------------------------------------------------------------
var:
	@mkdir -m 700 var

.venv/bin/python:
	@echo "set-up: .venv"
	@scripts/venv "$(PYTHON)"

.venv/runtime.stamp: requirements.lock | .venv/bin/python
	@echo "set-up: dependencies (half a minute the first time)"
	@$(PIP) -r requirements.lock
	@touch $@

.venv/dev.stamp: requirements-dev.lock .venv/runtime.stamp | var
	@echo "set-up: tools for checks and tests"
	@$(PIP) -r requirements-dev.lock
	@touch $@

.venv/browser.stamp: scripts/browser .venv/dev.stamp
	@echo "set-up: browser"
	@scripts/browser
	@touch $@

%.mo: %.po scripts/compile_messages.py .venv/runtime.stamp
	@echo "set-up: $@"
	@$(PY) scripts/compile_messages.py $< $@

$(STATIC_STAMP): $(STATIC) lingang/settings.py .venv/runtime.stamp | var
	@echo "set-up: static files"
	@$(PY) manage.py collectstatic --no-input --clear --verbosity 0
	@touch $@

.PHONY: setup-tests
setup-tests: .venv/dev.stamp .venv/browser.stamp $(MESSAGES:.po=.mo)
