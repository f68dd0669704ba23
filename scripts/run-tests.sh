#!/usr/bin/env bash
# Runs the Swift tests: shows what is skipped and what goes wrong, and ends with what went wrong.
#
#   scripts/run-tests.sh [OPTION OF swift test]...
#
# All that the tests print is kept in .build/test.log.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

mkdir -p .build
log=.build/test.log
status=0
"${SWIFT:-swift}" test "$@" 2>&1 | tee "$log" |
    awk '/^✔ Test run/ || !/^(◇|✔) / { print; fflush() }' || status=$?
if [ "$status" -ne 0 ]; then
    printf '\nWhat went wrong (all of the output is in %s):\n' "$log" >&2
    grep -A 4 -E 'recorded an issue|error:' "$log" | grep -vE '^(◇|✔) ' | head -n 200 >&2 || true
fi
exit "$status"
