# Each target does all of its own set-up.

TARGET := $(or $(CARGO_TARGET_DIR),target)/release
CARGO := scripts/cargo

.PHONY: run activation build test try-runtime bench mutants setup

## A local network at six seconds a block, until Ctrl-C. ARGS go to `tandem up`.
run: build
	@$(TARGET)/tandem up $(ARGS)

## A living chain taken from twelve-second blocks to six-second ones; some fifteen minutes. ARGS go
## to `tandem activate`.
activation: build
	@$(TARGET)/tandem activate $(ARGS)

## The node, the relay chain's binaries and `tandem`.
build: setup
	@$(CARGO) build --release --locked --workspace

## Everything: unit, property and runtime tests, and the tests on real networks, which run three at a
## time, as a network waits for most of its time.
test: build
	@npm --prefix e2e ci --no-audit --no-fund --loglevel error
	@$(CARGO) test --release --locked --workspace -- --test-threads 3

## The kit's tests as try-runtime builds it: other features, so much of FRAME is built again. Some five minutes.
try-runtime: setup
	@$(CARGO) test --release --locked --package pallet-cadence --features try-runtime --lib

## Pace, latency and cost of a network at both cadences; half an hour.
bench: build
	@$(TARGET)/measure

## Changes of the pallets' and the kit's code that no test notices; some hours. ARGS go to cargo-mutants:
## `make mutants ARGS='--file cadence/src/change.rs'`.
mutants: setup
	@command -v cargo-mutants >/dev/null || $(CARGO) install --locked cargo-mutants
	@$(CARGO) mutants $(ARGS)

setup:
	@scripts/setup
