#!/usr/bin/env bash
# Builds the Debian package from a built binary.
#
#   scripts/build-deb.sh [--binary .build/release/dunnage] [--output .build/deb] [--revision 1]
#
# The same binary and commit give the same package, byte by byte: every time in it is SOURCE_DATE_EPOCH, which is the
# time of the last commit unless told. DEBEMAIL and DEBFULLNAME name the maintainer, else Git's configuration does.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

binary=.build/release/dunnage
output=.build/deb
revision=1
while [ $# -gt 0 ]; do
    case $1 in
        --binary) binary=$2 ;;
        --output) output=$2 ;;
        --revision) revision=$2 ;;
        *)
            echo "usage: ${0##*/} [--binary FILE] [--output FOLDER] [--revision NUMBER]" >&2
            exit 2
            ;;
    esac
    shift 2
done
[ -x "$binary" ] || {
    echo "There is no program at $binary. \`make build\` builds it." >&2
    exit 1
}
binary=$(realpath "$binary")

missing=()
for tool in dpkg-deb dpkg-shlibdeps strip python3 gzip md5sum; do
    command -v "$tool" >/dev/null || missing+=("$tool")
done
if [ ${#missing[@]} -gt 0 ]; then
    echo "These programs are needed, of Debian's packages dpkg-dev, binutils and python3: ${missing[*]}" >&2
    exit 1
fi

SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH LC_ALL=C.UTF-8 TZ=UTC
umask 022
program=$("$binary" version | awk '{ print $2 }')
version=$program-$revision
architecture=$(dpkg --print-architecture)
name=${DEBFULLNAME:-$(git config user.name || echo "Dunnage maintainers")}
maintainer="$name <${DEBEMAIL:-$(git config user.email || echo dunnage@localhost)}>"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=$work/tree

# --- files ---------------------------------------------------------------------------------------------------
install -D -m 755 "$binary" "$tree/usr/bin/dunnage"
strip --remove-section=.comment --remove-section=.note "$tree/usr/bin/dunnage"

units=$tree/lib/systemd/system
install -D -m 644 -t "$units" packaging/systemd/dunnage.service packaging/systemd/dunnage@.service \
    packaging/systemd/dunnage@.timer
install -D -m 644 packaging/systemd/dunnage.sysusers "$tree/usr/lib/sysusers.d/dunnage.conf"
install -D -m 644 packaging/systemd/dunnage.tmpfiles "$tree/usr/lib/tmpfiles.d/dunnage.conf"

completions=$work/completions
mkdir "$completions"
for shell in bash zsh fish; do "$binary" --generate-completion-script "$shell" >"$completions/$shell"; done
# It is read, not run.
sed -i '1{/^#!/d}' "$completions/bash"
install -D -m 644 "$completions/bash" "$tree/usr/share/bash-completion/completions/dunnage"
install -D -m 644 "$completions/zsh" "$tree/usr/share/zsh/vendor-completions/_dunnage"
install -D -m 644 "$completions/fish" "$tree/usr/share/fish/vendor_completions.d/dunnage.fish"

scripts/man-pages.py --binary "$binary" --output "$work/man" >/dev/null
for section in 1 5; do
    install -d "$tree/usr/share/man/man$section"
    for page in "$work"/man/*."$section"; do
        gzip -9nc "$page" >"$tree/usr/share/man/man$section/${page##*/}.gz"
    done
done

doc=$tree/usr/share/doc/dunnage
install -D -m 644 -t "$doc/examples" packaging/debian/dunnage.yaml packaging/systemd/own-files-only.conf
gzip -9nc CHANGELOG.md >"$doc/changelog.gz"
{
    printf 'dunnage (%s) unstable; urgency=medium\n\n' "$version"
    printf '  * Dunnage %s; what has changed is in /usr/share/doc/dunnage/changelog.gz.\n\n' "$program"
    printf ' -- %s  %s\n' "$maintainer" "$(date -uR -d "@$SOURCE_DATE_EPOCH")"
} | gzip -9n >"$doc/changelog.Debian.gz"
# The text of the licence without its title and the line that names who holds the rights, as a field of the file.
sed -e '1,4d' -e 's/^$/./' -e 's/^/ /' LICENSE >"$work/license"
sed -e "/@LICENSE@/{r $work/license" -e 'd}' packaging/debian/copyright >"$doc/copyright"
install -D -m 644 packaging/debian/lintian-overrides "$tree/usr/share/lintian/overrides/dunnage"

# --- control -------------------------------------------------------------------------------------------------
install -d "$tree/DEBIAN" "$work/debian"
printf 'Source: dunnage\n\nPackage: dunnage\nArchitecture: any\n' >"$work/debian/control"
depends=$(cd "$work" && dpkg-shlibdeps -O tree/usr/bin/dunnage | sed -n 's/^shlibs:Depends=//p')
size=$(du -k -s --apparent-size --exclude=DEBIAN "$tree" | cut -f 1)
sed -e "s|@VERSION@|$version|; s|@ARCHITECTURE@|$architecture|; s|@MAINTAINER@|$maintainer|" \
    -e "s|@SIZE@|$size|; s|@DEPENDS@|$depends|" packaging/debian/control.in >"$tree/DEBIAN/control"
install -m 755 -t "$tree/DEBIAN" packaging/debian/postinst packaging/debian/prerm packaging/debian/postrm
(cd "$tree" && find usr lib -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum) >"$tree/DEBIAN/md5sums"
find "$tree" -print0 | xargs -0 touch --no-dereference -d "@$SOURCE_DATE_EPOCH"

mkdir -p "$output"
package=$output/dunnage_${version}_$architecture.deb
dpkg-deb --root-owner-group --uniform-compression -Zxz -z6 --threads-max=1 --build "$tree" "$package" >/dev/null
echo "$package"
