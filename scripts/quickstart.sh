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
config=examples/quickstart/dunnage.yaml
tree=${DUNNAGE_QUICKSTART_TREE:-/usr/share/doc}
job=quickstart
# As the user would type it in the checkout.
here=${work#"$checkout/"}

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
    printf ' %q' "$@"
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

# What a terminal needs to go on from here.
{
    printf 'export %s=%q\n' DUNNAGE_QUICKSTART_DIR "$work" DUNNAGE_QUICKSTART_TREE "$tree" \
        DUNNAGE_QUICKSTART_CHECKOUT "$checkout"
    # shellcheck disable=SC2016 # for the reader's shell to expand
    printf 'PATH=%q:$PATH\n' "$(dirname "$dunnage")"
} > "$work/environment"

say "Checking the configuration, $config"
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
run restore "$job" "$sample" -c "$config" --target "$here/restored"
restored=$took
run restore "$job" "$sample/README.md" -c "$config" --version 1 --target "$here/earlier"

# A restored folder keeps its own name below the target.
diff -r --no-dereference "$sample" "$work/restored/${sample##*/}"
diff -q "$checkout/README.md" "$work/earlier/README.md"
echo "diff finds no difference."

objects=$(find "$work/store" -type f | wc -l)
cat <<TXT

${bold}What happened$plain
  Two versions of $tree and of this checkout are in one encrypted store: $objects objects, $stored_second.
  The first backup took $first s and stored $stored_first; the second took $second s.
  The store was verified in $verified s. The sample was restored in $restored s and is identical to the original,
  and README.md came back as it was before the change.

${bold}Where it is$plain
  store        $here/store
  passphrase   $here/passphrase   (without it nobody can read the store)
  restored     $here/restored

${bold}What to type next$plain
  source $(printf %q "$here")/environment
  dunnage files $job '*/README.md' -c $config
  dunnage run $job -c $config      # a third version
  dunnage versions --store "file://\$DUNNAGE_QUICKSTART_DIR/store" \\
      --passphrase-file "\$DUNNAGE_QUICKSTART_DIR/passphrase"       # the same store without a configuration

  Your own data: docs/getting-started.md. To remove all of this: rm -rf $(printf %q "$here") .quickstart-sample
TXT
