# Rollcall. `make help` lists what can be made.
.DEFAULT_GOAL := help
.PHONY: help setup demo run migrate ldap packages test soak check anew docs format bench lock audit image image-test clean

PYTHON ?= python3
DEV ?= --dev  # empty on a machine that only runs Rollcall
unexport PYTHONDONTWRITEBYTECODE  # pytest keeps what it makes of the tests, for the next run
BIN := .venv/bin
READY := .venv/.ready
PIPENV := PIPENV_VENV_IN_PROJECT=1 PIPENV_IGNORE_VIRTUALENVS=1 PIPENV_VERBOSITY=-1 .pipenv/bin/pipenv
BASE ?= python:3.13-slim
# Tests make and remove a hundred thousand small files: in memory, where it has room and may run them.
MEMORY := $(shell awk '$$2 == "/dev/shm" && $$4 !~ /noexec/' /proc/mounts 2>/dev/null | grep -q . && \
	df -Pk /dev/shm | awk 'NR == 2 && $$4 > 2000000 {print $$6}')
PYTEST := $(if $(MEMORY),TMPDIR=$(MEMORY)) $(BIN)/pytest
# macOS ends a process that was forked from one in which its frameworks are loaded.
PROCESSES := $(if $(filter Darwin,$(shell uname -s)),-n 4 --dist loadscope,--processes 4)
# Material for MkDocs tells everybody of its successor; docs/adr says when we move.
DOCS := NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(READY) ## install everything into .venv

$(READY): Pipfile.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Rollcall needs Python 3.11 or newer")'
	@test -x .pipenv/bin/pipenv || { $(PYTHON) -m venv .pipenv && .pipenv/bin/pip install --quiet pipenv; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIPENV) sync $(DEV)
	@touch $@

demo: $(READY) ## play the whole story on this machine, without any account
	@$(BIN)/python -m tools.demo $(ARGS)

# By exec, so that a signal to make ends it too: it would reach a shell in between alone.
run: $(READY) ## run Rollcall with the settings of .env; a command of boot.sh: ARGS=doctor
	@test -f .env || { echo 'There is no .env: cp .env.example .env, and fill it in.'; exit 1; }
	@exec env $(PIPENV) run ./boot.sh $(ARGS)

migrate: $(READY) ## bring the database of .env up to date
	@$(PIPENV) run ./boot.sh migrate

test: $(READY) packages ## all tests
	$(PYTEST) $(PROCESSES) $(ARGS)

soak: $(READY) packages ## the long tests, for hours; some of them (ARGS="-k crashes"), or ARGS=day, fuzz, kills, api
	$(if $(filter day fuzz kills,$(firstword $(ARGS))),$(if $(MEMORY),TMPDIR=$(MEMORY)) $(BIN)/python -m tests.soak $(ARGS),\
		ROLLCALL_SOAK=1 $(PYTEST) -n 4 --dist worksteal -m soak $(if $(filter api,$(ARGS)),-k document_says,$(ARGS)))

ldap: $(READY) ## signing in by LDAP, for .venv: wants gcc, libldap-dev and libsasl2-dev
	$(PIPENV) sync --categories ldap

packages: $(READY) ## what tests want beside Python: installed as root on Debian, elsewhere named at their end
	@$(BIN)/python -m tests.support.installing.packages

check: $(READY) packages ## lint, types, who imports whom, script templates, documentation
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/python -m tests.support.house.templates
	$(DOCS)
	PATH="$(BIN):$$PATH" shellcheck boot.sh .ci/run

anew: $(READY) ## write anew what comes from the code: the reference, the public surface, the texts
	$(BIN)/python -m tools.reference
	$(BIN)/python -m tests.support.house.surface
	$(BIN)/python -m tests.bot.wordings
	$(BIN)/python -m tools.texts

docs: $(READY) ## build the documentation into site/
	$(DOCS)

format: $(READY) ## put the code into its form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(READY) ## measure speed and memory beside what Rollcall replaces (needs wrk)
	$(BIN)/python -m tools.bench $(ARGS)

lock: $(READY) ## resolve the newest dependencies that fit the Pipfile, whatever index this machine has
	PIP_CONFIG_FILE=/dev/null $(PIPENV) lock
	@$(BIN)/python -c 'import json, pathlib; p = pathlib.Path("Pipfile.lock"); l = json.loads(p.read_text()); l["_meta"]["sources"] = []; p.write_text(json.dumps(l, indent=4) + "\n")'

audit: $(READY) ## warn of known advisories about the packages, and of an old lock
	@$(BIN)/python -m tools.audit $(ARGS)

image: ## build the image with Docker, and sbom.json, which says what is in it (BASE=image, ARGS=--target=slim)
	docker build --build-arg=VERSION="$$(python3 -m rollcall.version)" --build-arg=BASE=$(BASE) --tag=rollcall $(ARGS) .
	docker run --rm --interactive --network=none --entrypoint=python rollcall - < tools/sbom.py > sbom.json

image-test: $(READY) ## build the images with Docker and take one Mac through them (BASE=image)
	$(BIN)/python -m tests.support.installing.image $(BASE)

clean: ## remove what was installed and made
	rm -rf site .venv .pipenv .demo .bench .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .soak
