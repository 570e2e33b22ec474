# Needs only make, git and Python 3.11 or newer: everything else is installed below this folder.
PYTHON ?= python3
RUN = .venv/bin/python -m launcher

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev demo demo-reset test compare coverage check case bench mutate shots pins test-servers-stop

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | column -t -s '|' 2>/dev/null \
	|| sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1  \2/p' Makefile

setup:
	@$(PYTHON) launcher/set_up.py requirements.txt

setup-dev:
	@$(PYTHON) launcher/set_up.py requirements-dev.txt

demo: setup ## run a demo unit (PORT=8000); Ctrl-C stops it, its data stay
	@PORT=$(or $(PORT),8000) $(RUN) demo demo --if-empty

demo-reset: setup ## delete the demo's data, so that the next one starts afresh
	@$(RUN) demo-reset

test: setup-dev ## all checks, then all tests on private servers
	@$(RUN) test

compare: setup-dev ## after a new migration: is it the database that Django makes unaided? (minutes)
	@COMPARE=1 .venv/bin/pytest -q tests/ecmo/test_migrating.py

coverage: setup-dev ## the suite, measured: rules and actions must be tested wholly (slower)
	@$(RUN) coverage

check: setup-dev ## format, lint, contracts, templates, migrations, types
	@$(RUN) check

case: setup-dev ## replay one reference case: FILE=tests/reference/01-adult-vv-ards.json
	@$(RUN) manage case $(FILE)

bench: setup-dev ## measure against floors of this machine
	@$(RUN) manage bench

mutate: setup-dev ## mutants of the clinical rules that no test kills
	@.venv/bin/mutmut run && .venv/bin/mutmut results

shots: setup-dev ## take the screenshots of the documents anew
	@SHOTS=docs/images .venv/bin/pytest -m shots

pins: setup-dev ## resolve requirements*.in into requirements*.txt
	@.venv/bin/uv pip compile $(PIN) requirements.in -o requirements.txt
	@.venv/bin/uv pip compile $(PIN) -c requirements.txt requirements-dev.in -o requirements-dev.txt
PIN = --quiet --universal --generate-hashes --python-version 3.11 \
	--no-emit-index-url --no-emit-find-links --custom-compile-command 'make pins'

test-servers-stop: setup ## stop the PostgreSQL that TEST_SERVERS=keep keeps warm
	@$(RUN) test-servers-stop
