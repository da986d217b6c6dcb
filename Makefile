# make demo: the embedded study · make study PAPERS=folder: the same on your PDFs · make status · make test · make lint
SHELL := /bin/bash
PYTHON ?= python3
CORES ?= 2
BIN := .venv/bin
SNAKEMAKE := $(BIN)/snakemake --cores $(CORES)
# As typed, whatever is in them: spaces, quotes, dollars, a tilde. Only Python looks at them.
export FURTHER_PAPERS := $(value PAPERS)
export FURTHER_STUDY := $(value STUDY)
PLACE := study=$$($(BIN)/python -m further.places)
ONE_WORD := $(words $(CURDIR))

ifneq ($(ONE_WORD),1)
$(error The project lies in "$(CURDIR)", and Snakemake cannot run scripts below a path with a space: move it to a folder whose path has none)
endif

.PHONY: demo study status test test-fast test-cluster lint lock picture clean

demo: .venv/installed
	$(SNAKEMAKE) --quiet rules
	@echo "Report: $(CURDIR)/results/report/index.html"

# A study that was killed goes on when the same command is typed again.
study: .venv/installed
	@$(PLACE) && $(SNAKEMAKE) --quiet rules --directory "$$study" --configfile config/study.yaml "$$study/papers.yaml" && \
	    echo "Report: $$study/results/report/index.html" && \
	    printf 'Open it: %s open --study %q\n' "$(CURDIR)/$(BIN)/further" "$$study"

# How the runs stand: make status, make status CONFIG=config/lunarc.yaml, make status PAPERS=folder
status: .venv/installed
	@if test -n "$$FURTHER_PAPERS$$FURTHER_STUDY"; then \
	    $(PLACE) && $(BIN)/python -m further.cluster.command --directory "$$study" \
	        --configfile config/study.yaml --configfile "$$study/papers.yaml"; \
	else $(BIN)/python -m further.cluster.command $(if $(CONFIG),--configfile $(CONFIG)); fi

test: .venv/installed
	$(BIN)/python -m pytest

test-fast: .venv/installed
	$(BIN)/python -m pytest -m "not slow and not workflow and not cluster"

# A real SLURM on this machine, for as long as the tests run. Installs Debian's packages if absent (root).
test-cluster: .venv/installed
	$(BIN)/python -m pytest -m cluster tests/cluster

lint: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	set -e; for bench in bench/*/; do MYPYPATH="src:bench:$$bench" $(BIN)/mypy "$$bench"; done
	$(BIN)/snakefmt --check Snakefile workflow/rules

# Resolves the ranges of pyproject.toml anew; torch is written without its build, which differs between machines.
lock:
	$(PYTHON) -m venv .venv-lock && .venv-lock/bin/pip install --quiet uv
	.venv-lock/bin/uv pip compile pyproject.toml --extra dev --python-version 3.11 --no-header --no-annotate --quiet \
	    | sed 's/^\(torch==[0-9.]*\)+.*/\1/' > requirements.lock.new
	mv requirements.lock.new requirements.lock && rm -r .venv-lock

# What the README shows of the finished demonstration: the report's top, a figure of it, a paper's pages.
PICTURES := docs/report.png docs/law.png docs/pages.png
SHOOT = chromium --headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking \
    --disable-component-update --disable-sync --disable-quic --hide-scrollbars --user-data-dir=$$(mktemp -d)
SMALLER := from PIL import Image; import sys; \
    [Image.open(name).convert("RGB").quantize(64).save(name, optimize=True) for name in sys.argv[1:]]

picture:
	$(SHOOT) --window-size=1280,1000 --screenshot=docs/report.png "file://$(CURDIR)/results/report/index.html"
	$(SHOOT) --window-size=510,450 --force-device-scale-factor=2 --screenshot=docs/law.png \
	    "file://$(CURDIR)/results/report/figures/scaling_law.svg"
	$(SHOOT) --window-size=1280,900 --screenshot=docs/pages.png \
	    "file://$(CURDIR)/results/corpus/view/papers/antibody-mediated-rejection.html"
	$(BIN)/python -c '$(SMALLER)' $(PICTURES)

clean:
	rm -rf logs benchmarks checkpoints .snakemake
	find results -mindepth 1 -maxdepth 1 ! -name README.md -exec rm -rf {} +

.venv/installed: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13) and "Python 3.11 to 3.13 is needed; say which: make PYTHON=python3.12 ...")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --requirement requirements.lock
	$(BIN)/pip install --quiet --no-deps --editable .
	touch $@
