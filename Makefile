# What one does with Threshold. `make help` lists it.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# Tools that a machine may lack are built once, from source, into here.
TOOLS := $(CURDIR)/target/tools
export PATH := $(PATH):$(TOOLS)/bin
# The lint, test and documentation builds don't need it, and it fills disks.
ifdef CI
export CARGO_INCREMENTAL := 0
endif

# Tells how long each part took.
timed = @start=$$SECONDS; echo "== $(1)"; $(2); echo "== $(1): $$((SECONDS - start)) s"

.PHONY: help run test check bench fuzz fmt migrate seed generate generated clean needs-rust needs-nextest needs-deny needs-fuzz

help: ## Lists these targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 18

run: needs-rust ## Builds Threshold and runs it on http://127.0.0.1:8080 with SQLite in ./data
	cargo run --package threshold-server -- serve

test: needs-rust needs-nextest ## Runs every test, on both databases and Redis; sets up what it needs
	$(call timed,build tests,cargo nextest run --workspace --no-run)
	$(call timed,tests,tests/with-postgres tests/with-redis tests/with-smtp cargo nextest run --workspace $(if $(CI),--profile ci))
	$(call timed,examples in documents,cargo test --doc --workspace --quiet)

check: needs-rust needs-deny ## Format, lints, documents, licences and bans, generated files
	$(call timed,format,cargo fmt --all --check; cargo fmt --manifest-path tests/fuzz/Cargo.toml --check)
	$(call timed,lints,cargo clippy --workspace --all-targets --quiet -- -D warnings)
	$(call timed,documents,RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --quiet)
	$(call timed,licences and bans,cargo deny --all-features check bans licenses sources)
	$(call timed,generated files,$(MAKE) --no-print-directory generated; for file in $(GENERATED); do diff -u $$file target/generated/$$file || { echo "$$file is stale: run make generate"; exit 1; }; done)

bench: needs-rust ## Measures, and prints ratios against baselines of the same run
	cargo build --release --package threshold-server --package threshold-tests --bins
	THRESHOLD_TEST_POSTGRES_DURABLE=yes tests/with-postgres tests/with-redis tests/with-smtp target/release/bench $(BENCH)

FUZZ_SECONDS ?= 60

fuzz: needs-rust needs-fuzz ## Fuzzes what reads input from outside, a minute each (FUZZ_SECONDS)
	tests/fuzz/run $(FUZZ_SECONDS)

fmt: ## Formats the sources
	cargo fmt --all
	cargo fmt --manifest-path tests/fuzz/Cargo.toml

migrate: needs-rust ## Brings the configured database up to date
	cargo run --package threshold-server -- migrate up

seed: needs-rust ## Adds users of every kind to try with (docs/seed.md) to the configured database
	cargo run --package threshold-server -- seed

GENERATED := config/default.toml docs/configuration.md docs/metrics.md docs/openapi.json

generate: generated ## Renews the files that are made from the code
	@for file in $(GENERATED); do cp target/generated/$$file $$file; done

# Made aside first, so that a program that fails spoils nothing; all targets, so that the tests find everything built.
generated: needs-rust
	@mkdir -p target/generated/config target/generated/docs
	@cargo build --quiet --workspace --all-targets
	@target/debug/threshold config reference --toml > target/generated/config/default.toml
	@target/debug/threshold config reference > target/generated/docs/configuration.md
	@target/debug/threshold metrics reference > target/generated/docs/metrics.md
	@target/debug/threshold openapi > target/generated/docs/openapi.json

clean: ## Removes what was built; ./data stays
	cargo clean

needs-rust:
	@command -v cargo >/dev/null || { echo "Rust is missing: install it from https://rustup.rs and try again"; exit 1; }
	@command -v cc >/dev/null || { echo "A C compiler is missing: on Debian, apt-get install gcc libc6-dev"; exit 1; }

needs-nextest:
	@cargo nextest --version >/dev/null 2>&1 || { echo "== building cargo-nextest, once"; cargo install --quiet --locked --root $(TOOLS) cargo-nextest; }

needs-deny:
	@cargo deny --version >/dev/null 2>&1 || { echo "== building cargo-deny, once: two or three minutes"; cargo install --quiet --locked --root $(TOOLS) cargo-deny; }

needs-fuzz:
	@command -v c++ >/dev/null || { echo "A C++ compiler is missing: on Debian, apt-get install g++"; exit 1; }
	@cargo fuzz --version >/dev/null 2>&1 || { echo "== building cargo-fuzz, once"; cargo install --quiet --locked --root $(TOOLS) cargo-fuzz; }
