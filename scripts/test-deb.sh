#!/usr/bin/env bash
# Builds the Debian package twice, compares, looks at it with lintian, and lives with it in a Debian of its own: install,
# the units under a real systemd, upgrade, remove, purge. What cannot be done here is said to be skipped.
#
#   scripts/test-deb.sh [--binary .build/release/dunnage]
#
# The Debian is made with mmdebstrap once, in .build/deb-base.tar, and unpacked in a temporary folder; its systemd runs in
# namespaces of its own. Nothing is installed on this machine. That takes root, as namespaces and mounts do.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

binary=.build/release/dunnage
[ "${1:-}" != --binary ] || binary=$2

say() { printf '%s\n' "$*"; }
skip() {
    say "skipped: $*"
    exit 0
}
fail() {
    say "FAIL: $*" >&2
    exit 1
}

work=$(mktemp -d)
boot=
cleanup() {
    if [ -n "$boot" ]; then
        kill -KILL "$boot" 2>/dev/null || true
        wait "$boot" 2>/dev/null || true
    fi
    rm -rf "$work"
}
trap cleanup EXIT

# --- the package ---------------------------------------------------------------------------------------------
package=$(scripts/build-deb.sh --binary "$binary" --output "$work/one")
again=$(scripts/build-deb.sh --binary "$binary" --output "$work/two")
cmp "$package" "$again" || fail "two builds differ"
say "ok    two builds are the same: $(sha256sum <"$package" | cut -c 1-16)…, $(du -h "$package" | cut -f 1)"

if command -v lintian >/dev/null; then
    found=$(lintian --fail-on none --allow-root "$package" 2>&1)
    [ -z "$found" ] || fail "lintian: $found"
    say "ok    lintian has nothing to say"
else
    say "skipped: lintian is not installed"
fi

# --- a Debian of its own -------------------------------------------------------------------------------------
[ "$(id -u)" = 0 ] || skip "installing takes root"
command -v mmdebstrap >/dev/null || skip "installing: mmdebstrap is not installed"

# The last of alternatives is systemd itself, which the test needs anyway.
depends=$(dpkg-deb -f "$package" Depends | tr ',' '\n' | sed -e 's/.*|//' -e 's/(.*//' -e 's/ //g' | sort -u | paste -sd ,)
base=.build/deb-base.tar
if [ ! -s "$base" ]; then
    mkdir -p .build
    # Its name says that it is to be an archive, also to mmdebstrap.
    part=.build/deb-base.part.tar
    mmdebstrap --quiet --variant=minbase --include="$depends,systemd-sysv,man-db,ca-certificates" bookworm "$part" ||
        skip "installing: no Debian could be had"
    mv "$part" "$base"
fi
root=$work/root
mkdir "$root"
tar -C "$root" -xf "$base"
cp "$package" "$root/root/dunnage.deb"
newer=$(scripts/build-deb.sh --binary "$binary" --output "$work/newer" --revision 2)
cp "$newer" "$root/root/newer.deb"

cat >"$work/boot" <<'BOOT'
set -e
root=$1
# Private until the root is another; then shared, as systemd hands credentials to its services by mounts.
mount --make-rprivate /
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/run"
mount --rbind /dev "$root/dev"
mount -t sysfs sysfs "$root/sys" 2>/dev/null || mount --bind /sys "$root/sys"
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
    mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
else
    mount -t tmpfs tmpfs "$root/sys/fs/cgroup"
    mkdir "$root/sys/fs/cgroup/systemd"
    mount -t cgroup -o none,name=systemd cgroup "$root/sys/fs/cgroup/systemd"
fi
cd "$root"
pivot_root . mnt
umount -l mnt
mount --make-rshared /
export container=namespaces
exec /lib/systemd/systemd --log-target=null systemd.unit=multi-user.target
BOOT
unshare --mount --pid --uts --ipc --cgroup --fork --kill-child bash "$work/boot" "$root" >"$work/boot.log" 2>&1 &
boot=$!
# inside <SCRIPT: in that Debian, where systemd is the first process
inside() {
    local first
    first=$(pgrep -P "$boot" | head -n 1)
    [ -n "$first" ] || return 1
    { echo 'refute() { if "$@"; then echo "should not be: $*"; exit 1; fi; }' && cat; } >"$work/script"
    timeout -s KILL 120 nsenter -t "$first" -m -p -u -i -C env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
        LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive bash -euo pipefail -c "$(cat "$work/script")" </dev/null
}
state=
for _ in $(seq 1 60); do
    state=$(inside <<<'systemctl is-system-running' 2>/dev/null || true)
    case $state in running | degraded) break ;; esac
    kill -0 "$boot" 2>/dev/null || break
    sleep 0.5
