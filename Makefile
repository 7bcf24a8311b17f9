# make run     simulator with 25 connectors and a day of history, and the exporter against it; with
#              CLOUDFLARE_API_TOKEN and CLOUDFLARE_ACCOUNT_ID set, the exporter against that account
# make demo    from an event to a notification: the same with Prometheus, Alertmanager and a receiver, step by step
# make check   lint, module boundaries and the tests of the modules: about two minutes if most is built
# make test    the same, rules, dashboards, deployment files, and end-to-end tests with a real Prometheus
# make nightly soak with a random seed, AddressSanitizer, ThreadSanitizer, fuzzing
# make crash   the tests that crash threads on purpose
# make soak    random faults for SECONDS=300 with a SEED=…; no event may be lost or counted twice
# make lint    formatting, boundaries, the pure modules, words, shell scripts
# make format  formats the sources
# make release builds the programs with Swift's runtime linked statically
# make dist    packs the release into tarballs with checksums and bills of materials: .build/dist
# make dist-check  installs and runs the tarball in bare Debian systems, SUITES (bookworm), as root
# make deb     builds a Debian package of the release: .build/deb/*.deb
# make deb-check  installs, runs, upgrades, removes and purges it in a container (as root)
# make deploy-check  checks the deployment files: units, image, compose files, chart
# make image-check  builds the images with Podman, runs them and the Compose demo (as root)
# make readme-check  runs the commands of README.md in a clean clone (as root)
# make bench   measures the history import, scrapes beside a pushgateway and a bare C server, snapshots, pages and exports
# make bench-scale  measures 10,000 connectors: a round of polls, memory, a restart
# make bench-hostile  measures scrapes beside clients that misuse the endpoint, SECONDS (5) each, with CONNECTORS (25)
# make dashboards  generates dashboards/*.json
# make docs    generates the metric tables in deploy/docs from the declarations
# make fuzz    fuzzes every parser of external input, SECONDS (30) each
# make asan    the tests of the modules, or those that FILTER='…' names, under AddressSanitizer
# make tsan    the same under ThreadSanitizer; end-to-end tests, such as FILTER=CountingTests, start such programs too
# make clean   removes everything that was built

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
.PHONY: run demo dashboards docs check test nightly test-build test-modules test-end-to-end test-deployment soak lint format \
	bench bench-scale bench-hostile fuzz asan tsan clean setup setup-demo setup-test setup-deploy setup-image setup-readme \
	release dist dist-check deb deb-check deploy-check image-check readme-check crash tag-check image-push release-collect

export STRICT := 1
SWIFT ?= swift
VENV := .build/dashboards
BOUNDARIES := --explicit-target-dependency-import-check error
SOURCES := Package.swift $(shell find Sources Tests -name '*.swift' -not -path '*/.build/*')

run: setup release
	exec deploy/demo/run.sh

demo: setup-demo release
	exec deploy/demo/demo.py "$$($(SWIFT) build -c release --show-bin-path)"

dashboards: $(VENV)/ready
	$(VENV)/bin/python dashboards/build.py

docs:
	UPDATE_DOCS=1 TESTS=Exporter $(SWIFT) test --disable-xctest --filter MetricTablesTests

$(VENV)/ready: dashboards/requirements.txt
	python3 -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r dashboards/requirements.txt
	touch $@

check: setup-test test-build
	$(MAKE) -j2 --output-sync=target test-modules lint

test: setup-test setup-demo setup-deploy $(VENV)/ready test-build
	$(MAKE) -j2 --output-sync=target test-modules lint test-deployment
	$(MAKE) test-end-to-end

nightly: setup-test test-build
	$(MAKE) soak
	$(MAKE) crash
	$(MAKE) asan
	$(MAKE) tsan
	$(MAKE) fuzz

crash: setup-test test-build
	CRASH_TESTS=1 $(SWIFT) test --skip-build --disable-xctest --no-parallel --filter ThreadCrashTests

test-build:
	$(SWIFT) build --build-tests $(BOUNDARIES)

# Most tests wait for a socket or a process most of the time, so a few run at once.
test-modules:
	$(SWIFT) test --skip-build --disable-xctest --parallel --experimental-maximum-parallelization-width 2 \
		--skip EndToEndTests

