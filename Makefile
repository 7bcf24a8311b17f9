# make run     simulator with 25 connectors and a day of history, and the exporter against it; with
#              CLOUDFLARE_API_TOKEN and CLOUDFLARE_ACCOUNT_ID set, the exporter against that account
# make test    everything that CI checks: lint, walls, rules, tests, a real Prometheus, end to end, release build
# make lint    formatting, the walls between the rooms, the pure rooms, shell scripts
# make format  formats the sources
# make bench   measures the history import
# make fuzz    fuzzes whatever reads what others wrote, SECONDS (30) each
# make asan    the tests of the rooms under AddressSanitizer
# make tsan    the tests of the rooms under ThreadSanitizer
# make clean   removes what was built

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
.PHONY: run test lint format bench fuzz asan tsan clean setup setup-test build release

export STRICT := 1
SWIFT ?= swift
WALLS := --explicit-target-dependency-import-check error
SOURCES := Package.swift $(shell find Sources Tests -name '*.swift' -not -path '*/.build/*')

run: setup release
	exec deploy/demo/run.sh

test: setup-test lint
	promtool check config deploy/prometheus/prometheus.yml
	promtool test rules deploy/prometheus/alerts_test.yml
	$(SWIFT) build --build-tests $(WALLS)
	$(SWIFT) test --skip-build --disable-xctest --no-parallel --skip EndToEndTests
	$(SWIFT) test --skip-build --disable-xctest --no-parallel --filter EndToEndTests
	$(SWIFT) build -c release $(WALLS)

lint:
	.ci/lint

format:
	$(SWIFT) format format -i -p $(SOURCES)

bench: setup release
	Tests/Benchmarks/import.sh

fuzz: setup
	FUZZ=1 $(SWIFT) build -c release -Xswiftc -enable-testing --sanitize fuzzer --scratch-path .build-fuzz --product fuzz
	Tests/FuzzTests/fuzz.sh "$$(FUZZ=1 $(SWIFT) build -c release --scratch-path .build-fuzz --show-bin-path)/fuzz" $(or $(SECONDS),30)

asan: setup-test
	Tests/sanitize.sh address $(FILTER)

tsan: setup-test
	Tests/sanitize.sh thread $(FILTER)

release:
	$(SWIFT) build -c release $(WALLS)

setup:
	.ci/setup build

setup-test:
	.ci/setup test

clean:
	rm -rf .build data
