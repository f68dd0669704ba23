#!/usr/bin/env bash
# Builds the image and uses it as people do: one command and a service, with a read-only root and no capabilities, with
# PUID, with a configuration as Kubernetes mounts it, and the demo of compose.yaml. Skipped where no container engine
# answers. Everything but the images dunnage:local and dunnage:local-tools is removed at the end.
#
#   scripts/test-image.sh [--engine] [--binary FILE | --no-build]
#
#   --engine       first start an engine of our own (scripts/container-engine.sh; Debian, root), and stop it at the end
#   --binary FILE  put this release binary into the image in place of building one there
#   --no-build     use the images that are there
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

skip() {
    echo "image: skipped, $1"
    exit 0
}
build=image binary='' engine=''
while [ $# -gt 0 ]; do
    case "$1" in
        --engine) engine=.build/engine ;;
        --binary) build=binary binary=$(realpath "$2") && shift ;;
        --no-build) build=none ;;
        *) sed -n '2,/^set /{ s/^# \{0,1\}//; /^set /d; p }' "${BASH_SOURCE[0]}" >&2 && exit 2 ;;
    esac
    shift
done
if [ -n "$engine" ]; then
    scripts/container-engine.sh start "$engine"
    eval "$(scripts/container-engine.sh environment "$engine")"
    [ "$build" != image ] || scripts/container-engine.sh images "$engine" swift
fi
docker info > /dev/null 2>&1 || skip "no container engine answers (\`docker info\`)"
docker compose version > /dev/null 2>&1 || skip "\`docker compose\` (version 2) is not installed"

folder=$(mktemp -d)
name=dunnage-test-$$
failures=0
cleanup() {
    docker ps -aq --filter "label=$name" | xargs -r docker rm -f > /dev/null 2>&1 || true
    demo down --volumes --timeout 1 > /dev/null 2>&1 || true
    [ ! -d "$folder/nas" ] || nas down --volumes --timeout 1 > /dev/null 2>&1 || true
    docker volume rm -f "$name-state" "$name-store" "$name-restore" > /dev/null 2>&1 || true
    rm -rf "$folder"
    [ -z "$engine" ] || scripts/container-engine.sh stop "$engine"
}
demo() { docker compose --progress quiet -p "$name" "$@"; }
trap cleanup EXIT

# check SENTENCE COMMAND...: runs the command; its output is shown when it fails.
check() {
    if "${@:2}" > "$folder/output" 2>&1; then
        echo "ok    $1"
    else
        echo "FAIL  $1"
        sed 's/^/      /' "$folder/output"
        failures=$((failures + 1))
    fi
}
returns() {
    local code=0
    "${@:2}" || code=$?
    echo "exit code $code, expected $1"
    [ "$code" = "$1" ]
}
# until_true SECONDS COMMAND...
until_true() {
    local limit=$((SECONDS + $1))
    until "${@:2}"; do
        [ $SECONDS -lt $limit ] || return 1
        sleep 0.2
    done
}
# The setting in which everything here runs; `contained OPTION... IMAGE ARGUMENT...`.
contained() {
    docker run --label "$name" --read-only --cap-drop ALL --security-opt no-new-privileges --network none \
        --tmpfs /tmp:size=1g,mode=1777 -v "$folder/config:/config:ro" -v "$folder/secrets:/run/secrets:ro" \
        -v "$folder/source:/source:ro" -v "$name-state:/state" -v "$name-store:/backups" -v "$name-restore:/restore" "$@"
}
dunnage() { contained --rm dunnage:local "$@"; }
inside() { contained --rm --entrypoint "$1" dunnage:local "${@:2}"; }

# MARK: What is backed up, and the configuration as a ConfigMap and a Secret are mounted: names that lead through ..data.

