# make demo: install here and open the app on a simulated network.  make test: install here and run every test.
# Everything goes into .venv in this folder; uv is used when it is there.
SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
# The first Python that is new enough, best one that can make a virtual environment.
PYTHON ?= $(shell for needs in 'sys, venv, ensurepip' sys; do \
	for p in python3.13 python3.12 python3.11 python3.14 python3; do \
		if command -v $$p >/dev/null 2>&1 && \
			$$p -c "import $$needs; sys.exit(sys.version_info < (3, 11))" >/dev/null 2>&1; then echo $$p; exit; fi; \
	done; done)
UNFINISHED := $(VENV)/.unfinished

# Install $(1) into .venv. What was cut off in the middle, or has lost its Python, is begun anew.
define install
	@if [ -e $(UNFINISHED) ] || ! $(BIN)/python -c '' 2>/dev/null; then rm -rf $(VENV); fi
	@if command -v uv >/dev/null 2>&1; then \
		{ [ -d $(VENV) ] || uv venv -q --python "$(PYTHON)" $(VENV); } && touch $(UNFINISHED) && \
		uv pip install -q --python $(BIN)/python -e $(1); \
	else \
		{ $(BIN)/python -m pip --version >/dev/null 2>&1 || \
			{ rm -rf $(VENV) && mkdir $(VENV) && touch $(UNFINISHED) && "$(PYTHON)" -m venv $(VENV); }; } && \
		touch $(UNFINISHED) && $(BIN)/python -m pip install -q --disable-pip-version-check -e $(1); \
	fi && rm -f $(UNFINISHED) && touch $@
endef

.PHONY: demo test soak lint bench check-python clean

demo: $(VENV)/.demo-ready
	@exec $(BIN)/python -m noctui --demo

test: $(VENV)/.dev-ready
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n 3 --dist worksteal

soak: $(VENV)/.dev-ready $(VENV)/.snowflake5-ready
	@$(BIN)/python -m pytest -m soak -s
	@PYTHONPATH=$(VENV)/snowflake5 FAKESNOW_PYTHON=$(BIN)/python $(BIN)/python -m pytest tests/stores/warehouse
	@$(BIN)/python -m pytest -m 'hypothesis and not soak' --hypothesis-profile=whole

bench: $(VENV)/.dev-ready
	@$(BIN)/python -m bench

lint: $(VENV)/.dev-ready
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports --no-logo

check-python:
	@if ! "$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
		found=$$("$(or $(PYTHON),python3)" --version 2>/dev/null || echo none); \
		echo "noctui needs Python 3.11 or newer (found: $$found). Install one, or: make PYTHON=/path/to/python3.12 …" >&2; exit 1; fi
	@if ! command -v uv >/dev/null 2>&1 && ! "$(PYTHON)" -c 'import venv, ensurepip' 2>/dev/null; then \
		echo "noctui needs Python's venv module (Debian, Ubuntu: apt install python3-venv)." >&2; exit 1; fi

$(VENV)/.demo-ready: pyproject.toml | check-python
	$(call install,.)

$(VENV)/.dev-ready: pyproject.toml | check-python
	$(call install,'.[dev]')

# The other line of Snowflake's connector: beside the first one, since fakesnow takes only that.
$(VENV)/.snowflake5-ready: $(VENV)/.dev-ready
	@rm -rf $(VENV)/snowflake5
	@if command -v uv >/dev/null 2>&1; then \
		uv pip install -q --python $(BIN)/python --target $(VENV)/snowflake5 'snowflake-connector-python>=5,<6'; \
	else \
		$(BIN)/python -m pip install -q --disable-pip-version-check --target $(VENV)/snowflake5 \
			'snowflake-connector-python>=5,<6'; \
	fi && touch $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
