# Two commands do all set-up on a fresh machine with Python 3.11: `make run` and `make test`.
PYTHON ?= python3.11
VENV   := .venv
STAMP  := $(VENV)/installed-from-lock
PEER   := .venv-peer/installed
CORES  ?= all
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)

.PHONY: run resume test test-all lint bench costs docs publish paper-gpu clean

run: $(STAMP)
	snakemake --cores $(CORES) --rerun-incomplete

# After a power cut or `kill -9`: Snakemake's lock is stale. Only when no other run is at work in this folder.
resume: $(STAMP)
	snakemake --unlock
	$(MAKE) run

test: $(STAMP) lint
	pytest -n 2 --dist worksteal

test-all: $(STAMP) lint
	pytest -n 2 --dist worksteal -m 'slow or not slow'

lint: $(STAMP)
	ruff check .
	ruff format --check .
	snakefmt --check Snakefile workflow

# One slice of the study's final networks on a GPU; say it again to go on, here or where results/paper-gpu was copied to.
MINUTES ?= 9
paper-gpu: $(STAMP)
	PYTHONPATH=workflow/src python scripts/train_slice.py $(MINUTES) results/paper-gpu --cores $(CORES) \
	  --workflow-profile workflow/profiles/gpu --configfile config/paper.yaml config/gpu.yaml

bench: $(STAMP) $(PEER)
	python tests/benchmarks/run.py $(PARTS)

# A peer to be measured against lives in an environment of its own and is needed for nothing else.
$(PEER):
	-$(PYTHON) -m venv .venv-peer && .venv-peer/bin/python -m pip install --quiet mrsandbox==0.1.3 jax==0.10.2 && touch $@

# Rates of `snakemake plan`, from finished runs of two scales on a quiet machine.
costs: $(STAMP)
	snakemake --cores 1 plan --configfile config/smoke.yaml
	snakemake --cores 1 plan
	OMP_NUM_THREADS=1 PYTHONPATH=workflow/src python scripts/record_costs.py results/smoke/plan/measured.csv results/workstation/plan/measured.csv

# A finished run into docs/results and the README's headline: `make publish SCALE=workstation`.
SCALE ?= workstation
publish: $(STAMP)
	PYTHONPATH=workflow/src python scripts/publish_results.py results/$(SCALE)

docs: $(STAMP)
	PYTHONPATH=workflow/src python scripts/document_settings.py

$(STAMP): requirements.lock
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --require-hashes -r requirements.lock
	touch $@

clean:
	rm -rf results .snakemake .cache
