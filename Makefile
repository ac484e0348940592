# One scratch path and one configuration serve build, tests and end-to-end runs.
SWIFT_FLAGS := -c release
# All tests at once open so many files in one process that Foundation's Process was seen to crash.
TEST_WIDTH := --experimental-maximum-parallelization-width 16
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
PACKAGES := libsqlite3-dev zlib1g-dev bubblewrap python3-numpy git curl strace

.PHONY: setup build demo bench test torture hostile lint format vectors

setup: ## Install the Debian packages that build and tests need.
	@missing=$$(for p in $(PACKAGES); do dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; done); \
	if [ -n "$$missing" ]; then \
		$(SUDO) apt-get update -qq && \
		DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	fi

build: setup ## Build the assay binary and the tests.
	swift build $(SWIFT_FLAGS) --build-tests

demo: ## Build Assay and walk through its whole job on real input.
	scripts/demo

bench: PACKAGES += nginx-light docker-registry openssl
bench: setup ## Build Assay and print its figures beside those of peers, in one run.
	swift build $(SWIFT_FLAGS)
	scripts/bench

torture: PACKAGES += e2fsprogs mount gcc libc6-dev
torture: setup ## Build Assay, then kill it, cut its power, fail its calls and change its bytes (TORTURE=--long: for an hour).
	swift build $(SWIFT_FLAGS) --product assay
	python3 scripts/torture $(TORTURE)

hostile: setup ## Build Assay, and see what idle, slow and cheating clients do to an honest one (HOSTILE=--short: quickly).
	swift build $(SWIFT_FLAGS) --product assay
	python3 scripts/hostile $(HOSTILE)

vectors: ## Check the golden vectors with an implementation that shares no code with ours.
	python3 Tests/Fixtures/canonical-json/check.py

test: PACKAGES += openssl python3-sklearn zstd skopeo docker-registry podman runc catatonit golang-go golang-golang-x-mod-dev
test: build vectors ## Run all tests.
	swift test $(SWIFT_FLAGS) --skip-build $(TEST_WIDTH)

lint: ## Check the formatting.
	swift format lint --strict --parallel --recursive Sources Tests migrations openapi Package.swift

format: ## Mend the formatting.
	swift format --in-place --parallel --recursive Sources Tests migrations openapi Package.swift