mkdir -p "$folder/source/documents/letters"
cp -R docs examples "$folder/source/documents/"
ln -s ../docs "$folder/source/documents/letters/link"
head -c 3000000 /dev/urandom > "$folder/source/documents/random"
mkdir -p "$folder/config/..2026_11_22" "$folder/secrets/..2026_11_22"
for mount in config secrets; do ln -s ..2026_11_22 "$folder/$mount/..data"; done
for file in dunnage broken; do ln -s "..data/$file.yaml" "$folder/config/$file.yaml"; done
ln -s ..data/backup_passphrase "$folder/secrets/backup_passphrase"
cat > "$folder/config/..data/dunnage.yaml" << 'YAML'
version: 1
instance: test
secrets:
  backup_passphrase: { file: /run/secrets/backup_passphrase }
destinations:
  store: { url: file:///backups }
jobs:
  documents:
    sources:
      - path: /source/documents
    encryption: { passphrase: { secret: backup_passphrase } }
    destinations: [store]
    hooks:
      before:
        # Leaves an orphan, in a session of its own.
        - command: [sh, -c, '(setsid sh -c "sleep 0.1" &)']
YAML
echo 'version: 1
jobs: { a: { sauces: [] } }' > "$folder/config/..data/broken.yaml"
head -c 32 /dev/urandom | base64 > "$folder/secrets/..data/backup_passphrase"
chmod -R a+rX "$folder"
# The container's user has to be able to read it; only root can give it away.
if [ "$(id -u)" = 0 ]; then
    chown 65532:65532 "$folder/secrets/..data/backup_passphrase"
    chmod 400 "$folder/secrets/..data/backup_passphrase"
fi

# MARK: The image

# Where the stage of a build comes from when a binary is given.
context=()
if [ $build = binary ]; then
    mkdir -p "$folder/build/out"
    strip -s -o "$folder/build/out/dunnage" "$binary"
    cp Package.resolved "$folder/build/out/"
    "${SWIFT:-swift}" --version > "$folder/build/out/swift-version" 2> /dev/null
    context=(--build-context "build=$folder/build")
fi
build() { docker build --progress plain "${context[@]}" "$@" .; }
version=$(sed -n 's/.*current = "\(.*\)".*/\1/p' Sources/Jobs/ProgramVersion.swift)
if [ $build != none ]; then
    started=$SECONDS
    check "the image builds" build --tag dunnage:local --build-arg "VERSION=$version" \
        --build-arg "REVISION=$(git rev-parse HEAD 2> /dev/null || true)"
    check "the image with the programs for dumps builds" build --tag dunnage:local-tools --target tools
    [ $failures = 0 ] || exit 1
    echo "      in $((SECONDS - started)) s"
fi
for image in dunnage:local dunnage:local-tools; do
    docker image inspect --format "{{.Size}} {{len .RootFS.Layers}} {{.Architecture}}" $image |
        awk -v image=$image '{ printf "      %s: %d MB, %d layers, %s\n", image, $1 / 1000000, $2, $3 }'
done
echo "      the program: $(docker run --rm --entrypoint stat dunnage:local -c %s /usr/local/bin/dunnage |
    awk '{ print int($1 / 1000000) }') MB; to its version and back: $(
    docker run --rm --entrypoint bash dunnage:local -c \
        'time for i in 1 2 3 4 5 6 7 8 9 10; do dunnage version > /dev/null; done' 2>&1 |
        awk '/real/ { split($2, t, /[ms]/); printf "%.0f ms", (t[1] * 60 + t[2]) * 100 }'
), with the container around it $(
    { time docker run --rm dunnage:local version > /dev/null; } 2>&1 |
        awk '/real/ { split($2, t, /[ms]/); printf "%.0f ms", (t[1] * 60 + t[2]) * 1000 }'
)"
has_label() {
    local found
    found=$(docker image inspect --format "{{index .Config.Labels \"org.opencontainers.image.$1\"}}" dunnage:local)
    echo "$1 is $found"
    [ -n "$found" ]
}
lacks_a_library() { inside sh -c 'ldd /usr/local/bin/dunnage' | grep 'not found'; }
needs_only_what_is_there() { ! lacks_a_library; }
has_tools() {
    docker run --rm --entrypoint sh dunnage:local-tools -c 'set -e
        for tool in pg_dump pg_restore mariadb-dump redis-cli sqlite3 gpg ssh git; do command -v $tool; done'
}
sbom() {
    scripts/sbom.py dunnage:local > "$folder/sbom.json" && scripts/sbom.py --check "$folder/sbom.json"
}
if [ $build != none ]; then
    for label in title version licenses; do check "it says its $label" has_label $label; done
