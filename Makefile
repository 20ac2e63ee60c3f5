# Sluiceway. `make help` lists what can be done here.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.locked
# One more than there are processors: some tests wait for an API server. Four at most: each may start one.
TESTERS := $(shell n=$$(getconf _NPROCESSORS_ONLN); echo $$((n < 4 ? n + 1 : 4)))
# What looks at the whole machine, or puts it under load.
ALONE := e2e/test_box.py e2e/test_rollouts.py
# What needs programs that take a quarter of an hour, or some minutes, to build.
BY_KEDA := e2e/test_keda.py
BY_CPU := e2e/test_cpu.py
# Clusters of our own at a time, each with files of tests: they mostly wait. One of a user's.
CLUSTERS ?= 2
SIDE_BY_SIDE := $(if $(KUBECONFIG),,--numprocesses $(CLUSTERS) --dist loadfile --no-loadscope-reorder)
# What takes longest begins first, so that no cluster waits for the other at the end.
LONGEST := $(addprefix e2e/test_,existing.py takeovers.py rollback.py faults.py tutorial.py)
OTHERS := $(LONGEST) $(sort $(filter-out $(ALONE) $(BY_KEDA) $(BY_CPU) $(LONGEST),$(wildcard e2e/test_*.py)))

.PHONY: help
help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z0-9-]+:.*## / {printf "  \033[36m%-14s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup: $(STAMP) ## Create .venv with the locked dependencies

$(STAMP): requirements/dev.txt requirements/uv.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Python 3.11 or newer is needed, '$(PYTHON)' is not: make $(or $(MAKECMDGOALS),setup) PYTHON=python3.12"; exit 1; }
	@test -x $(BIN)/python || { echo "==> creating $(VENV)"; $(PYTHON) -m venv $(VENV); } || { rm -rf $(VENV); \
		test "$$(id -u)" = 0 && command -v apt-get >/dev/null || { echo "no $(VENV), for the reason above; on Debian: sudo apt-get install python3-venv"; exit 1; }; \
		echo "==> installing Debian's python3-venv"; apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-venv && $(PYTHON) -m venv $(VENV); }
	@echo "==> installing the locked dependencies (requirements/dev.txt)"
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements/uv.txt
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements/dev.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

.PHONY: lock
lock: $(STAMP) ## Write requirements/*.txt anew from requirements/*.in, with hashes and without addresses
	@for name in uv build operator dev; do \
		$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
			--output-file requirements/$$name.txt requirements/$$name.in; done

.PHONY: fmt
fmt: $(STAMP) ## Format the code
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix --quiet .

.PHONY: lint
lint: $(STAMP) ## Style, types and layers
	@$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/mypy && $(BIN)/lint-imports

.PHONY: crds
crds: $(STAMP) ## Write crds/, its copy in the chart and the reference page from the pydantic models
	@mkdir -p crds charts/sluiceway/files/crds
	@$(BIN)/sluiceway crds > crds/.new && mv crds/.new crds/sluiceway.dev_modeldeployments.yaml
	@cp crds/sluiceway.dev_modeldeployments.yaml charts/sluiceway/files/crds/
	@$(BIN)/python -m sluiceway.cli.reference > docs/reference/modeldeployment.md

.PHONY: verify
verify: $(STAMP) ## Regenerate everything that is generated; fail on a difference
	@$(MAKE) --no-print-directory crds
	@git diff --exit-code --stat -- crds charts/sluiceway/files docs/reference || { echo "generated files are out of date: commit what 'make crds' wrote"; exit 1; }

.PHONY: programs
programs: $(STAMP) ## Build Kubernetes, Envoy Gateway, CoreDNS and helm from their Go modules, once
	@$(BIN)/python -m e2e.cluster binaries >/dev/null

.PHONY: images
images: $(STAMP) ## Build the container images, once and again when their sources change
	@$(BIN)/python -m e2e.cluster images >/dev/null

.PHONY: test
test: $(STAMP) lint verify programs ## Style, types, layers, generated files, unit tests and a real API server
	@$(BIN)/pytest --numprocesses $(TESTERS) --dist worksteal

.PHONY: e2e
e2e: $(STAMP) ## End to end: a real one-machine cluster, Triton, gateway (root; builds what is missing), or KUBECONFIG's
	@$(BIN)/python -m e2e.cluster prepare
	@$(BIN)/pytest $(ALONE)
	@$(BIN)/pytest $(OTHERS) $(SIDE_BY_SIDE)

.PHONY: e2e-keda
e2e-keda: $(STAMP) ## KEDA end to end: scale to zero, the class switched; builds KEDA first, 15 minutes, once (root)
	@$(BIN)/python -m e2e.cluster prepare
	@$(BIN)/python -m e2e.cluster binaries keda-operator keda-adapter >/dev/null
	@$(BIN)/pytest $(BY_KEDA) -s

.PHONY: e2e-cpu
e2e-cpu: $(STAMP) ## CPU and memory by metrics-server, end to end; builds it first, some minutes, once (root)
	@$(BIN)/python -m e2e.cluster prepare
	@$(BIN)/python -m e2e.cluster binaries metrics-server >/dev/null
	@$(BIN)/pytest $(BY_CPU) -s

.PHONY: soak
soak: images ## Forty promotions and aborts under load, with the operator killed in ten of them (root, 8 minutes)
	@SLUICEWAY_ROLLOUTS=40 $(BIN)/pytest e2e/test_rollouts.py -s

.PHONY: demo
demo: $(STAMP) ## Start a cluster, or use KUBECONFIG's; install the operator, serve a torch model through a gateway
	@$(BIN)/python -m e2e.demo up

.PHONY: demo-down
demo-down: $(STAMP) ## Remove the demo's cluster, or what it made in KUBECONFIG's, without a trace
	@$(BIN)/python -m e2e.demo down

.PHONY: bench
bench: $(STAMP) ## Measure requests, writes, memory and times on a real cluster; prints a table
	@$(BIN)/python -m e2e.cluster prepare
	@$(BIN)/python -m e2e.bench
	@$(BIN)/python -m e2e.bench_judge
	@$(BIN)/python -m e2e.bench_sequential
	@$(BIN)/python -m e2e.bench_total_failure
