# Two commands are the promise: `make demo` and `make test`. Each brings what it needs.
.DEFAULT_GOAL := help
.PHONY: help env demo test lint unit e2e faults fuzz bench mass-correction scale million synth mutants lock goldens clean

# Bytecode is worth keeping: without it every start of a function compiles its imports anew.
unexport PYTHONDONTWRITEBYTECODE
export PYTHONPATH :=
BIN := .venv/bin

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

env: ## Make .venv from the lock file
	@./infra/local/environment.sh

demo: env ## One real month through the system, on the embedded cloud, into out/
	@$(BIN)/python -m infra.local.demo

test: lint unit e2e ## Everything: style, types, rooms, unit, contract, functions, infra, end to end

lint: env ## ruff, mypy --strict, import-linter
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy --no-error-summary shared/kwit infra functions
	@$(BIN)/lint-imports --no-cache

unit: env ## All tests but the end-to-end ones, with coverage of shared/kwit by branch
	@rm -f .coverage .coverage.*
	@$(BIN)/python -m pytest -n 2 -m "not end_to_end" --cov --cov-report=
	@$(BIN)/coverage report --fail-under=90 | tail -n 25

e2e: env ## The end-to-end tests on the embedded cloud
	@$(BIN)/python -m pytest -m end_to_end

FAULT_SCHEDULES ?= 2000
FUZZ_CASES ?= 20000
faults: env ## Runs worked off in an order of chance with failing calls and killed functions, FAULT_SCHEDULES of them (2000)
	@FAULT_SCHEDULES=$(FAULT_SCHEDULES) $(BIN)/python -m pytest -n 2 --dist worksteal -rP -p no:logging tests/faults | grep -E "schedules|^E |FAILED|passed|failed"

fuzz: env ## Spoiled files for every parser of readings, FUZZ_CASES of them each (20000)
	@FUZZ_CASES=$(FUZZ_CASES) $(BIN)/python -m pytest -n 2 -rP tests/metering/test_fuzz.py | grep -E "cases|^E |FAILED|passed|failed"

synth: env ## Synthesise the CDK app into cdk.out/
	@$(BIN)/python -m infra.local.synth

bench: env ## Performance figures as ratios, into benchmarks/out/results.json
	@$(BIN)/python -m benchmarks

CONTRACTS ?= 1000
mass-correction: env ## A wrong price of two months over CONTRACTS contracts (1000), corrected; prints the figures
	@$(BIN)/python -m benchmarks.mass_correction $(CONTRACTS)

SEED ?= 2026
scale: CONTRACTS = 10000
scale: env ## A billing run of CONTRACTS contracts (10000) on the embedded cloud, measured, checked, every document replayed
	@$(BIN)/python -m benchmarks.scale --contracts $(CONTRACTS) --seed $(SEED)

million: env ## What the figures of `make scale` come to for a million contracts, by the published quotas
	@$(BIN)/python -m benchmarks.million

mutants: env ## Mutation run over the rating room, half an hour or so; docs/mutation.md tells how to read it
	@./infra/local/mutation.sh

lock: env ## Pin every dependency with its hashes again
	@.kwit/uv/bin/uv pip compile pyproject.toml --all-extras --universal --generate-hashes --no-header --no-annotate --python-version 3.11 -q -o requirements.lock

goldens: env ## Rewrite golden files (read the diff before you commit it)
	@$(BIN)/python -m pytest --rewrite-goldens -m "not end_to_end"

clean: ## Remove what the targets made
	@rm -rf .venv .kwit cdk.out out .mypy_cache .ruff_cache .pytest_cache .hypothesis
