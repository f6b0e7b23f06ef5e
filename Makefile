# Everything from a fresh machine: Python ≥ 3.11 and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready

.PHONY: demo test lint fix bench soak conformance docs lock

demo: $(STAMP)
	$(BIN)/python -m salledepause demo $(ARGS)

test: $(STAMP)
	@sh tests/chromium.sh
	$(if $(DATABASE_URL),DATABASE_URL='$(DATABASE_URL)') $(BIN)/python -m tests $(ARGS)

lint: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fix: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(STAMP)
	$(BIN)/python -m bench $(ARGS)

soak: $(STAMP)
	$(BIN)/python -m soak $(ARGS)

conformance: $(STAMP)
	$(BIN)/python -m conformance $(ARGS)

docs: $(STAMP)
	$(BIN)/python -m tests.documents

# Locked, with hashes, for every Python from 3.11 on; `make lock` renews.
$(STAMP): requirements/lock.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements/lock.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

COMPILE := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --quiet

lock:
	$(COMPILE) --output-file requirements/lock.txt pyproject.toml requirements/all.in
	$(COMPILE) --output-file conformance/locks/toot.txt conformance/locks/toot.in
	$(COMPILE) --output-file conformance/locks/mastodonpy.txt conformance/locks/mastodonpy.in
