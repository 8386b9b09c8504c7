# Two commands matter: `make demo` and `make test`. Both do their own set-up. Without make, see README.md.
PORT ?= 8000
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)

.PHONY: help demo test lint format python

help:
	@echo "make demo           serve the app with the 2023 evaluation on http://127.0.0.1:8000 (PORT=8000)"
	@echo "make test           run the tests and checks (FULL=1: a missing PostgreSQL, Chromium or Pango fails)"
	@echo "make lint           check the style of Python and templates"
	@echo "make format         put Python into the project's style"

demo: python
	@$(PYTHON) tests/prepare.py requirements.txt
	@.venv/bin/python manage.py demo --port $(PORT)

test: python
	@$(PYTHON) tests/run.py $(if $(FULL),--full)

lint: python
	@$(PYTHON) tests/run.py --lint

format: python
	@$(PYTHON) tests/prepare.py requirements-dev.txt
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

python:
	@test -n "$(PYTHON)" || { echo "Missing: Python 3.11 or newer (python3 is $$(python3 --version 2>&1)). Install it, or name it: make demo PYTHON=/path/to/python3" >&2; exit 1; }
