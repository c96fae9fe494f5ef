# One verb per chore. Everything is installed into .venv, from the locked versions.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SETUP := $(VENV)/.ready

.PHONY: demo test test-postgresql browser api lab lab-edonkey cluster-test kills evidence-lab check fix \
  fuzz bench lock clean

demo: $(SETUP)  ## Real clients on loopback, a collector, and who was found beside the truth
	$(BIN)/python -m lab.demo

# Two files of tests at a time; the tests of one file one by one.
BESIDE := -n 2 --dist loadfile
test: $(SETUP)  ## The whole suite but the lab
	$(BIN)/python -m pytest -c pytest-portal.ini $(BESIDE)
	$(BIN)/python -m pytest $(BESIDE)

test-postgresql: $(SETUP)  ## The portal's tests on a private PostgreSQL server; needs Debian's postgresql
	$(BIN)/python -m lab.postgresql $(BIN)/python -m pytest -c pytest-portal.ini

browser: $(SETUP)  ## The portal in a real browser; needs Debian's chromium and npm
	cd tests/browser && npm ci --ignore-scripts --no-audit --no-fund
	$(BIN)/python -m pytest -c pytest-browser.ini

api: $(SETUP)  ## A real portal's API, asked all that its description allows, and the docs' program
	$(BIN)/python -m pip install -qq --require-hashes -r requirements-bench.lock
	$(BIN)/python -m lab.api

lab: $(SETUP)  ## As root: Debian's clients in network namespaces, five runs
	$(BIN)/python -m lab.namespaces --runs 5

RUNS ?= 5
lab-edonkey: $(SETUP)  ## As root: aMule daemons in network namespaces over Kad; RUNS=5
	$(BIN)/python -m lab.edonkey --runs $(RUNS)

kills: $(SETUP)  ## Kill an import at a hundred random instants, and look at what it left
	$(BIN)/python -m lab.killed_imports --kills 100

evidence-lab: $(SETUP)  ## As root: kills, power cuts, a full disk, tampering, a hub under load, Go as an oracle
	$(BIN)/python -m lab.evidence.oracle
	$(BIN)/python -m lab.evidence.full_disk
	$(BIN)/python -m lab.evidence.powercut
	$(BIN)/python -m lab.evidence.hub_load
	$(BIN)/python -m lab.evidence.tampering
	$(BIN)/python -m lab.evidence.kills

cluster-test: $(SETUP)  ## The store on Debian's clickhouse-server and ZooKeeper, two shards of two replicas
	$(BIN)/python -m pytest lab/cluster

check: $(SETUP)  ## Style, types, and the direction of imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fix: $(SETUP)  ## What the linter can mend by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

fuzz: $(SETUP)  ## Two million inputs for each wire decoder
	$(BIN)/python -m fuzz.fuzz_krpc
	$(BIN)/python -m fuzz.fuzz_peerwire
	$(BIN)/python -m fuzz.fuzz_tracker
	$(BIN)/python -m fuzz.fuzz_readers
	$(BIN)/python -m fuzz.fuzz_kad
	$(BIN)/python -m fuzz.fuzz_ed2k
	$(BIN)/python -m fuzz.fuzz_tags
	$(BIN)/python -m fuzz.fuzz_lists nodes
	$(BIN)/python -m fuzz.fuzz_lists servers
	$(BIN)/python -m fuzz.fuzz_papers

bench: $(SETUP)  ## Ratios against peers and limits, in one run each
	$(BIN)/python -m pip install -qq --require-hashes -r requirements-bench.lock
	cd bench && npm ci --ignore-scripts --no-audit --no-fund
	$(BIN)/python -m bench.bench_dht
	$(BIN)/python -m bench.bench_peerwire
	$(BIN)/python -m bench.bench_edonkey
	$(BIN)/python -m bench.bench_watch_set
	$(BIN)/python -m bench.bench_store
	$(BIN)/python -m bench.bench_vics
	$(BIN)/python -m bench.bench_matching
	$(BIN)/python -m bench.bench_sealing
	$(BIN)/python -m bench.bench_places
	$(BIN)/python -m bench.bench_ingest
	$(BIN)/python -m bench.store_kills
	$(BIN)/python -m bench.bench_board
	$(BIN)/python -m bench.bench_leads

$(SETUP): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -qq --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -qq --no-deps --no-build-isolation --editable .
	touch $@

lock:  ## Renew the lock files; needs uv
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-emit-index-url --group test --group browser --group lab --group check --group build pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-emit-index-url --group bench --group api -c requirements.lock pyproject.toml -o requirements-bench.lock

clean:
	rm -rf $(VENV) build dist bench/node_modules
