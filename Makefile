# Every target makes or refreshes .venv by itself; nothing else is needed but Python 3.11+, make and a package index.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := $(BIN)/python -m

.PHONY: demo shell test test-all test-spark test-spark-all check serve bench docs exam bundle lock clean

$(VENV)/core.stamp: requirements/core.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/core.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

$(VENV)/dev.stamp: requirements/dev.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@ $(VENV)/core.stamp

demo: $(VENV)/core.stamp
	$(RUN) clearcount demo --out demo --replace
	@echo "make shell opens a shell that finds the command clearcount"

shell: $(VENV)/core.stamp
	@PATH="$(CURDIR)/$(BIN):$$PATH" bash

test: $(VENV)/dev.stamp
	$(RUN) pytest -n 2 --dist loadfile -m "not slow"

test-all: $(VENV)/dev.stamp
	$(RUN) pytest -n 2 --dist loadfile
	CLEARCOUNT_TEST_DATABASE=postgresql $(RUN) pytest -n 2 --dist loadfile -m "not browser and not slow" tests/web

# PySpark is 400 MB and needs Java 17, so it has an environment of its own
.venv-spark/stamp: requirements/spark.lock
	@test -x .venv-spark/bin/python || $(PYTHON) -m venv .venv-spark
	.venv-spark/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/spark.lock
	@touch $@

test-spark: .venv-spark/stamp
	PYTHONPATH=$(CURDIR)/src .venv-spark/bin/python -m pytest -n 2 -m "not slow" tests/property/test_spark_engine.py

test-spark-all: .venv-spark/stamp
	PYTHONPATH=$(CURDIR)/src .venv-spark/bin/python -m pytest tests/property/test_spark_engine.py

check: $(VENV)/dev.stamp
	$(BIN)/ruff format --check src tests bench tools
	$(BIN)/ruff check src tests bench tools
	$(BIN)/mypy
	$(BIN)/lint-imports

serve: $(VENV)/dev.stamp
	$(RUN) clearcount serve --demo

bench: $(VENV)/dev.stamp
	$(RUN) bench

docs: $(VENV)/dev.stamp
	$(BIN)/mkdocs build --strict --quiet
	@echo "open build/site/index.html"

exam: test-all
	$(RUN) bench --full

bundle: $(VENV)/dev.stamp
	$(RUN) tools.bundle $(addprefix --python ,$(PYTHONS))

lock: $(VENV)/dev.stamp
	tools/lock.sh

clean:
	rm -rf $(VENV) demo build dist
