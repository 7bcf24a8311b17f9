# make run     simulator with 25 connectors and a day of history, and the exporter against it; with
#              CLOUDFLARE_API_TOKEN and CLOUDFLARE_ACCOUNT_ID set, the exporter against that account
# make test    everything that CI checks: lint, walls, rules, tests, a real Prometheus, end to end, release build
# make lint    formatting, the walls between the rooms, the pure rooms, shell scripts
# make format  formats the sources
# make bench   measures the history import
# make clean   removes what was built

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
.PHONY: run test lint format bench clean setup setup-test build release

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

release:
	$(SWIFT) build -c release $(WALLS)

setup:
	.ci/setup build

setup-test:
	.ci/setup test

clean:
	rm -rf .build data
