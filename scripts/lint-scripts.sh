#!/usr/bin/env bash
# Checks the shell scripts with shellcheck where it is installed, and at least their syntax where it is not; and the
# Dockerfile with hadolint where that is.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scripts=(.ci/run scripts/*.sh examples/compose/demo/*.sh)
if command -v shellcheck >/dev/null; then
    shellcheck --severity=style "${scripts[@]}"
    shellcheck --severity=style --shell=sh packaging/debian/{postinst,prerm,postrm}
else
    for script in "${scripts[@]}"; do
        bash -n "$script"
    done
    echo "shellcheck is not installed: only the syntax of the shell scripts was checked" >&2
fi
if command -v hadolint >/dev/null; then hadolint Dockerfile; fi
