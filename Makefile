# `make demo` and `make test` need Python 3.11 or newer, git and make; everything else is installed
# into .venv.  The versions of all packages stand in requirements.lock, that of uv here.

PYTHON ?= python3
SERVE ?= 1
UV_VERSION := 0.13.9

BIN := .venv/bin
UV := $(BIN)/uv
INSTALL := $(UV) pip install --python $(BIN)/python --constraint requirements.lock \
	--build-constraint requirements.lock --editable
WITH_DATABASES := $(BIN)/python scripts/with_databases.py
WITH_BROWSER := $(BIN)/python scripts/with_browser.py

.PHONY: help demo test soak lint format bench pictures screenshots lock clean
.DEFAULT_GOAL := help

help:            ## say what there is to make
	@sed -n 's/^\([a-z]*\): .*## /make \1\t/p' $(MAKEFILE_LIST) | expand -t 14

demo: .venv/.installed            ## six departments of a bank: ingest, train, resolve, serve (SERVE=0: do not serve)
	$(BIN)/python -m demo $(if $(filter 0,$(SERVE)),--no-serve)

test: .venv/.installed-to-develop            ## run all tests
	$(WITH_DATABASES) $(WITH_BROWSER) $(BIN)/pytest --numprocesses auto --dist worksteal

soak: .venv/.installed-to-develop            ## an hour of histories, kills and large inputs; writes docs/benchmarks.md
	$(WITH_DATABASES) $(BIN)/pytest -m soak
	$(WITH_DATABASES) $(BIN)/python -m tests.soak

lint: .venv/.installed-to-develop            ## check style, types and layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/.installed-to-develop            ## write the code in its one style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/.installed-to-develop            ## measure quality and speed; writes docs/benchmarks.md
	$(BIN)/python benchmarks/quality.py
	$(BIN)/python benchmarks/batch.py --records 1000000
	$(BIN)/python benchmarks/online.py --records 1000000
	$(BIN)/python benchmarks/steward.py --records 1000000

screenshots: .venv/.installed-to-develop            ## take the pictures of the pages, of the demo's bank
	$(WITH_BROWSER) $(BIN)/python -m scripts.screenshots

pictures: .venv/.installed-to-develop            ## draw the pictures of docs/matching.md
	$(BIN)/python benchmarks/pictures.py

lock: $(UV)            ## choose the newest versions of all packages that pyproject.toml allows
	$(UV) pip compile pyproject.toml --quiet --all-extras --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --upgrade --custom-compile-command 'make lock' \
		--output-file requirements.lock

clean:            ## remove the environment and all that was made
	rm -rf .venv build dist demo/data .pytest_cache .mypy_cache .ruff_cache .hypothesis \
		.import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'Python 3.11 or newer is needed: make PYTHON=python3.12 ...' >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet uv==$(UV_VERSION)

.venv/.installed: pyproject.toml requirements.lock | $(UV)
	$(INSTALL) .
	@touch $@

.venv/.installed-to-develop: pyproject.toml requirements.lock | $(UV)
	$(INSTALL) '.[mysql,test,lint,docs]'
	@touch $@ .venv/.installed
