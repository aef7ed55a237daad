# make demo   sets up, builds the quickstart recipe, and says what was made
# make test   sets up and runs all tests
# make check  style, types, rules, generated files and the floors of imports

PYTHON ?= python3
export PATH := $(CURDIR)/.venv/bin:$(PATH)

.PHONY: setup demo test check format generate

setup:
	@PYTHON=$(PYTHON) envs/setup.sh

demo: setup
	snakemake --profile local quickstart
	@loramake results quickstart

test: setup
	python -m pytest

check: setup
	ruff check .
	ruff format --check .
	mypy
	snakefmt --check Snakefile rules
	snakemake --lint
	python -m loramake.recipe.reference --check
	python -m pytest -q tests/test_house.py

format: setup
	ruff check --fix .
	ruff format .
	snakefmt Snakefile rules

generate: setup
	python -m loramake.recipe.reference
