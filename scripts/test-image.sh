#!/usr/bin/env bash
# Builds the image and uses it as compose.yaml says: back up, verify, restore, compare, stop. Skipped where no
# container engine answers. Everything but the image dunnage:local is removed at the end.
#
#   scripts/test-image.sh [--no-build]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

skip() {
    echo "image: skipped, $1"
    exit 0
}
docker info > /dev/null 2>&1 || skip "no container engine answers (\`docker info\`)"
docker compose version > /dev/null 2>&1 || skip "\`docker compose\` (version 2) is not installed"

folder=$(mktemp -d)
export COMPOSE_PROJECT_NAME=dunnage-test-$$
export SOURCE=$folder/source
failures=0

# The settings of compose.yaml; only the place of the passphrase differs.
cat > "$folder/secret.yaml" <<YAML
secrets:
  backup_passphrase:
    file: $folder/passphrase
YAML
compose() { docker compose --progress "${progress:-quiet}" -f compose.yaml -f "$folder/secret.yaml" --project-directory . "$@"; }
dunnage() { compose run --rm -T dunnage "$@" < /dev/null; }
inside() { compose run --rm -T --entrypoint "$1" dunnage "${@:2}" < /dev/null; }
cleanup() {
    compose down --volumes --timeout 1 > /dev/null 2>&1 || true
    rm -rf "$folder"
}
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

mkdir -p "$SOURCE/letters"
cp -R docs examples "$SOURCE/"
ln -s ../docs "$SOURCE/letters/link"
head -c 3000000 /dev/urandom > "$SOURCE/random"
chmod -R a+rX "$folder"
head -c 32 /dev/urandom | base64 > "$folder/passphrase"
# The container's user has to be able to read it; only root can give it away.
if [ "$(id -u)" = 0 ]; then
    chown 65532:65532 "$folder/passphrase"
    chmod 400 "$folder/passphrase"
else
    chmod 444 "$folder/passphrase"
fi

if [ "${1:-}" != --no-build ]; then
    started=$SECONDS
    progress=plain check "the image builds" compose build
    [ $failures = 0 ] || exit 1
    echo "      in $((SECONDS - started)) s"
fi
size=$(docker image inspect --format '{{.Size}}' dunnage:local)
echo "      dunnage:local has $((size / 1000000)) MB, of which the program is $(
    docker run --rm --entrypoint stat dunnage:local -c %s /usr/local/bin/dunnage | awk '{ print int($1 / 1000000) }'
) MB"

is_confined() {
    inside sh -c 'id; grep -E "CapEff|CapBnd|NoNewPrivs" /proc/self/status; touch /etc/x 2>&1 || echo read-only' \
        > "$folder/confined" 2>&1
    cat "$folder/confined"
    grep -q 'uid=65532.*gid=65532' "$folder/confined" && grep -qE 'CapEff:\s0+$' "$folder/confined" &&
        grep -qE 'CapBnd:\s0+$' "$folder/confined" && grep -qE 'NoNewPrivs:\s1' "$folder/confined" &&
        grep -q '^read-only' "$folder/confined"
}
has_versions() { [ "$(dunnage versions documents -c /config/dunnage.yaml | grep -cE '^ +[0-9]')" = "$1" ]; }
# restored_is FOLDER-IN-THE-CONTAINER FOLDER-HERE
restored_is() {
    mkdir -p "$folder/restored$1"
    inside tar -C "$1" -cf - . | tar -C "$folder/restored$1" --no-same-owner -xf -
    diff -r --no-dereference "$2" "$folder/restored$1"
}
# A file of 256 GiB of nothing takes a minute to read, and no space.
stops_in_good_order() {
    local container code started
    truncate -s 256G "$SOURCE/nothing"
    container=$(compose run -d dunnage)
    for _ in $(seq 300); do
        docker logs "$container" 2>&1 | grep -q 'backup started' && break
        sleep 0.1
    done
    sleep 1
    started=$SECONDS
    docker stop "$container"
    code=$(docker inspect --format '{{.State.ExitCode}}' "$container")
    docker logs "$container"
    docker rm "$container"
    rm "$SOURCE/nothing"
    echo "exit code $code after $((SECONDS - started)) s"
    # A large file that is being read gets three seconds; docker kills after the 60 of compose.yaml.
    [ "$code" = 143 ] && [ $((SECONDS - started)) -le 15 ]
}

check "it runs as 65532, without capabilities, on a read-only file system" is_confined
check "it knows its version" dunnage version
check "it refuses a configuration that is not there, with 78" returns 78 dunnage validate /config/nothing.yaml
check "it backs up" dunnage run -c /config/dunnage.yaml
cp -R "$SOURCE" "$folder/first"
echo "one more line" >> "$SOURCE/docs/index.md"
check "it backs up what has changed" dunnage run -c /config/dunnage.yaml
check "there are two versions" has_versions 2
check "it is told to stop, and ends with 143" stops_in_good_order
check "it goes on after that" dunnage run -c /config/dunnage.yaml
check "the store is as it should be" dunnage verify documents -c /config/dunnage.yaml
check "it restores the newest version" dunnage restore documents -c /config/dunnage.yaml --target /restore/newest
check "which is identical" restored_is /restore/newest "$SOURCE"
check "it restores the first version from store and passphrase" dunnage restore --store file:///backups \
    --passphrase-file /run/secrets/backup_passphrase --version "$(
        dunnage versions documents -c /config/dunnage.yaml 2> /dev/null | awk 'NR > 1 { last = $1 } END { print last }'
    )" --target /restore/first
check "which is identical" restored_is /restore/first "$folder/first"

if [ $failures = 0 ]; then echo "image: passed"; else echo "image: $failures failed"; fi
[ $failures = 0 ]