test-end-to-end:
	$(SWIFT) test --skip-build --disable-xctest --parallel --experimental-maximum-parallelization-width 3 \
		--filter EndToEndTests

test-deployment:
	$(VENV)/bin/python dashboards/build.py --check
	dashboards/check_test.py
	dashboards/query_test.py
	.build/tools/bin/python Tests/Pages/openapi_check.py .build/debug
	Tests/Pages/check.py .build/debug
	deploy/prometheus/test.py
	deploy/prometheus/outage_test.py
	deploy/check.sh
	DEMO_ONCE=1 deploy/demo/demo.py .build/debug

soak: setup-test
	$(SWIFT) build --build-tests $(BOUNDARIES)
	SOAK_SECONDS=$(or $(SECONDS),300) SOAK_SEED=$(SEED) $(SWIFT) test --skip-build --disable-xctest --no-parallel \
		--filter SoakTests

lint:
	.ci/lint

format:
	$(SWIFT) format format -i -p $(SOURCES)

bench: setup release
	.ci/setup bench
	Tests/Benchmarks/import.sh
	BIN=$$($(SWIFT) build -c release --show-bin-path) Tests/Benchmarks/scrape.py
	BIN=$$($(SWIFT) build -c release --show-bin-path) Tests/Benchmarks/snapshots.py
	BIN=$$($(SWIFT) build -c release --show-bin-path) Tests/Benchmarks/pages.py
	BIN=$$($(SWIFT) build -c release --show-bin-path) Tests/Benchmarks/export.py

bench-scale: setup release
	ROUND=30 BUDGET=1 Tests/Benchmarks/scale.sh

bench-hostile: setup release
	Tests/Benchmarks/hostile.py --seconds $(or $(SECONDS),5) --connectors $(or $(CONNECTORS),25) \
		"$$($(SWIFT) build -c release --show-bin-path)"

fuzz: setup
	FUZZ=1 $(SWIFT) build -c release -Xswiftc -enable-testing --sanitize fuzzer --scratch-path .build-fuzz --product fuzz
	Tests/FuzzTests/fuzz.sh "$$(FUZZ=1 $(SWIFT) build -c release --scratch-path .build-fuzz --show-bin-path)/fuzz" $(or $(SECONDS),30)

asan: setup-test
	Tests/sanitize.sh address '$(FILTER)'

tsan: setup-test
	Tests/sanitize.sh thread '$(FILTER)'

# The programs contain Swift's runtime, so that they run on machines without Swift. `now` makes the relocated data read-only.
# Without the local rpath, no library is loaded from the folder of the program. Paths are relative to the repository, so that
# builds in two folders are equal. icu-data.sh replaces 34 MB of data that the programs do not use.
release:
	icu=$$(deploy/dist/icu-data.sh)
	$(SWIFT) build -c release --static-swift-stdlib --disable-local-rpath -Xlinker -z -Xlinker now \
		-Xlinker "$${icu% *}" -Xlinker "$${icu##* }" $(BOUNDARIES) \
		-Xcc "-ffile-prefix-map=$$PWD=." -Xswiftc -file-prefix-map -Xswiftc "$$PWD=."

dist: setup-deploy release
	deploy/dist/build.sh

dist-check: dist
	deploy/dist/check.sh $(or $(SUITES),bookworm)

readme-check: setup-readme release
	.ci/readme.py

image-check: setup-image dist
	deploy/docker/check.sh

# The steps of the release workflow in .github/workflows/release.yml.
tag-check:
	deploy/dist/release.sh tag-check "$(TAG)"

image-push:
	deploy/dist/release.sh image-push

release-collect:
	deploy/dist/release.sh collect

deb: setup-deploy release
	deploy/debian/build.sh

deb-check: deb
	deploy/debian/check.sh

deploy-check: setup-deploy
	deploy/check.sh

setup:
	.ci/setup build

setup-demo:
	.ci/setup demo

setup-test:
	.ci/setup test

setup-readme:
	.ci/setup readme

setup-image:
	.ci/setup image

setup-deploy:
	.ci/setup deploy

clean:
	rm -rf .build data
