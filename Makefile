# `make demo` and `make test` on a machine that has Python 3.11+ and make; everything else comes from a package registry.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed-$(shell cat requirements.lock pyproject.toml 2>/dev/null | cksum | cut -d' ' -f1)

.PHONY: help install demo test test-quick soak lint bench lock clean

help: ## what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

install: $(INSTALLED) ## what is pinned, into .venv (once)

$(INSTALLED): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/python -m pip check
	@rm -f $(VENV)/.installed-*
	@touch $@

demo: install ## sample data through the whole path into a throw-away home
	@$(BIN)/ledgerline demo

test: install ## every test, storms sampled; what each area used of its budget, and the ten slowest
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder --durations=10

test-quick: install ## without the tests that take minutes
	$(BIN)/python -m pytest -n auto --dist loadfile -m "not slow"

soak: install ## every storm whole: hundreds of kills, the whole day, hundreds of histories (hours)
	SOAK=1 $(BIN)/python -m pytest -n auto $$(grep -l 'storms\.' tests/*/test_*.py)

lint: install ## ruff, mypy, sqlfluff with the dbt templater, yamllint, shellcheck, hadolint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/yamllint --strict .
	$(BIN)/shellcheck deploy/job .ci/run
	$(BIN)/hadolint deploy/Containerfile
	$(BIN)/sqlfluff lint models tests/data

bench: install ## figures as ratios measured in one run
	$(BIN)/python -m bench.bench

lock: install ## requirements.lock anew from pyproject.toml
	$(BIN)/pip-compile --quiet --strip-extras --allow-unsafe --extra dev --extra web --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
		--output-file requirements.lock pyproject.toml

clean: ## what builds and tests leave in the tree
	rm -rf target logs .mypy_cache .pytest_cache .ruff_cache .hypothesis build *.egg-info