fi
check "every library that it needs is there" needs_only_what_is_there
check "the other one has the programs for dumps" has_tools
check "what it is made of can be written down (SPDX)" sbom

# MARK: One command

is_confined() {
    inside sh -c 'id; grep -E "CapEff|CapBnd|NoNewPrivs" /proc/self/status; touch /etc/x 2>&1 || echo read-only' \
        > "$folder/confined" 2>&1
    cat "$folder/confined"
    grep -q 'uid=65532.*gid=65532' "$folder/confined" && grep -qE 'CapEff:\s0+$' "$folder/confined" &&
        grep -qE 'CapBnd:\s0+$' "$folder/confined" && grep -qE 'NoNewPrivs:\s1' "$folder/confined" &&
        grep -q '^read-only' "$folder/confined"
}
knows_zones() { contained --rm -e TZ=Pacific/Auckland --entrypoint date dunnage:local +%z | grep -E '^\+1[23]00$'; }
has_versions() { [ "$(dunnage versions documents -c /config/dunnage.yaml | grep -cE '^ +[0-9]')" = "$1" ]; }
# restored_is FOLDER-IN-THE-CONTAINER FOLDER-HERE
restored_is() {
    mkdir -p "$folder/restored$1"
    inside tar -C "$1" -cf - . | tar -C "$folder/restored$1" --no-same-owner -xf -
    diff -r --no-dereference "$2" "$folder/restored$1"
}
has_logged() { docker logs "$container" 2>&1 | grep -q "$1"; }
is_healthy() { [ "$(docker inspect --format '{{.State.Health.Status}}' "$container")" = "$1" ]; }
# A file of 256 GiB of nothing takes a minute to read, and no space.
container=''
stops_in_good_order() {
    local code started
    truncate -s 256G "$folder/source/documents/nothing"
    container=$(contained -d --stop-timeout 60 --health-interval 1s --health-start-period 0s --health-retries 1 \
        dunnage:local run -c /config/dunnage.yaml)
    # It is not called unhealthy for being no service.
    until_true 30 has_logged 'backup started' && until_true 30 is_healthy healthy || return 1
    sleep 1
    started=$SECONDS
    docker stop "$container"
    code=$(docker inspect --format '{{.State.ExitCode}}' "$container")
    docker logs "$container"
    docker rm "$container"
    rm "$folder/source/documents/nothing"
    echo "exit code $code after $((SECONDS - started)) s"
    # A large file that is being read gets three seconds; docker kills after the 60 that it was told.
    [ "$code" = 143 ] && [ $((SECONDS - started)) -le 15 ]
}

check "it runs as 65532, without capabilities, on a read-only file system" is_confined
check "it knows its version" dunnage version
check "it knows time zones" knows_zones
check "it refuses a configuration that is not there, with 78" returns 78 dunnage validate /config/nothing.yaml
check "it refuses a configuration that is wrong, with 78" returns 78 dunnage validate /config/broken.yaml
check "it backs up, by a configuration and a secret as Kubernetes mounts them" dunnage run -c /config/dunnage.yaml
cp -R "$folder/source/documents" "$folder/first"
echo "one more line" >> "$folder/source/documents/docs/index.md"
check "it backs up what has changed" dunnage run -c /config/dunnage.yaml
check "there are two versions" has_versions 2
check "it is healthy at its work, is told to stop, and ends with 143" stops_in_good_order
check "it goes on after that" dunnage run -c /config/dunnage.yaml
check "the store is as it should be" dunnage verify documents -c /config/dunnage.yaml
check "it restores the newest version" dunnage restore documents -c /config/dunnage.yaml --target /restore/newest
check "which is identical" restored_is /restore/newest "$folder/source/documents"
check "it restores the first version from store and passphrase" dunnage restore --store file:///backups \
    --passphrase-file /run/secrets/backup_passphrase --version "$(
        dunnage versions documents -c /config/dunnage.yaml 2> /dev/null | awk 'NR > 1 { last = $1 } END { print last }'
    )" --target /restore/first
