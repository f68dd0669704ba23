#!/bin/sh
# Installs Debian packages while an image is built, and leaves nothing behind that differs from one build to the next.
#
#   image-packages.sh PACKAGE...
#
# SNAPSHOT=20261101T000000Z takes them as they were at that time, from snapshot.debian.org. Without it, what Debian's mirror
# has today is taken: security fixes count for more than equal bytes.
set -eu
export DEBIAN_FRONTEND=noninteractive

if [ -n "${SNAPSHOT:-}" ]; then
    # shellcheck disable=SC1091 # is in the image
    release=$(. /etc/os-release && echo "$VERSION_CODENAME")
    rm -f /etc/apt/sources.list.d/debian.sources
    archive=http://snapshot.debian.org/archive
    # What is old is no longer valid by its own word; its signatures are.
    for suite in "debian/$SNAPSHOT $release" "debian/$SNAPSHOT $release-updates" \
        "debian-security/$SNAPSHOT $release-security"; do
        echo "deb [check-valid-until=no] $archive/$suite main"
    done > /etc/apt/sources.list
fi
apt-get update
apt-get install -y --no-install-recommends "$@"
apt-get clean
rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/cache/ldconfig/aux-cache /var/log/*
