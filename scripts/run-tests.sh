#!/usr/bin/env bash
# Runs the Swift tests: shows what is skipped and what goes wrong, and ends with what went wrong.
#
#   scripts/run-tests.sh [OPTION OF swift build]...
#
# Those that talk to servers or start programs mostly wait, and each that waits keeps a thread of the few that a
# process has for tests; so they have a process of their own, beside the others. All that is printed is kept in
# .build/tests-*.log.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

waiting='DestinationsTests|EndToEndTests'
swift=${SWIFT:-swift}
"$swift" build --build-tests "$@"
bundle=$("$swift" build --show-bin-path "$@")/dunnagePackageTests.xctest

# run NAME OPTION...: one process of tests
run() {
    local log=.build/tests-$1.log
    shift
    NO_COLOR=1 "$bundle" --testing-library swift-testing "$@" 2>&1 | tee "$log" | shown
}

# shown: leaves out what begins or passes, with the further lines of its arguments, and what tests print meanwhile; a crash
# is shown wherever it begins.
shown() {
    awk '
        /^(◇|✔) / { shows = 0 }
        /^✔ Test run/ || /^(✘|➜|⚠|↳) / { shows = 1 }
        /^(Fatal error|error:|\*\*\* |💣|=+[0-9]+=+ ?ERROR)|: Fatal error: |Program crashed/ { shows = 1 }
        shows { print; fflush() }'
}

run waiting --filter "$waiting" &
status=0
run others --skip "$waiting" || status=$?
wait $! || status=$?
if [ "$status" -ne 0 ]; then
    printf '\nWhat went wrong (all of the output is in .build/tests-*.log):\n' >&2
    grep -h -A 4 -E 'recorded an issue|error:' .build/tests-*.log | grep -vE '^(◇|✔) ' | head -n 200 >&2 || true
fi
exit "$status"