check "which is identical" restored_is /restore/first "$folder/first"

# The container of examples/kubernetes, with its arguments, its user and its file.
as_cronjob() {
    local -a arguments
    mapfile -t arguments < <(awk '/ args:$/ { on = 1; next } on && !/^ *- / { exit }
        on { sub(/^ *- /, ""); gsub(/"/, ""); print }' examples/kubernetes/base/workloads.yaml)
    [ ${#arguments[@]} -gt 0 ] || return 1
    mkdir -p "$folder/cluster/..2026_11_22"
    cp examples/kubernetes/dunnage.yaml "$folder/cluster/..2026_11_22/"
    ln -sfn ..2026_11_22 "$folder/cluster/..data"
    ln -sf ..data/dunnage.yaml "$folder/cluster/dunnage.yaml"
    docker run --rm --label "$name" --read-only --cap-drop ALL --security-opt no-new-privileges --user 65532:65532 \
        --tmpfs /tmp:mode=1777 --tmpfs /state:uid=65532 --tmpfs /backups:uid=65532 -v "$folder/cluster:/config:ro" \
        -v "$folder/secrets:/run/secrets:ro" -v "$folder/source/documents:/source/uploads:ro" \
        dunnage:local "${arguments[@]}"
}
check "it runs as the CronJob of examples/kubernetes has it" as_cronjob

# MARK: PUID

as_user() {
    docker run --rm --label "$name" --read-only --cap-drop ALL "${@:2}" --user 0:0 -e PUID="$1" -e PGID=100 -e UMASK=027 \
        --security-opt no-new-privileges --tmpfs /tmp:mode=1777 -v "$folder/puid-config:/config:ro" \
        -v "$folder/puid-state:/state" -v "$folder/puid-store:/backups" -v "$folder/source:/source:ro" \
        dunnage:local run -c /config/dunnage.yaml
}
becomes_user() {
    mkdir -p "$folder/puid-state" "$folder/puid-store" "$folder/puid-config"
    echo passphrase-of-the-test > "$folder/puid-config/passphrase"
    sed 's,/run/secrets/backup_passphrase,/config/passphrase,' "$folder/config/dunnage.yaml" \
        > "$folder/puid-config/dunnage.yaml"
    chmod 755 "$folder/puid-state"
    chown 1026:100 "$folder/puid-store"
    as_user 1026 --cap-add CHOWN --cap-add SETGID --cap-add SETUID || return 1
    find "$folder/puid-state" "$folder/puid-store" -printf '%U:%G %m %p\n' | tee "$folder/owners"
    ! grep -qv '^1026:100 ' "$folder/owners" && ! grep -qE ' [0-9]*[1-7] .*(dblock|sqlite)' "$folder/owners"
}
if [ "$(id -u)" = 0 ]; then
    check "as root with PUID it gives /state away and becomes that user, with UMASK" becomes_user
fi
says_what_it_lacks() { returns 77 as_user 1026 2>&1 | tee "$folder/said" && grep -q 'cap_add: \[CHOWN' "$folder/said"; }
says_who_it_is() {
    returns 78 contained --rm -e PUID=1026 dunnage:local version 2>&1 | tee "$folder/said" &&
        grep -q 'runs as 65532:65532' "$folder/said"
}
check "without the capabilities for that it says which, and ends with 77" says_what_it_lacks
check "PUID without root is refused with 78" says_who_it_is

# MARK: The service

# The program, which is the child of the first process.
program() {
    docker exec "$container" sh -c \
        'for p in /proc/[0-9]*; do grep -qs "^PPid:.1$" $p/status && grep -aqs "serve" $p/cmdline && echo ${p#/proc/}; done'
}
signal() { docker exec "$container" sh -c "kill -$1 $(program)"; }
serves() {
    docker volume rm -f "$name-state" > /dev/null
    sed 's/^    destinations: \[store\]/&\n    schedule: { cron: "* * * * * *" }/' "$folder/config/dunnage.yaml" \
        > "$folder/config/..data/service.yaml"
    ln -s ..data/service.yaml "$folder/config/service.yaml"
    container=$(contained -d --stop-timeout 60 --health-interval 1s --health-timeout 3s --health-retries 2 \
        --health-start-period 30s dunnage:local serve -c /config/service.yaml)
    is_healthy starting && until_true 30 is_healthy healthy
}
becomes_unhealthy() { signal STOP && until_true 60 is_healthy unhealthy; }
becomes_healthy() { signal CONT && until_true 30 is_healthy healthy; }
has_succeeded() {
    docker exec "$container" dunnage history -c /config/service.yaml --json | grep -q '"state": *"success"'
}
# The hook of each run leaves an orphan: by now there have been some, and none stays.
zombies() { docker exec "$container" sh -c 'cat /proc/[0-9]*/status 2> /dev/null | grep -c "^State:.Z" || true'; }
has_no_zombies() { [ "$(zombies)" = 0 ]; }
ends() {
    docker stop "$container"
    docker logs --tail 3 "$container"
    [ "$(docker inspect --format '{{.State.ExitCode}}' "$container")" = 143 ]
}
check "a service is starting, then healthy" serves
check "runs by its schedule" until_true 30 has_succeeded
check "orphans of hooks are waited for" until_true 10 has_no_zombies
check "a service that stands still is unhealthy" becomes_unhealthy
check "and healthy when it goes on" becomes_healthy
check "SIGTERM ends it with 143" ends

# MARK: Compose

for file in compose.yaml examples/compose/*/compose.yaml; do
    check "$file is what Compose expects" docker compose --env-file /dev/null -f "$file" config --quiet
done
# An example as it is, with secrets that only its user may read.
nas() { docker compose --progress quiet -p "$name-nas" -f "$folder/nas/compose.yaml" "$@"; }
has_its_secrets() {
    export SHARES=$folder/shares
    cp -R examples/compose/nas "$folder/nas"
    mkdir -p "$folder/nas/secrets" "$folder/nas/state" "$SHARES"/{photos,music,homes,restored}
    for secret in backup_passphrase openstack_secret mail_password; do
        head -c 32 /dev/urandom | base64 > "$folder/nas/secrets/$secret"
    done
    if [ "$(id -u)" = 0 ]; then
        chown 1026:100 "$folder"/nas/secrets/*
        chmod 400 "$folder"/nas/secrets/*
    fi
    nas run --rm -T dunnage secret check -c /config/dunnage.yaml < /dev/null
}
check "the NAS of the examples reads its secrets from files, as PUID" has_its_secrets
# Compose knows no network that stays on this machine but the bridge that it makes itself.
reports() { demo logs --no-log-prefix receiver; }
told_of() { reports | grep -q "success: $1:"; }
is_up() { demo up --detach --wait --wait-timeout 120 --no-build; }
# has_the_rows DESTINATION
has_the_rows() {
    demo exec -T dunnage dunnage restore shop -c /config/dunnage.yaml --destination "$1" --target "/restore/$1" &&
        demo exec -T dunnage pg_restore --data-only --file=- "/restore/$1/shop.pgdump" > "$folder/rows" &&
        [ "$(grep -c 'customer [0-9]' "$folder/rows")" = 1000 ]
}
is_down() {
    demo down --volumes --timeout 60 && [ -z "$(docker ps -aq --filter "label=com.docker.compose.project=$name")" ]
}
ended_well() {
    demo stop --timeout 60 dunnage
    [ "$(docker inspect --format '{{.State.ExitCode}}' "$(demo ps -aq dunnage)")" = 143 ]
}
check "the demo comes up, and all of it is healthy" is_up
check "its database was backed up and the receiver told, with a good signature" until_true 150 told_of shop
check "and its folder" until_true 90 told_of documents
for destination in store s3; do
    check "the database's rows are in the backup at $destination" has_the_rows $destination
done
check "its service stops in good order" ended_well
check "the demo goes, and leaves nothing" is_down

if [ $failures = 0 ]; then echo "image: passed"; else echo "image: $failures failed"; fi
[ $failures = 0 ]
