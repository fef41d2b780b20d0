# Two commands: `make run` serves the assistant, `make test` passes the tests. `make help` lists the rest.

ANY_PYTHON := $(shell command -v python3 || command -v python)
VENV := .venv/bin
export PYTHONPATH := $(CURDIR)
export RASA_TELEMETRY_ENABLED := false
export SQLALCHEMY_SILENCE_UBER_WARNING := 1
export TF_CPP_MIN_LOG_LEVEL := 3

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run shell ask train test lint evaluate safety review calibrate lock clean

help: ## list the commands
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup:
	@$(if $(ANY_PYTHON),,$(error no Python found: install Python 3.10))$(ANY_PYTHON) tools/bootstrap.py

setup-dev:
	@$(if $(ANY_PYTHON),,$(error no Python found: install Python 3.10))$(ANY_PYTHON) tools/bootstrap.py --dev

run: setup ## set up everything and serve the assistant on 127.0.0.1:5005
	@$(VENV)/python -m assistant.runtime.launch run

shell: setup ## talk to the assistant in the terminal
	@$(VENV)/python -m assistant.runtime.launch shell

ask: setup ## one answer: make ask Q="what's in the drip?"
	@$(VENV)/python -m assistant.runtime.launch ask

train: setup ## train the model if there is none for the present data
	@$(VENV)/python -m assistant.runtime.launch train

test: setup-dev ## pass all tests
	@$(VENV)/python -m assistant.runtime.launch train
	@$(VENV)/python -m pytest -n 2 --dist loadfile $(PYTEST_ARGS)

lint: setup-dev ## ruff and mypy
	@$(VENV)/ruff check .
	@$(VENV)/ruff format --check -q .
	@$(VENV)/mypy

evaluate: setup-dev ## measure understanding on the test sets; writes docs/evaluation.md and pictures
	@$(VENV)/python -m assistant.reports.evaluation

safety: setup-dev ## measure the safety screen on its test messages; writes docs/safety.md
	@$(VENV)/python -m assistant.reports.safety

review: setup ## write docs/clinical-review.md: every answer and safety reply with its sources, to print and sign
	@$(VENV)/python -m assistant.reports.review

calibrate: setup-dev ## fit confidence and compound questions on separate questions; prints lines for config.yml
	@$(VENV)/python -m assistant.reports.calibration

lock: setup-dev ## make the hashed locks anew from pyproject.toml
	@$(VENV)/uv pip compile -q --python-version 3.10 --python-platform x86_64-unknown-linux-gnu --generate-hashes --no-annotate --no-header pyproject.toml -o requirements.txt
	@$(VENV)/uv pip compile -q --python-version 3.10 --python-platform x86_64-unknown-linux-gnu --generate-hashes --no-annotate --no-header pyproject.toml --extra dev -c requirements.txt -o requirements-dev.txt

clean: ## remove what was trained and what conversations left behind
	@rm -rf models/*.tar.gz .rasa var/*
