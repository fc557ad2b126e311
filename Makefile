# The commands of the README. Each installs the Debian packages it lacks (as root or by sudo).
#   make run [DATA=dir] [LISTEN=address] [PORT=number]   build and serve in the foreground
#   make test [LAMPLIGHTER_SEED=number]                  everything, on real sockets with real clients; again by a seed
#   make sanitize                                        the tests with thread sanitizer and with address sanitizer
#   make fuzz [SECONDS=60] [TARGET=name]                 what nobody would send, into everything that reads
#   make soak [MINUTES=30] [KILLS=200] [PROGRAM=path]    does it stay up: nothing grows, kill -9 loses nothing
#   make bench [CALLS="100 300"] [ROWS="calls lamps"]    how fast it is, beside what bare sockets cost
#   make build | prompts | format | lint | check

DATA ?= data
LISTEN ?= 127.0.0.1
PORT ?= 5060
SECONDS ?= 60
MINUTES ?= 30
KILLS ?= 200
PROGRAM ?= $(CURDIR)/.build-release/release/lamplighter

SWIFT_FLAGS = --explicit-target-dependency-import-check error
# Release has a build folder of its own, so that switching between the two rebuilds nothing.
RELEASE = -c release --scratch-path .build-release $(SWIFT_FLAGS)

# Tests on sockets and clocks; those that only compute, thousands of calls long, would take the processors from them.
REAL_TIME = SIPTests|MediaTests|TelephonyTests|PhonesTests
COMPUTING = MediaTests.(TalkOffTests|ToneLimitTests|NetworkTests)

# Not for a sanitizer: what keeps time, and what computes for minutes without one.
CLOCKED = LamplighterTests|SimulationTests|$(COMPUTING)
THREAD_OPTIONS = exitcode=66 suppressions=$(CURDIR)/Tests/thread-sanitizer.txt
# Leaks cannot be told: in an enum a reference may carry its case in bits that the detector takes for another address.
# That nothing grows is seen by `make soak`.
ADDRESS_OPTIONS = detect_leaks=0 suppressions=$(CURDIR)/Tests/address-sanitizer.txt

# So many tests at a time: more of them leave each other too little of two processors to keep their time.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH = 8

BUILD_PACKAGES = libosip2-dev libortp-dev libspandsp-dev libsndfile1-dev libsamplerate0-dev libsrtp2-dev libsqlite3-dev \
  libgoogle-perftools-dev
TEST_PACKAGES = $(BUILD_PACKAGES) sip-tester baresip-core kamailio openssl sox sqlite3 $(VOICES)
# People who speak, for more than an hour.
VOICES = asterisk-core-sounds-en-wav asterisk-core-sounds-es-wav asterisk-core-sounds-fr-wav
BENCH_PACKAGES = $(BUILD_PACKAGES) gcc libc6-dev python3
PROMPT_PACKAGES = python3-venv

.PHONY: build run test sanitize soak bench fuzz prompts format lint check packages-build packages-test packages-bench packages-prompts

build: packages-build
	swift build $(RELEASE) --product lamplighter

run: build
	LAMPLIGHTER_DATA="$(DATA)" LAMPLIGHTER_SIP_LISTEN="$(LISTEN)" LAMPLIGHTER_SIP_PORT="$(PORT)" \
	  exec .build-release/release/lamplighter serve --sample

check: build
	.build-release/release/lamplighter check

test: packages-test
	swift build $(SWIFT_FLAGS) --build-tests
	swift test $(SWIFT_FLAGS) --skip-build --filter '$(REAL_TIME)' --skip '$(COMPUTING)'
	swift test $(SWIFT_FLAGS) --skip-build --filter '$(COMPUTING)'
	swift test $(SWIFT_FLAGS) --skip-build --skip '$(REAL_TIME)|LamplighterTests'
	swift test $(SWIFT_FLAGS) --skip-build --filter LamplighterTests

# The program under test is the release build, or another one that PROGRAM names.
# Each of three lives needs six samples of about 20 s: below 10 minutes the verdict is that there were too few.
soak: packages-test $(if $(filter $(CURDIR)/.build-release/%,$(PROGRAM)),build)
	swift build $(SWIFT_FLAGS) --build-tests
	SOAK_PROGRAM="$(PROGRAM)" SOAK_MINUTES=$(MINUTES) SOAK_KILLS=$(KILLS) \
	  swift test $(SWIFT_FLAGS) --skip-build --filter LamplighterTests.SoakTests

# Each sanitizer has a build of its own of everything; without Debian's C libraries, which are as they are. What keeps
# time by a clock, or has clients that do, cannot where everything takes ten times as long: it is left out.
sanitize: packages-test
	swift build $(SWIFT_FLAGS) --build-tests --sanitize=thread --scratch-path .build-thread
	TSAN_OPTIONS="$(THREAD_OPTIONS)" swift test $(SWIFT_FLAGS) --skip-build --sanitize=thread --scratch-path .build-thread \
	  --no-parallel --skip '$(CLOCKED)'
	swift build $(SWIFT_FLAGS) --build-tests --sanitize=address --scratch-path .build-address
	ASAN_OPTIONS="$(ADDRESS_OPTIONS)" swift test $(SWIFT_FLAGS) --skip-build --sanitize=address --scratch-path .build-address \
	  --no-parallel --skip '$(CLOCKED)'

# CALLS="100 300" measures these loads only, ROWS="calls lamps" these rows.
bench: packages-bench build
	swift build $(RELEASE) --product StoreLoad
	bench/run

fuzz: packages-test
	swift build $(SWIFT_FLAGS)
	Fuzz/run $(SECONDS) $(TARGET)

prompts: packages-prompts
	prompts/render.sh

format:
	swift format --in-place --recursive --parallel Package.swift Sources Tests Fuzz bench/store

lint:
	swift format lint --strict --recursive --parallel Package.swift Sources Tests Fuzz bench/store

# Installs what is missing of a list of Debian packages; says nothing when all is there.
packages-build: PACKAGES = $(BUILD_PACKAGES)
packages-test: PACKAGES = $(TEST_PACKAGES)
packages-bench: PACKAGES = $(BENCH_PACKAGES)
packages-prompts: PACKAGES = $(PROMPT_PACKAGES)
packages-build packages-test packages-bench packages-prompts:
	@missing=""; for p in $(PACKAGES); do \
	  dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$p"; done; \
	if [ -n "$$missing" ]; then \
	  echo "installing:$$missing"; \
	  root=""; [ "$$(id -u)" = 0 ] || root="sudo"; \
	  $$root apt-get update -qq && \
	  $$root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing; fi
