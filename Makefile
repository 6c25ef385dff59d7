# Kaoping needs Python 3.11 or newer, git and make; everything else is installed into .venv, once.
#   make run     serve the app on http://127.0.0.1:8501, with the sample when the database is empty
#   make test    the whole suite         make lint    ruff, sqlfluff, mypy
#   make spark   the same on the second engine
#   make bench   the measured speeds     make clean   remove .venv and every cache (never data)
# Another Python: make run PYTHON=/path/to/python3.12

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

VENV := .venv
PY := $(VENV)/bin/python
PYTHON ?=
WORKERS ?= 2
TESTS ?=

# One BLAS thread: more of them spin against each other and cost 4 to 5 times the CPU.
export OPENBLAS_NUM_THREADS ?= 1
# Compiled modules are kept: else every server and reader of a test run compiles all of them again, a second each.
unexport PYTHONDONTWRITEBYTECODE
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1

.PHONY: help run demo-login test lint format golden spark bench torture clean

help:
	@sed -n '1,6s/^# \{0,1\}//p' Makefile

# The first Python of 3.11 or newer that can make environments; a clear sentence when there is none.
PYTHONS := $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11 python)
IS_NEW := import sys; sys.exit(sys.version_info < (3, 11))

$(PY):
	@for python in $(PYTHONS); do \
	    "$$python" -c 'import ensurepip, venv; $(IS_NEW)' >/dev/null 2>&1 && break; python=; \
	done; \
	if [ -z "$$python" ]; then \
	    for python in $(PYTHONS); do \
	        "$$python" -c '$(IS_NEW)' >/dev/null 2>&1 || continue; \
	        version=$$("$$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
	        echo "$$python cannot make virtual environments: its venv and ensurepip modules are not installed." >&2; \
	        echo "On Debian and Ubuntu: sudo apt-get install python$$version-venv; then run make again." >&2; exit 1; \
	    done; \
	    echo "Kaoping needs Python 3.11 or newer; looked for: $(PYTHONS)." \
	         "Install it, or name it: make $(or $(MAKECMDGOALS),run) PYTHON=/path/to/python3" >&2; exit 1; \
	fi; \
	echo "Making the environment $(VENV) with $$("$$python" --version)."; \
	rm -rf $(VENV); "$$python" -m venv $(VENV)

$(VENV)/.runtime: requirements.txt | $(PY)
	@echo "Installing the pinned packages of requirements.txt into $(VENV); the first time takes a minute or two."
	@$(PY) -m pip install --quiet --require-virtualenv --requirement requirements.txt
	@touch $@

$(VENV)/.development: requirements-dev.txt requirements.txt | $(PY)
	@echo "Installing the pinned packages of requirements-dev.txt into $(VENV); the first time takes a minute or two."
	@$(PY) -m pip install --quiet --require-virtualenv --requirement requirements-dev.txt
	@touch $(VENV)/.runtime $@

run: $(VENV)/.runtime
	@$(PY) -m pipelines serve

# The sample behind an identity provider of this machine, to try the roles; nobody needs a password.
demo-login: $(VENV)/.runtime
	@$(PY) -m tests.identity

# TESTS="tests/files -k gbk" runs a part.
test: $(VENV)/.development
	@echo "Running the tests on $(WORKERS) processes."
	@$(PY) -m pytest --numprocesses $(WORKERS) --dist loadgroup $(TESTS)

lint: $(VENV)/.development
	@echo "ruff: style of Python";    $(PY) -m ruff check --output-format concise . && $(PY) -m ruff format --check --output-format concise .
	@echo "sqlfluff: style of SQL";   PYTHONWARNINGS=ignore $(PY) -m sqlfluff lint --disable-progress-bar --processes $(WORKERS) sql/*/
	@echo "sqlglot: portable SQL";    $(PY) -m pipelines.spark.portable
	@echo "mypy: types of pipelines"; $(PY) -m mypy

format: $(VENV)/.development
	@$(PY) -m ruff check --fix . ; $(PY) -m ruff format .

# The published cases, scored by the command line and compared with what is expected.
golden: $(VENV)/.development
	@$(PY) -m pytest -k golden --numprocesses $(WORKERS) $(TESTS)

# The second engine, in an environment of its own: every table of the chain equal to DuckDB's. Ten minutes; needs Java 17.
# A process has one Spark: the cluster is called from another one.
SPARK_PY := .venv-spark/bin/python
.venv-spark/.installed: requirements-spark.txt requirements-dev.txt requirements.txt | $(PY)
	@echo "Installing Spark into .venv-spark; the first time takes some minutes and a gigabyte."
	@$(PY) -m venv .venv-spark
	@$(SPARK_PY) -m pip install --quiet --require-virtualenv -r requirements-dev.txt -r requirements-spark.txt
	@touch $@

spark: .venv-spark/.installed
	@command -v java >/dev/null || { echo "Spark needs Java 17 or newer: apt-get install openjdk-17-jre-headless" >&2; exit 1; }
	@KAOPING_SPARK=1 $(SPARK_PY) -m pytest tests/spark --ignore tests/spark/test_cluster.py
	@KAOPING_SPARK=1 $(SPARK_PY) -m pytest tests/spark/test_cluster.py

# BENCHES="ranks draws" runs some of them; `.venv/bin/python -m tests.bench --list` says what there is.
BENCHES ?=
bench: $(VENV)/.development
	@$(PY) -m tests.bench $(BENCHES)

# Everything that takes long: the program killed KILLS times at random moments, full disks, torn logs, browsers that leave, the
# hostile files and those that take their reader's whole time, the attack on the ballots, every escape and greedy query of
# the workbench, every page first thing after a start, and then a working day of 50 sessions in SOAK minutes, whose memory
# must not grow. Forty to sixty minutes where nothing else runs; ended where it takes longer than LIMIT and SOAK minutes.
KILLS ?= 200
SOAK ?= 30
LIMIT ?= 60
torture: $(VENV)/.development
	@KAOPING_KILLS=$(KILLS) KAOPING_TORTURE=1 timeout --foreground $(LIMIT)m \
	    $(PY) -m pytest tests/faults tests/hostile tests/secrecy tests/pages/test_workbench.py tests/browser $(TESTS)
	@timeout --foreground $$(( $(SOAK) + 15 ))m $(PY) -m tests.faults.load --sessions 50 --minutes $(SOAK)

clean:
	rm -rf $(VENV) .venv-spark .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
