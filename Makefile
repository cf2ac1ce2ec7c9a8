# Everything runs inside .venv with the versions pinned in requirements-dev.txt, which is written from uv.lock.
# Only Python 3.11 or later, make and a package index are needed; pip takes the index from its own configuration.

PYTHON ?= python3
JOBS ?= 2
REFERENCE := $(or $(OTSCORE_REFERENCE),../shared)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: help venv install demo test norms lint types docs notebooks bench lock clean

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1\t\2/p' Makefile | expand -t 12

venv: $(BIN)/python  ## an empty virtual environment

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "otscore needs Python 3.11 or later: make PYTHON=...")'
	$(PYTHON) -m venv $(VENV)

install: $(STAMP)  ## otscore, its extras and the tools, at the pinned versions

$(STAMP): pyproject.toml requirements-dev.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(STAMP)  ## score made-up children and write the results to demo-output/
	$(BIN)/otscore demo --out demo-output

test: $(STAMP)  ## the whole test suite
	$(BIN)/python -m pytest -n $(JOBS)

norms: $(STAMP)  ## derived tables of packs computed anew from raw data, and compared
	@if test -d "$(REFERENCE)/microdata"; then \
		$(BIN)/otscore norms build --check --data "$(REFERENCE)" $$(grep -lE '^kind = "(derived_tables|rasch_domains)"' norms/*/*/recipe/recipe.toml); \
	else \
		echo "norms: skipped, there are no raw data in $(REFERENCE)/microdata (set OTSCORE_REFERENCE to their folder)"; \
	fi

lint: $(STAMP)  ## ruff
	$(BIN)/ruff check .

types: $(STAMP)  ## mypy, strict, over src
	$(BIN)/mypy

docs: $(STAMP)  ## the manual, as HTML in docs/_build/html
	$(BIN)/python -m sphinx -W --keep-going --quiet -b html docs docs/_build/html

notebooks: $(STAMP)  ## run every notebook
	$(BIN)/python -m pytest --nbmake notebooks

bench: $(STAMP)  ## every benchmark, one after the other
	@set -e; for file in benchmarks/bench_*.py; do echo "== $$file"; OPENBLAS_NUM_THREADS=1 $(BIN)/python "$$file"; done

lock: $(STAMP)  ## new pins, after a change of the dependencies in pyproject.toml
	$(BIN)/uv lock --default-index https://pypi.org/simple
	$(BIN)/uv export --frozen --quiet --no-hashes --no-annotate --no-emit-project --all-extras --no-extra spark --output-file requirements-dev.txt

clean:  ## remove what the targets above have made
	rm -rf $(VENV) build dist docs/_build demo-output .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find src tests benchmarks docs -name __pycache__ -type d -prune -exec rm -rf {} +
