#!/usr/bin/env bash
# Checks what the machine needs to build Dunnage, or to test it, and installs missing Debian packages.
#
#   scripts/install-dependencies.sh [build|test]
#
# Nothing is downloaded, and no network is touched, when nothing is missing. As root the packages are
# installed with apt-get; as another user through sudo; without either the command to type is printed.
set -euo pipefail

minimum_swift=6.2

# PACKAGE, or PACKAGE=COMMAND where the command is what counts and other packages may provide it.
build_packages=(
    libcurl4-openssl-dev libdeflate-dev libexpat1-dev libisal-dev liblzma-dev libsqlite3-dev libssl-dev libyaml-dev
    zlib1g-dev git=git pkg-config=pkg-config
)
test_packages=(attr=setfattr gnupg=gpg pass=pass prosody=prosody python3=python3 python3-jsonschema python3-venv)

case "${1:-build}" in
    build) wanted=("${build_packages[@]}") ;;
    test) wanted=("${build_packages[@]}" "${test_packages[@]}") ;;
    *)
        echo "usage: ${0##*/} [build|test]" >&2
        exit 2
        ;;
esac

fail() {
    printf '%s\n' "$@" >&2
    exit 1
}

check_swift() {
    local version
    command -v "${SWIFT:-swift}" >/dev/null || fail \
        "Swift is not installed, or not on the PATH; Dunnage needs Swift $minimum_swift or newer." \
        "Install it from https://www.swift.org/install/linux/, then run this again."
    version=$("${SWIFT:-swift}" --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' | head -n 1)
    [ -n "$version" ] || fail "\`${SWIFT:-swift} --version\` did not name a version; is the toolchain complete?"
    # The older of the two, as version numbers sort, must be the minimum.
    [ "$(printf '%s\n' "$minimum_swift" "$version" | sort -V | head -n 1)" = "$minimum_swift" ] || fail \
        "This is Swift $version; Dunnage needs Swift $minimum_swift or newer." \
        "Install a newer one from https://www.swift.org/install/linux/, then run this again."
}

is_installed() {
    case "$1" in
        *=*) command -v "${1#*=}" >/dev/null ;;
        *) [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ] ;;
    esac
}

check_swift

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    echo "This is no Debian or Ubuntu machine, so nothing was checked or installed." >&2
    echo "Needed is what these Debian packages hold: ${wanted[*]%%=*}" >&2
    exit 0
fi

missing=()
for entry in "${wanted[@]}"; do
    is_installed "$entry" || missing+=("${entry%%=*}")
done
[ ${#missing[@]} -gt 0 ] || exit 0

install=(apt-get install -y --no-install-recommends "${missing[@]}")

if [ "$(id -u)" = 0 ]; then
    as_root=(env DEBIAN_FRONTEND=noninteractive)
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    as_root=(sudo -n env DEBIAN_FRONTEND=noninteractive)
elif command -v sudo >/dev/null && [ -t 0 ]; then
    echo "sudo may ask for your password, to install: ${missing[*]}"
    as_root=(sudo env DEBIAN_FRONTEND=noninteractive)
else
    fail "These Debian packages are missing: ${missing[*]}" \
        "Installing them takes root. Type, as root:" \
        "" \
        "    apt-get update && ${install[*]}" \
        "" \
        "and run this again."
fi

echo "Installing ${missing[*]}"
# An old package list can be good enough, so a failing update is not the end; a failing install is.
"${as_root[@]}" apt-get update -qq || echo "apt-get update failed; trying with the package lists that are here" >&2
"${as_root[@]}" "${install[@]}" || fail \
    "The packages could not be installed; what apt-get said stands above." \
    "By hand: apt-get update && ${install[*]}"
