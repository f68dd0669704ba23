# The front door. Every target is a few lines; what they do in detail stands in scripts/.
SWIFT ?= swift
PREFIX ?= /usr/local
DESTDIR ?=
BENCH ?=

# One set of flags for run, build and install, so that nothing is built twice. The Swift runtime is
# linked in: the binary keeps working when the toolchain is upgraded or removed.
RELEASE := -c release --static-swift-stdlib --product dunnage

# An import that the manifest does not allow is an error, not luck of the build order.
DEBUG := --explicit-target-dependency-import-check error

.DEFAULT_GOAL := help
.PHONY: help run build test docs bench deb test-deb test-image lint format install clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## set up, build and run the quick start on this machine
	@scripts/quickstart.sh .build/release/dunnage

build: ## install what the build needs, then build the release binary
	@scripts/install-dependencies.sh build
	$(SWIFT) build $(RELEASE)

test: ## install what the tests need, build, run every test and every snippet of the documentation
	@scripts/install-dependencies.sh test
	@scripts/test-tools.sh >/dev/null || echo "Without these tools, the tests that need one are skipped." >&2
	@SWIFT="$(SWIFT)" scripts/run-tests.sh $(DEBUG)
	@$(MAKE) --no-print-directory docs

docs: ## run the snippets of the documentation and check its links
	$(SWIFT) build $(DEBUG) --product dunnage
	@scripts/check-docs.py --binary .build/debug/dunnage

bench: build ## measure beside restic and borg; BENCH='--rounds 1 --data tree' and more in docs/benchmarks.md
	@scripts/bench/bench.py .build/release/dunnage $(BENCH)

deb: build ## build a Debian package, .build/deb/dunnage_VERSION_ARCHITECTURE.deb
	@scripts/build-deb.sh

test-deb: build ## build the package twice, check it, and live with it in a Debian of its own; takes root
	@scripts/test-deb.sh

test-image: ## build the container image and use it as people do, where a container engine is there
	@scripts/test-image.sh

lint: ## check the format of the sources and the scripts
	$(SWIFT) format lint --strict -r Sources Tests Package.swift
	@scripts/lint-scripts.sh

format: ## format the sources in place
	$(SWIFT) format -i -r Sources Tests Package.swift

# Does not build: root's PATH often lacks the toolchain.
install: ## install the built binary below PREFIX (/usr/local); run `make build` first
	install -D -m 755 .build/release/dunnage "$(DESTDIR)$(PREFIX)/bin/dunnage"

clean: ## remove what the build and the quick start have left in the checkout
	rm -rf .build .quickstart .quickstart-sample
