# Two commands do all set-up on a fresh machine with Python 3.11: `make run` and `make test`.
PYTHON ?= python3.11
VENV   := .venv
STAMP  := $(VENV)/installed-from-lock
CORES  ?= all
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)

.PHONY: run test test-all lint bench docs clean

run: $(STAMP)
	snakemake --cores $(CORES)

test: $(STAMP) lint
	pytest -n 2 --dist worksteal

test-all: $(STAMP) lint
	pytest -n 2 --dist worksteal -m 'slow or not slow'

lint: $(STAMP)
	ruff check .
	ruff format --check .
	snakefmt --check Snakefile workflow

bench: $(STAMP)
	python tests/benchmarks/run.py

docs: $(STAMP)
	PYTHONPATH=workflow/src python scripts/document_settings.py

$(STAMP): requirements.lock
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --require-hashes -r requirements.lock
	touch $@

clean:
	rm -rf results .snakemake
