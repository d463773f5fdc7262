# `make` sets up both environments and runs the main job; `make test` sets up and tests.
# Needs git, make and Python 3.11 or newer. `make CORES=8` uses eight cores.

PYTHON ?= python3
CORES ?= $(shell getconf _NPROCESSORS_ONLN)
BIN := .venv/bin
SNAKEMAKE := $(BIN)/snakemake --cores $(CORES)
# Wheels that pip is told to find are offered to uv as well.
export UV_FIND_LINKS ?= $(PIP_FIND_LINKS)

.PHONY: all run setup test lint figures report benchmark docs docs-figures docs-results docs-resources rulegraph test-slurm clean

all: run

run: setup
	$(SNAKEMAKE)

setup: .venv/installed .venv-abagen/installed

.venv/installed: requirements.txt
	workflow/install_environment.sh .venv requirements.txt $(PYTHON)

# abagen runs on Python 3.11 at most; the script says what to do where there is none.
.venv-abagen/installed: requirements-abagen.txt
	workflow/install_environment.sh .venv-abagen requirements-abagen.txt $(PYTHON) python3.11 python3.10

# Every figure of the manuscript, and results/figures.tsv: figure, rule, inputs and hash.
figures: setup
	$(SNAKEMAKE) figures
	$(BIN)/python workflow/list_figures.py results/figures.tsv

report: setup
	$(SNAKEMAKE)
	$(BIN)/snakemake --report results/report.html

benchmark: setup
	$(SNAKEMAKE) --configfile config/benchmark.yaml -- benchmarks

docs: setup
	$(BIN)/python workflow/document_config.py

rulegraph: setup
	$(BIN)/python workflow/document_rules.py

# Pictures of the default run that documents show.
docs-figures: setup
	$(SNAKEMAKE) figures
	mkdir -p docs/figures
	cp results/expression/phantom/figures/uncertainty.svg docs/figures/expression_uncertainty.svg
	cp results/hic/synthetic_16/figures/maps.svg docs/figures/hic_maps.svg

docs-resources: setup
	$(BIN)/python workflow/document_resources.py results/benchmarks

docs-results: setup
	$(BIN)/python workflow/document_results.py README.md docs/expression.md docs/hic.md docs/scale.md docs/segmentation.md

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/snakefmt --check Snakefile workflow
	$(BIN)/codespell README.md CHANGELOG.md docs config spectralmaps scripts workflow tests
	$(BIN)/mypy
	$(BIN)/snakemake --lint

test: lint
	$(BIN)/python -m pytest

# Needs root on Debian: starts a cluster on this machine and stops jobs and nodes of it.
test-slurm: setup
	$(BIN)/python -m pytest tests/machines/test_slurm.py -m slurm

clean:
	rm -rf .venv .venv-abagen .snakemake
