#!/usr/bin/env bash
# Reads mutated configurations under the address sanitizer.
#
#   scripts/fuzz-configuration.sh [--seed N] [--count N] [--seconds N] [--trace]
#
# Every file has a seed; one that fails is printed with its seed, and read again with --seed N --count 1.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# A folder of its own, so that the sanitizer does not get into other builds.
build=(-c release --sanitize=address --scratch-path .build/fuzz --product FuzzConfiguration)
swift build "${build[@]}"
# What the leak check finds are the schema's constants, once per process: it cannot see Swift's references to them.
# One frame of each allocation tells where it was made; all of them would take a third of the time.
export ASAN_OPTIONS=detect_leaks=0:malloc_context_size=1
exec "$(swift build "${build[@]}" --show-bin-path)/FuzzConfiguration" "$@"
