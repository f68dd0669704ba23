#!/usr/bin/env python3
"""Writes down what an image of ours is made of, as SPDX 2.3 in JSON: Debian's packages, Swift's, the toolchain, and us.

    scripts/sbom.py dunnage:local > dunnage.spdx.json      asks the image itself, through `docker run`
    scripts/sbom.py --check dunnage.spdx.json              whether a document is whole: for tests

The same image gives the same document, but for the time of writing; SOURCE_DATE_EPOCH fixes that as well.
"""

import argparse
import datetime
import hashlib
import json
import os
import re
import subprocess
import sys
from urllib.parse import quote

FORMAT = "${Package}\t${Version}\t${Architecture}\t${source:Package}\t${source:Version}\t${Maintainer}\t${Homepage}\n"
# What Swift's toolchain leaves in a binary with the static standard library.
TOOLCHAIN = "https://github.com/swiftlang/swift"


def ask(image: str, *command: str) -> str:
    """What a command prints in the image, without network."""
    line = ["docker", "run", "--rm", "--network=none", "--entrypoint", command[0], image, *command[1:]]
    done = subprocess.run(line, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"`{' '.join(line)}` failed: {done.stderr.strip()}")
    return done.stdout


def identifier(*parts: str) -> str:
    return "SPDXRef-" + "-".join(re.sub(r"[^A-Za-z0-9.]", "-", part) for part in parts)


