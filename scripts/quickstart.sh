#!/usr/bin/env bash
# The quick start: backs real folders of this machine up to an encrypted local store, changes something,
# backs up again, lists, verifies, restores, and compares. It reads /usr/share/doc and this checkout, and
# writes only below .quickstart and .quickstart-sample (both are ignored by git).
#
#   scripts/quickstart.sh PATH-OF-THE-DUNNAGE-BINARY
#
# DUNNAGE_QUICKSTART_DIR   where the store and the restored files go (default: .quickstart)
# DUNNAGE_QUICKSTART_TREE  the folder to back up beside the checkout (default: /usr/share/doc)
set -euo pipefail
umask 077

if [ $# -ne 1 ] || [ ! -x "$1" ]; then
    echo "usage: ${0##*/} PATH-OF-THE-DUNNAGE-BINARY (\`make run\` builds it and calls this)" >&2
    exit 2
fi
dunnage=$(realpath "$1")
cd "$(dirname "${BASH_SOURCE[0]}")/.."

checkout=$PWD
base=$(realpath -m "${DUNNAGE_QUICKSTART_DIR:-.quickstart}")
work=$base/$(date -u +%Y%m%dT%H%M%SZ)
sample=$checkout/.quickstart-sample
config=$checkout/examples/quickstart/dunnage.yaml
tree=${DUNNAGE_QUICKSTART_TREE:-/usr/share/doc}
job=quickstart

[ -d "$tree" ] || {
    echo "$tree does not exist here; set DUNNAGE_QUICKSTART_TREE to a folder that you can read." >&2
    exit 1
}

export DUNNAGE_QUICKSTART_DIR=$work
export DUNNAGE_QUICKSTART_TREE=$tree
export DUNNAGE_QUICKSTART_CHECKOUT=$checkout

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
    bold=$'\e[1m' plain=$'\e[0m'
else
    bold='' plain=''
fi

now() { date +%s%N; }
seconds_since() { awk -v from="$1" -v to="$(now)" 'BEGIN { printf "%.1f", (to - from) / 1e9 }'; }
size_of() { du -sh --apparent-size "$1" | cut -f 1; }
say() { printf '\n%s== %s%s\n' "$bold" "$*" "$plain"; }

# Prints a command as the user would type it, runs it, and leaves its duration in $took.
run() {
    printf '$ dunnage'
    printf ' %q' "${@/#$checkout\//}"
    printf '\n'
    local start
    start=$(now)
    "$dunnage" "$@"
    took=$(seconds_since "$start")
}

mkdir -p "$work/store" "$work/state" "$work/restored" "$work/earlier"
rm -rf "$sample"
mkdir -p "$sample"
cp -R README.md docs examples "$sample/"
# 32 random bytes, readable by you only. Whoever has this file and the store can read the backup.
head -c 32 /dev/urandom | base64 > "$work/passphrase"

say "Checking the configuration, ${config#"$checkout/"}"
run validate "$config"

say "First backup: $tree and this checkout"
run run "$job" -c "$config"
first=$took
stored_first=$(size_of "$work/store")

say "Changing the sample: one file edited, one added, one deleted"
echo "A line that the first version does not have." >> "$sample/README.md"
echo "New in the second version." > "$sample/added.txt"
rm "$sample/docs/index.md"

say "Second backup: only what changed is read and stored"
run run "$job" -c "$config"
second=$took
stored_second=$(size_of "$work/store")

say "What the store holds"
run versions "$job" -c "$config"

say "Verifying every object and block of the store"
run verify "$job" -c "$config"
verified=$took

say "Restoring the sample as it is now, and README.md as it was before"
run restore "$job" "$sample" -c "$config" --target "$work/restored"
restored=$took
run restore "$job" "$sample/README.md" -c "$config" --version 1 --target "$work/earlier"

# A restored folder keeps its own name below the target.
diff -r --no-dereference "$sample" "$work/restored/${sample##*/}"
diff -q "$checkout/README.md" "$work/earlier/README.md"
echo "diff finds no difference."

objects=$(find "$work/store" -type f | wc -l)
here=${work#"$checkout/"}
cat <<TXT

${bold}What happened$plain
  Two versions of $tree and of this checkout are in one encrypted store: $objects objects, $stored_second.
  The first backup took $first s and stored $stored_first; the second took $second s.
  Every object was verified in $verified s; the sample was restored in $restored s and is identical to the
  original, and so is README.md from before the change.

${bold}Where it is$plain
  store        $here/store
  passphrase   $here/passphrase   (without it the store cannot be read, by anybody)
  restored     $here/restored

${bold}What to type next$plain
  export DUNNAGE_QUICKSTART_DIR=$(printf %q "$work") DUNNAGE_QUICKSTART_TREE=$(printf %q "$tree") DUNNAGE_QUICKSTART_CHECKOUT=$(printf %q "$checkout")
  alias dunnage=$(printf %q "$dunnage")
  dunnage files $job 'README*' -c examples/quickstart/dunnage.yaml
  dunnage run $job -c examples/quickstart/dunnage.yaml          # a third version, if something changed
  dunnage versions --store file://$(printf %q "$work")/store --passphrase-file $(printf %q "$work")/passphrase
                                                # the same store, without any configuration
  make install                                  # puts dunnage into /usr/local/bin; then docs/getting-started.md
  rm -rf $(printf %q "$here") .quickstart-sample          # removes what this quick start has made
TXT
