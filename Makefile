# `make` lists what there is. Needs Python 3.11 or newer, make and git; everything goes into .venv.

PYTHON ?= python3
PRESET ?= quick
OUT ?= reproduced

venv := .venv/bin
ready := .venv/.ready
pip := $(venv)/python -m pip install -q --disable-pip-version-check -c constraints.txt

.DEFAULT_GOAL := help
.PHONY: help reproduce test test-all hunt corners evidence check calibrate oldest bench docs pages lint types clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "Options: PYTHON=python3 (to make .venv with), PRESET=quick|paper, OUT=reproduced, ARGS="

reproduce: $(ready) ## draw every figure and check every law, into OUT
	@echo "Drawing every figure and checking every law ($(PRESET)) into $(OUT)/"
	@$(venv)/jtts reproduce --preset $(PRESET) --out $(OUT) $(ARGS)

test: $(ready) ## run the tests of a few minutes, two at a time (ARGS="-k word" picks some)
	@echo "Running the tests, without the long ones"
	@$(venv)/python -m pytest -n 2 --dist loadgroup -m "not long" $(ARGS)

test-all: $(ready) ## run the long tests too (ARGS="-m long": these alone)
	@echo "Running all tests"
	@$(venv)/python -m pytest -n 2 --dist loadgroup $(ARGS)

corners: $(ready) ## compute corner rows from their oracles into tests/data (ARGS=FAMILY picks some)
	@echo "Computing corner rows"
	@$(venv)/python tests/oracles $(ARGS)

hunt: $(ready) ## search what a law promises for its largest error (ARGS="LAW --seconds 60")
	@echo "Searching for the largest errors"
	@$(venv)/python tests/oracles/hunt.py $(ARGS)

evidence: $(ready) ## simulate again what is stored and stale (ARGS=LAW, ARGS=--all)
	@echo "Gathering evidence"
	@$(venv)/python .ci/evidence.py $(ARGS)

check: $(ready) ## compare theory and simulation of every law (ARGS=LAW picks one)
	@echo "Comparing theory and simulation"
	@$(venv)/jtts check $(ARGS)

calibrate: $(ready) ## measure the error bars of every law into docs/calibration.csv (20 minutes)
	@echo "Measuring error bars"
	@$(venv)/python .ci/calibrate.py $(ARGS)

oldest: ## run a few tests with the oldest versions that pyproject.toml accepts
	@bash .ci/oldest $(PYTHON)

bench: .venv/.bench-ready ## measure speed against PyTorch, NumPy and SciPy, into docs/benchmarks.md
	@echo "Measuring speed"
	@$(venv)/python benchmarks --json benchmarks/last.json --page docs/benchmarks.md $(ARGS)

docs: .venv/.docs-ready ## build the documentation into site/, with what OUT has of figures and verdicts
	@echo "Building the documentation into site/"
	@NO_MKDOCS_2_WARNING=1 JTTS_REPRODUCED=$(OUT) $(venv)/python -m mkdocs build --strict -q
	@echo "Open site/index.html; its search needs a server: $(venv)/python -m http.server -d site"

pages: .venv/.browser-ready ## open the report in OUT and site/ in a headless browser
	@echo "Opening $(OUT)/ and site/ in a browser"
	@$(venv)/python .ci/browser.py $(OUT) site

lint: $(ready) ## check style, formatting and the import rule
	@echo "Checking style, formatting and the import rule"
	@$(venv)/ruff check .
	@$(venv)/ruff format --check .
	@$(venv)/python .ci/import_rule.py

types: $(ready) ## check the types of the package
	@echo "Checking types"
	@$(venv)/mypy -p jtts
	@$(venv)/python .ci/public_types.py

clean: ## remove .venv, caches and what was reproduced
	@echo "Removing .venv, caches and $(OUT)/"
	@rm -rf .venv build .pytest_cache .mypy_cache .ruff_cache .hypothesis site "$(OUT)"

$(ready): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo \
	  "jtts needs Python 3.11 or newer, which '$(PYTHON)' is not; name one: make PYTHON=python3.11"; \
	  exit 1; }
	@echo "Installing jtts and what it needs into .venv (once, a minute or two)"
	@test -x $(venv)/python || $(PYTHON) -m venv .venv
	@$(pip) -e '.[dev]'
	@touch $@

.venv/.bench-ready: $(ready)
	@echo "Installing PyTorch for the benchmarks (once)"
	@$(pip) -e '.[bench]'
	@touch $@

.venv/.docs-ready: $(ready)
	@echo "Installing what the documentation is built and opened with (once)"
	@$(pip) -e '.[dev,docs]'
	@touch $@

# from the system's packages where playwright's own server cannot be reached
.venv/.browser-ready: .venv/.docs-ready
	@command -v chromium || command -v chromium-browser || command -v google-chrome || \
	  $(venv)/python -m playwright install --with-deps chromium || \
	  { apt-get update -q && apt-get install -y -q chromium; }
	@touch $@
