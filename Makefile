# Every target works from a fresh clone: it finds or fetches uv, makes the locked environment, and installs the servers
# that it needs (see stack/). ARGS is handed to the command behind the target: make demo ARGS="--help".

SHELL := bash
# Compiled once, not at the start of every process: the tests start many.
export UV_COMPILE_BYTECODE = 1
unexport PYTHONDONTWRITEBYTECODE
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help sync demo test check bench quality generate secrets

# As an assignment, so that a failed bootstrap ends the recipe instead of leaving a command without its first word.
UV = uv=$$(stack/bootstrap.sh) && "$$uv"
RUN = $(UV) run --no-sync
# Types are checked where a mistake reaches a user; a test is checked by being run.
TYPED = stream stack alerts evaluation $(if $(wildcard bench/*.py),bench) $(if $(wildcard grafana/source/*.py),grafana)
ARGS ?=

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

sync: ## Make the Python environment from the lock file
	@$(UV) sync --locked --quiet

demo: sync ## Run the whole stack with a simulated crowd, without Docker
	@$(RUN) python -m stack.install kafka redis prometheus alertmanager
	@$(RUN) raterwatch demo $(ARGS)

# Three lanes side by side, since most tests of servers wait more than they compute. The longest is shown live, the
# others after it; tests of alerts tell how long a message took (-s).
CASES = tests/integration/escalation
LANES = "stream/quality tests/unit tests/oracle $(CASES)" "-s tests/integration/alerts"
LIVE = tests/integration --ignore=tests/integration/alerts --ignore=$(CASES)
test: sync ## Run all tests, on real Kafka, Redis, PostgreSQL, Prometheus, Alertmanager and Chromium
	@$(RUN) python -m stack.install
	@$(RUN) raterwatch worker --compile-only
ifeq ($(strip $(ARGS)),)
	@logs=$$(mktemp -d); failed=0; lanes=(); \
	for lane in $(LANES); do $(RUN) pytest $$lane > "$$logs/$${#lanes[@]}" 2>&1 & lanes+=($$!); done; \
	$(RUN) pytest $(LIVE) || failed=1; \
	for at in "$${!lanes[@]}"; do wait "$${lanes[at]}" || failed=1; cat "$$logs/$$at"; done; \
	rm -r "$$logs"; exit $$failed
else
	@$(RUN) pytest $(ARGS)
endif

check: sync ## Lint, types, the import direction, docstring examples; alerts, routes, runbooks and boards
	@$(RUN) ruff check .
	@$(RUN) ruff format --check .
	@$(RUN) mypy $(TYPED)
	@$(RUN) python -m stack.install prometheus alertmanager
	@$(RUN) pytest --quiet tests/unit/test_import_direction.py tests/unit/alerts tests/unit/grafana stream stack grafana/source

bench: sync ## Measure throughput, latency and memory
	@$(RUN) python -m stack.install kafka redis
	@$(RUN) python -m bench $(ARGS)

quality: sync ## Measure the detectors on simulated worlds and real crowds; ends with one line of JSON
	@$(RUN) python -m evaluation $(ARGS)

generate: sync ## Write the generated files again from their sources
	@$(RUN) python deploy/generate.py
	@$(RUN) python -m alerts
	@$(RUN) python -m grafana.source

secrets: ## Make the passwords that docker-compose.yml reads from deploy/secrets/
	@deploy/make_secrets.sh
