# Each target does all of its own set-up. `make help` lists them.

TARGET := $(or $(CARGO_TARGET_DIR),target)/release
CARGO := scripts/cargo

.PHONY: help demo run activation build check lint test try-runtime bench release mutants deny setup

## What there is to make.
help:
	@awk '/^## / { sub(/^## /, ""); text = text $$0 " " } /^[a-z-]+:/ && text { sub(/[.;].*/, "", text); sub(/:.*/, ""); printf "make %-12s %s\n", $$0, text; text = "" }' $(MAKEFILE_LIST)

## A recorded change of cadence, on the page; builds the tools alone, without the SDK.
demo: setup
	@$(CARGO) build --release --locked --package tandem
	@$(TARGET)/tandem watch --replay tools/watch/tests/recordings/cadence.jsonl --speed 10 --serve

## A local network at six seconds a block, until Ctrl-C. ARGS go to `tandem up`.
run: build
	@$(TARGET)/tandem up $(ARGS)

## A live chain taken from twelve-second blocks to six-second ones; some fifteen minutes. ARGS go to
## `tandem activate`.
activation: build
	@$(TARGET)/tandem activate $(ARGS)

## The node, the relay chain's binaries and `tandem`.
build: setup
	@$(CARGO) build --release --locked --workspace

## Everything that needs no compiler: formatting, scripts, links, imports, the page's types and functions.
check:
	@scripts/setup test
	@npm --prefix e2e ci --no-audit --no-fund --loglevel error
	@scripts/check
	@npm --prefix e2e run --silent check-page
	@npm --prefix e2e run --silent test-page

## Clippy on our crates, against the libraries that the build has made. A warning is an error.
lint: build
	@scripts/setup test
	@SKIP_TANDEM_RUNTIME_WASM_BUILD=1 SKIP_TANDEM_RELAY_RUNTIME_WASM_BUILD=1 \
		RUSTC_WORKSPACE_WRAPPER=$(CURDIR)/scripts/clippy-driver \
		$(CARGO) build --release --locked --workspace --all-targets --quiet

## Everything: the checks, the linter, the unit, property and runtime tests, and the tests on real networks. These run
## three at a time, as a network waits for most of its time.
test: check lint
	@$(CARGO) test --release --manifest-path stubs/wasm-opt/Cargo.toml --target-dir $(or $(CARGO_TARGET_DIR),target)/stubs
	@$(CARGO) test --release --locked --workspace -- --test-threads 3

## The kit's tests with the feature try-runtime, for which much of FRAME is built again; some five minutes.
try-runtime: setup
	@$(CARGO) test --release --locked --package pallet-cadence --features try-runtime --lib

## Pace, latency and cost of a network at both cadences; half an hour.
bench: build
	@$(TARGET)/measure

## The runtimes of a release, with their hashes; builds everything that the runtimes need again, twice our own. ARGS can be the folder to write to, `release` by default.
release: build
	@scripts/release $(ARGS)

## Changes of the pallets' and the kit's code that no test notices; some hours. ARGS go to cargo-mutants, as in
## `make mutants ARGS='--file cadence/src/change.rs'`.
mutants: setup
	@command -v cargo-mutants >/dev/null || $(CARGO) install --locked cargo-mutants
	@$(CARGO) mutants $(ARGS)

## Licences, origins and known vulnerabilities of everything that we link, by cargo-deny.
deny: setup
	@command -v cargo-deny >/dev/null || $(CARGO) install --locked cargo-deny
	@$(CARGO) deny check --hide-inclusion-graph $(ARGS)

setup:
	@scripts/setup
