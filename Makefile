# make demo    the studio on examples/helloworld       make test     the whole suite
# make check   style, types, import floors, staleness  make bench    figures (ONLY=rpc for a part)

BIN := .venv/bin

.PHONY: setup demo test check bench guests screenshots protos base

setup:
	@scripts/setup.sh dev

base:
	@scripts/setup.sh base

demo: base
	@$(BIN)/parigot-studio examples/helloworld

test: setup
	@$(BIN)/python -m pytest $(ARGS)

check: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy -p parigot -p parigot_studio
	@$(BIN)/lint-imports
	@$(BIN)/python scripts/protos.py --check
	@$(BIN)/python scripts/guests.py --check

bench: setup
	@$(BIN)/python -m bench

guests: setup
	@$(BIN)/python scripts/guests.py

protos: setup
	@$(BIN)/python scripts/protos.py

screenshots: setup
	@$(BIN)/python scripts/screenshots.py
