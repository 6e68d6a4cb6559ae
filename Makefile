# make demo: install here and open the app on a simulated network.  make test: install here and run every test.
# Everything goes into .venv in this folder; uv is used when it is there.
SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for p in python3.14 python3.13 python3.12 python3.11 python3; do \
	if command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	then echo $$p; break; fi; done)

.PHONY: demo test soak lint bench check-python clean

demo: $(VENV)/.demo-ready
	@exec $(BIN)/noctui --demo

test: $(VENV)/.dev-ready
	@$(BIN)/python -m pytest -n 2

soak: $(VENV)/.dev-ready
	@$(BIN)/python -m pytest -m soak -s

bench: $(VENV)/.dev-ready
	@$(BIN)/python -m bench

lint: $(VENV)/.dev-ready
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports --no-logo

check-python:
	@if [ -z "$(PYTHON)" ]; then echo "noctui needs Python 3.11 or newer (found: $$(python3 --version 2>/dev/null || echo none)). Install one, or: make PYTHON=/path/to/python3.12 …" >&2; exit 1; fi
	@if ! command -v uv >/dev/null 2>&1 && ! "$(PYTHON)" -c 'import venv, ensurepip' 2>/dev/null; then echo "noctui needs Python's venv module (Debian, Ubuntu: apt install python3-venv)." >&2; exit 1; fi

$(VENV)/.demo-ready: pyproject.toml | check-python
	@if command -v uv >/dev/null 2>&1; then \
		{ test -x $(BIN)/python || uv venv -q --python "$(PYTHON)" $(VENV); } && uv pip install -q --python $(BIN)/python -e .; \
	else \
		{ test -x $(BIN)/python || "$(PYTHON)" -m venv $(VENV); } && $(BIN)/python -m pip install -q --disable-pip-version-check -e .; \
	fi && touch $@

$(VENV)/.dev-ready: pyproject.toml | check-python
	@if command -v uv >/dev/null 2>&1; then \
		{ test -x $(BIN)/python || uv venv -q --python "$(PYTHON)" $(VENV); } && uv pip install -q --python $(BIN)/python -e '.[dev]'; \
	else \
		{ test -x $(BIN)/python || "$(PYTHON)" -m venv $(VENV); } && $(BIN)/python -m pip install -q --disable-pip-version-check -e '.[dev]'; \
	fi && touch $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
