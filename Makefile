# `make` lists what there is. Needs Python 3.11 or newer, make and git; everything goes into .venv.

PYTHON ?= python3
PRESET ?= quick
OUT ?= reproduced

venv := .venv/bin
ready := .venv/.ready
pip := $(venv)/python -m pip install -q --disable-pip-version-check -c constraints.txt

.DEFAULT_GOAL := help
.PHONY: help reproduce test check calibrate oldest bench docs pages lint types clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "Options: PYTHON=python3 (to make .venv with), PRESET=quick|paper, OUT=reproduced, ARGS="

reproduce: $(ready) ## draw every figure and check every law, into OUT
	@echo "Drawing every figure and checking every law ($(PRESET)) into $(OUT)/"
	@$(venv)/jtts reproduce --preset $(PRESET) --out $(OUT) $(ARGS)

test: $(ready) ## run the tests, two at a time (ARGS="-k word" picks some)
	@echo "Running the tests"
	@$(venv)/python -m pytest -n 2 --dist loadgroup $(ARGS)

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

pages: .venv/.docs-ready ## open the report in OUT and site/ in a headless browser
	@echo "Opening $(OUT)/ and site/ in a browser"
	@$(venv)/python .ci/browser.py $(OUT) site

lint: $(ready) ## check style, formatting and the import rule
	@echo "Checking style, formatting and the import rule"
	@$(venv)/ruff check .
	@$(venv)/ruff format --check .
	@$(venv)/python .ci/import_rule.py

# A type checker does not follow an editable install: it reads the wheel's files, from elsewhere.
types: $(ready) ## check the types of what the wheel installs
	@echo "Checking types"
	@set -e; copy=$$(mktemp -d); trap 'rm -rf "$$copy"' EXIT; \
	cp -R pyproject.toml README.md jtts theory sims figures "$$copy"; \
	$(pip) --no-deps --target "$$copy/wheel" "$$copy"; \
	cd "$$copy/wheel"; \
	"$(CURDIR)/$(venv)/mypy" --config-file "$(CURDIR)/pyproject.toml" \
	  --cache-dir "$(CURDIR)/.mypy_cache" -p jtts

clean: ## remove .venv, caches and what was reproduced
	@echo "Removing .venv, caches and $(OUT)/"
	@rm -rf .venv build jtts.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis site "$(OUT)"

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
	@command -v chromium chromium-browser google-chrome >/dev/null || \
	  $(venv)/python -m playwright install --with-deps chromium
	@touch $@
