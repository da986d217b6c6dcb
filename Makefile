# make demo: the embedded study · make study PAPERS=folder: the same on your PDFs · make radiology: images · make status · make test · make lint
# BASE=toy after the first two: a quick look with a toy instead of SmolLM2-135M, without its 93 MB
SHELL := /bin/bash
PYTHON ?= python3
CORES ?= 2
BIN := .venv/bin
SNAKEMAKE := $(BIN)/snakemake --cores $(CORES)
BASE ?= demo
TOY := $(if $(filter toy,$(BASE)),config/toy.yaml,$(if $(filter demo,$(BASE)),,$(error BASE is $(BASE): demo or toy)))
$(if $(filter-out 0,$(CORES)),,$(error CORES is $(CORES): how many processor cores to use, 1 or more))

# As typed, whatever is in them: spaces, quotes, dollars, a tilde. Only Python looks at them.
export FURTHER_PAPERS := $(value PAPERS)
export FURTHER_STUDY := $(value STUDY)
export FURTHER_CASES := $(value CASES)
# CASES=$X of a variable that is not set is a mistake, and no wish for the demonstration.
$(foreach name,PAPERS STUDY CASES,$(if $(filter command,$(origin $(name))),$(if $(value $(name)),,\
    $(error $(name) is empty: name a folder, or leave it out))))
FOLDER := study=$$($(BIN)/python -m further.places)

ifneq ($(words $(CURDIR)),1)
$(error The project's folder has a space in its path, which Snakemake cannot work with: $(CURDIR). Move it, and make again)
endif

.PHONY: demo study radiology onemodel status test test-fast test-cluster lint lock picture clean

demo: .venv/installed
	@$(SNAKEMAKE) $(if $(TOY),--configfile config/config.yaml $(TOY))
	@echo "Report: $(CURDIR)/results/report/index.html"

# A study of your own: make study PAPERS=folder writes studies/<name>/study.yaml and runs it; edit it, and run again.
study: .venv/installed
	@$(FOLDER) && \
	    $(BIN)/further init "$$study" --keep $${FURTHER_PAPERS:+--papers "$$FURTHER_PAPERS"} < /dev/null && \
	    $(BIN)/further check "$$study" $(TOY) && \
	    $(SNAKEMAKE) --directory "$$study" --configfile "$$study/study.yaml" $(TOY) && \
	    echo "Report: $$(realpath "$$study")/results/report/index.html"

# A study of images: drawn phantoms, or make radiology CASES=folder for cases of your own. Both train the tiny model;
# docs/images.md says how a real one is set. Cases of your own are named in studies/<name>/cases.yaml.
radiology: .venv/installed
	@study=$$($(BIN)/python -m further.places --images) && \
	    own=$$(find "$$study" -maxdepth 1 -name cases.yaml) && \
	    $(SNAKEMAKE) --directory "$$study" --configfile config/phantoms.yaml $${own:+"$$own"} && \
	    echo "Report: $$(realpath "$$study")/results/report/index.html"

# One small model for several modalities: layouts, masking, an added modality, the law over cases (docs/onemodel.md).
onemodel: .venv/installed
	@mkdir -p studies/onemodel && \
	    $(SNAKEMAKE) --directory studies/onemodel --configfile config/onemodel.yaml && \
	    echo "Report: $(CURDIR)/studies/onemodel/results/report/index.html"

# How the runs stand: make status, make status STUDY=studies/papers, make status PAPERS=folder
status: .venv/installed
	@study=.; test -z "$$FURTHER_PAPERS$$FURTHER_STUDY" || $(FOLDER) && $(BIN)/further status --study "$$study"

# On as many processes as there are CORES, each with one thread; tests/conftest.py says which tests stay together.
PYTEST := OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses $(CORES) --no-loadscope-reorder

test: .venv/developing
	$(PYTEST)

test-fast: .venv/developing
	$(PYTEST) -m "not slow and not workflow and not cluster"

# A real SLURM on this machine, for as long as the tests run. Installs Debian's packages if absent (root).
test-cluster: .venv/developing
	$(BIN)/python -m pytest -m cluster tests/cluster

lint: .venv/developing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	set -e; for bench in bench/*/; do MYPYPATH="src:bench:$$bench" $(BIN)/mypy "$$bench"; done
	$(BIN)/snakefmt --check Snakefile workflow/Snakefile workflow/rules

# Resolves the ranges of pyproject.toml anew, what runs and what is developed with apart. torch is written without its
# build, which differs between machines, and what its CUDA build alone needs is left out: pip brings it with that build.
COMPILE = .venv-lock/bin/uv pip compile pyproject.toml --python-version 3.11 --no-header --no-annotate --quiet
NO_BUILD = sed -E -e 's/^(torch==[0-9.]*)\+.*/\1/' -e '/^(nvidia-|cuda-|triton==)/d'
lock:
	$(PYTHON) -m venv .venv-lock && .venv-lock/bin/pip install --quiet uv
	set -o pipefail; $(COMPILE) --extra dev | $(NO_BUILD) > requirements-dev.lock.new
	set -o pipefail; $(COMPILE) --constraint requirements-dev.lock.new | $(NO_BUILD) > requirements.lock.new
	for file in requirements requirements-dev; do mv $$file.lock.new $$file.lock; done
	rm -r .venv-lock

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

.venv/developing: .venv/installed requirements-dev.lock
	$(BIN)/pip install --quiet --requirement requirements-dev.lock
	touch $@