done
case $state in
    running | degraded) say "ok    systemd runs" ;;
    *) skip "installing: no systemd could be started here: $(tail -n 1 "$work/boot.log")" ;;
esac

inside <<<'dpkg -i /root/dunnage.deb' >"$work/log" 2>&1 || fail "install: $(cat "$work/log")"
inside >"$work/log" 2>&1 <<'INSIDE' || fail "after the install: $(cat "$work/log")"
dunnage version
man -w dunnage dunnage-restore 5 dunnage.yaml >/dev/null
getent passwd dunnage | grep -q /var/lib/dunnage
test "$(stat -c %U:%G:%a /etc/dunnage /etc/dunnage/credentials | paste -sd " ")" = "root:dunnage:750 root:root:700"
refute systemctl is-enabled dunnage.service
refute systemctl is-active dunnage.service
INSIDE
say "ok    installed: program, pages, user, folders; nothing is enabled or started"

inside >"$work/log" 2>&1 <<'INSIDE' || fail "the job by itself: $(cat "$work/log"; inside <<<'journalctl --no-pager -n 30 -u dunnage@home.service')"
install -d -o dunnage -m 700 /srv/backup
install -d -m 700 /home/anna
(umask 077; echo private > /home/anna/letter)
(umask 077; head -c 32 /dev/urandom | base64 > /etc/dunnage/credentials/passphrase)
sed "s/schedule: .*/schedule: { cron: \"*\/2 * * * * *\" }/" /usr/share/doc/dunnage/examples/dunnage.yaml > /etc/dunnage/dunnage.yaml
systemctl start dunnage@home.service
ls /srv/backup/home | grep -q dlist
test "$(stat -c %U /srv/backup/home/*dlist*)" = dunnage
systemctl start dunnage@home.timer
systemctl is-active dunnage@home.timer
systemctl stop dunnage@home.timer
INSIDE
say "ok    dunnage@home.service backs up what only others may read, with a credential of systemd"

inside >"$work/log" 2>&1 <<'INSIDE' || fail "the service: $(cat "$work/log"; inside <<<'journalctl --no-pager -n 30 -u dunnage.service')"
systemctl start dunnage.service
systemctl show -P StatusText dunnage.service | grep -q job
runs() { runuser -u dunnage -- dunnage history -c /etc/dunnage/dunnage.yaml --json | grep -c "\"success\"" || true; }
for i in $(seq 1 40); do [ "$(runs)" -ge 2 ] && break; sleep 0.5; done
[ "$(runs)" -ge 2 ]
systemctl reload dunnage.service
systemctl is-active dunnage.service
INSIDE
say "ok    dunnage.service says that it is ready, backs up by its schedule, and reads its files again"

inside >"$work/log" 2>&1 <<'INSIDE' || fail "the upgrade: $(cat "$work/log")"
before=$(systemctl show -P MainPID dunnage.service)
dpkg -i /root/newer.deb
systemctl is-active dunnage.service
test "$(systemctl show -P MainPID dunnage.service)" != "$before"
dpkg -s dunnage | grep -q "^Version: .*-2$"
INSIDE
say "ok    an upgrade has the service run the new program"

inside >"$work/log" 2>&1 <<'INSIDE' || fail "remove and purge: $(cat "$work/log")"
systemctl enable dunnage.service
dpkg -r dunnage
refute systemctl is-active dunnage.service
test ! -e /usr/bin/dunnage
test -s /etc/dunnage/dunnage.yaml && test -s /etc/dunnage/credentials/passphrase
test -s /var/lib/dunnage/ledger.sqlite
mkdir /var/lib/dunnage/backup && echo precious > /var/lib/dunnage/backup/object
ls /srv/backup/home | sha256sum > /tmp/store
dpkg -P dunnage
test "$(find /var/lib/dunnage -type f)" = /var/lib/dunnage/backup/object
test -s /etc/dunnage/dunnage.yaml && test -s /etc/dunnage/credentials/passphrase
ls /srv/backup/home | sha256sum | cmp - /tmp/store
test ! -L /etc/systemd/system/multi-user.target.wants/dunnage.service
INSIDE
say "ok    removed: the service stopped, configuration and state kept; purged: state gone, secrets and stores kept"