def package(name: str, version: str, url: str, purl: str, **more) -> dict:
    return {
        "SPDXID": identifier(*re.split(r"[:/]", purl.split("@")[0])[1:], version), "name": name, "versionInfo": version,
        "downloadLocation": url or "NOASSERTION", "filesAnalyzed": False, "licenseConcluded": "NOASSERTION",
        "licenseDeclared": "NOASSERTION", "copyrightText": "NOASSERTION", "supplier": "NOASSERTION",
        "externalRefs": [
            {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": purl}],
        **more,
    }


def debian(image: str) -> list[dict]:
    release = dict(re.findall(r'^(\w+)="?([^"\n]*)"?$', ask(image, "cat", "/etc/os-release"), re.M))
    packages = []
    for line in ask(image, "dpkg-query", "-W", "-f", FORMAT).splitlines():
        name, version, architecture, source, source_version, maintainer, homepage = line.split("\t")
        distribution = f"{release['ID']}-{release['VERSION_ID']}"
        purl = (f"pkg:deb/{release['ID']}/{quote(name, safe='')}@{quote(version, safe='')}"
                f"?arch={architecture}&distro={distribution}")
        packages.append(package(
            name, version, "", purl, supplier=f"Organization: {maintainer}", primaryPackagePurpose="LIBRARY",
            sourceInfo=f"built from {source} {source_version}", **({"homepage": homepage} if homepage else {})))
    return packages


def swift(image: str) -> list[dict]:
    packages = []
    for pin in json.loads(ask(image, "cat", "/usr/share/dunnage/Package.resolved"))["pins"]:
        address, state = pin["location"].removesuffix(".git"), pin["state"]
        version = state.get("version") or state["revision"]
        purl = f"pkg:swift/{address.removeprefix('https://')}@{quote(version, safe='')}"
        packages.append(package(
            pin["identity"], version, f"git+{address}@{version}", purl, primaryPackagePurpose="LIBRARY"))
    text = ask(image, "cat", "/usr/share/dunnage/swift-version")
    version = re.search(r"Swift version (\S+)", text)
    if version is None:
        sys.exit(f"/usr/share/dunnage/swift-version names no version: {text.strip()}")
    packages.append(package(
        "swift", version[1], f"git+{TOOLCHAIN}@swift-{version[1]}-RELEASE",
        f"pkg:generic/swift@{version[1]}", primaryPackagePurpose="LIBRARY",
        comment="The standard library, Foundation and Dispatch are linked into the program."))
    return packages


def document(image: str) -> dict:
    version = ask(image, "/usr/local/bin/dunnage", "version").split()[-1]
    program = package(
        "dunnage", version, "", f"pkg:generic/dunnage@{version}", primaryPackagePurpose="APPLICATION",
        licenseConcluded="MIT", licenseDeclared="MIT",
        checksums=[{
            "algorithm": "SHA256", "checksumValue": ask(image, "sha256sum", "/usr/local/bin/dunnage").split()[0]}])
    below = [("DEPENDS_ON", part) for part in debian(image)] + [("STATIC_LINK", part) for part in swift(image)]
    packages = [program] + [part for _, part in below]
    content = hashlib.sha256(json.dumps(packages, sort_keys=True).encode()).hexdigest()
    moment = int(os.environ.get("SOURCE_DATE_EPOCH") or datetime.datetime.now().timestamp())
    created = datetime.datetime.fromtimestamp(moment, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"dunnage-{version}", "documentNamespace": f"urn:dunnage:sbom:sha256:{content}",
        "creationInfo": {"created": created, "creators": ["Tool: dunnage-sbom"]},
        "documentDescribes": [program["SPDXID"]], "packages": packages,
        "relationships": [
            {"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES",
             "relatedSpdxElement": program["SPDXID"]}
        ] + [
            {"spdxElementId": program["SPDXID"], "relationshipType": kind, "relatedSpdxElement": part["SPDXID"]}
            for kind, part in below
        ],
    }


def problems(found: dict) -> list[str]:
    """What SPDX 2.3 requires of such a document and this one lacks."""
    said = [f"lacks {key}" for key in (
        "spdxVersion", "dataLicense", "SPDXID", "name", "documentNamespace", "creationInfo", "packages", "relationships"
    ) if not found.get(key)]
    if said:
        return said
    if found["spdxVersion"] != "SPDX-2.3" or found["dataLicense"] != "CC0-1.0" or found["SPDXID"] != "SPDXRef-DOCUMENT":
        said.append("its head is not that of SPDX 2.3")
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", found["creationInfo"].get("created", "")):
        said.append("creationInfo.created is no time in UTC")
    names = [one["SPDXID"] for one in found["packages"]]
    said += [f"{name} is there twice" for name in sorted(set(names)) if names.count(name) > 1]
    for one in found["packages"]:
        said += [f"{one['SPDXID']} lacks {key}" for key in ("name", "versionInfo", "downloadLocation") if not one.get(key)]
        if not re.fullmatch(r"SPDXRef-[A-Za-z0-9.-]+", one["SPDXID"]):
            said.append(f"{one['SPDXID']} is no identifier")
        for reference in one["externalRefs"]:
            if not re.fullmatch(r"pkg:[a-z]+/[^\s@]+@[^\s@]+", reference["referenceLocator"]):
                said.append(f"{reference['referenceLocator']} is no package URL")
    for one in found["relationships"]:
        for end in (one["spdxElementId"], one["relatedSpdxElement"]):
            if end not in names and end != "SPDXRef-DOCUMENT":
                said.append(f"a relationship names {end}, which is not there")
    kinds = {one["externalRefs"][0]["referenceLocator"].split("/")[0] for one in found["packages"]}
    said += [f"there is no {kind}" for kind in ("pkg:deb", "pkg:swift", "pkg:generic") if kind not in kinds]
    return said


def main() -> int:
    parser = argparse.ArgumentParser(description="Write down what an image is made of, as SPDX 2.3.")
    parser.add_argument("image", nargs="?", help="the name of an image")
    parser.add_argument("--check", metavar="FILE", help="check a document instead of writing one")
    arguments = parser.parse_args()
    if (arguments.image is None) == (arguments.check is None):
        parser.error("name an image, or a document with --check")
    if arguments.check:
        with open(arguments.check, encoding="utf-8") as file:
            found = problems(json.load(file))
        for problem in found:
            print(problem, file=sys.stderr)
        return 1 if found else 0
    json.dump(document(arguments.image), sys.stdout, indent=2)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
