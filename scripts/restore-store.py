#!/usr/bin/env python3
"""Restores a store without Dunnage and without Duplicati: with Python 3 and, if the store is encrypted, openssl.

    restore-store.py STORE TARGET [--passphrase-file FILE] [--version N] [--list]

STORE is a local folder with the duplicati-… files; fetch it first from wherever it is. N counts from 0, the newest
version. Every block and every file is checked against its hash; what cannot be restored is named, and the exit code
is 1. Nothing is replaced: restore to a new folder. Decrypted volumes wait in a temporary folder (TMPDIR), which needs
as much room as the store. Modes, times and symbolic links are restored, owners and extended attributes are not.
"""

import argparse
import base64
import collections
import hashlib
import hmac
import json
import os
import re
import struct
import subprocess
import sys
import tempfile
import zipfile

NAME = re.compile(r"^.+-(?:[bi][0-9a-f]+|(?P<time>\d{8}T\d{6}Z))\.(?P<kind>dblock|dlist)\.zip(?P<aes>\.aes)?$")
STEP = 1 << 20


class Unusable(Exception):
    """What cannot be read, and why."""


def cbc(key, vector, source, length, sink):
    """Decrypts AES-256 in CBC mode with the program openssl, in pieces."""
    call = ["openssl", "enc", "-d", "-aes-256-cbc", "-nopad", "-K", key.hex(), "-iv", vector.hex()]
    with subprocess.Popen(call, stdin=subprocess.PIPE, stdout=sink) as program:
        while length:
            piece = source.read(min(STEP, length))
            if not piece:
                break
            program.stdin.write(piece)
            length -= len(piece)
        program.stdin.close()
        if program.wait() != 0:
            raise Unusable("openssl failed")


def decrypt(path, passphrase, folder):
    """Decrypts an object in the form of AES Crypt, versions 1 to 3; the plaintext's path."""
    plain = os.path.join(folder, os.path.basename(path) + ".zip")
    with open(path, "rb") as file:
        head = file.read(5)
        if head[:3] != b"AES" or head[3] not in (1, 2, 3):
            raise Unusable("it is not in the form of AES Crypt")
        version = head[3]
        while version >= 2:
            (length,) = struct.unpack(">H", file.read(2))
            if length == 0:
                break
            file.seek(length, 1)
        iterations = struct.unpack(">I", file.read(4))[0] if version == 3 else 0
        vector = file.read(16)
        if version == 3:
            key = hashlib.pbkdf2_hmac("sha512", passphrase.encode(), vector, iterations, 32)
        else:
            key = vector + bytes(16)
            for _ in range(8192):
                key = hashlib.sha256(key + passphrase.encode("utf-16-le")).digest()
        sealed, code = file.read(48), file.read(32)
        signed = sealed + (b"\x03" if version == 3 else b"")
        if not hmac.compare_digest(hmac.new(key, signed, "sha256").digest(), code):
            raise Unusable("the passphrase is wrong, or the object is damaged")
        call = ["openssl", "enc", "-d", "-aes-256-cbc", "-nopad", "-K", key.hex(), "-iv", vector.hex()]
        session = subprocess.run(call, input=sealed, stdout=subprocess.PIPE, check=True).stdout
        begin = file.tell()
        length = os.fstat(file.fileno()).st_size - begin - (32 if version == 3 else 33)
        check = hmac.new(session[16:], digestmod="sha256")
        left = length
        while left > 0:
            piece = file.read(min(STEP, left))
            if not piece:
                break
            check.update(piece)
            left -= len(piece)
        tail = file.read()
        if left or not hmac.compare_digest(check.digest(), tail[-32:]):
            raise Unusable("it is damaged or cut short")
        file.seek(begin)
        with open(plain, "wb") as sink:
            cbc(session[16:], session[:16], file, length, sink)
    size = os.path.getsize(plain)
    with open(plain, "rb+") as sink:
        if version == 3:
            sink.seek(size - 1)
            sink.truncate(size - sink.read(1)[0])
        elif tail[0]:
            sink.truncate(size - 16 + tail[0])
    return plain


class Store:
    """The volumes of a store, decrypted where they have to be."""

    def __init__(self, folder, passphrase, scratch):
        self.folder, self.passphrase, self.scratch = folder, passphrase, scratch
        names = [(name, match) for name in os.listdir(folder) if (match := NAME.match(name))]
        self.lists = sorted((n for n, m in names if m["kind"] == "dlist"), key=lambda n: NAME.match(n)["time"])[::-1]
        self.volumes = sorted(n for n, m in names if m["kind"] == "dblock")
        self.places = {}
        self.archives = collections.OrderedDict()
        if not self.lists:
            raise SystemExit(f"{folder}: there is no file list (….dlist.zip or ….dlist.zip.aes)")

    def archive(self, name):
        """The path of an object's plaintext."""
        path = os.path.join(self.folder, name)
        if name.endswith(".aes"):
            if self.passphrase is None:
                raise SystemExit("the store is encrypted: name its passphrase with --passphrase-file")
            path = decrypt(path, self.passphrase, self.scratch)
        return path

    def open(self, path):
        """An archive, of which not too many are open."""
        if path in self.archives:
            self.archives.move_to_end(path)
        else:
            self.archives[path] = zipfile.ZipFile(path)
            if len(self.archives) > 100:
                self.archives.popitem(last=False)[1].close()
        return self.archives[path]

    def version(self, number):
        """The entries of a version, after reading which hashes the store uses."""
        archive = self.open(self.archive(self.lists[number]))
        manifest = json.loads(archive.read("manifest").decode("utf-8-sig"))
        self.block_size = manifest["Blocksize"]
        self.block_hash, self.file_hash = manifest["BlockHash"].lower(), manifest["FileHash"].lower()
        self.hash_size = hashlib.new(self.block_hash).digest_size
        return json.loads(archive.read("filelist.json").decode("utf-8-sig"))

    def index(self):
        """Finds out which volume has which block."""
        for number, name in enumerate(self.volumes, 1):
            print(f"\rvolume {number} of {len(self.volumes)}", end="", file=sys.stderr, flush=True)
            try:
                path = self.archive(name)
                entries = self.open(path).namelist()
            except (Unusable, zipfile.BadZipFile, OSError, struct.error) as error:
                print(f"\n{name}: {error}", file=sys.stderr)
                continue
            for entry in entries:
                if entry != "manifest":
                    self.places.setdefault(base64.urlsafe_b64decode(entry), path)
        print(file=sys.stderr)

    def block(self, digest):
        name = base64.urlsafe_b64encode(digest).decode()
        if digest not in self.places:
            raise Unusable(f"block {name} is in no volume")
        data = self.open(self.places[digest]).read(name)
        if hashlib.new(self.block_hash, data).digest() != digest:
            raise Unusable(f"block {name} is damaged")
        return data

    def content(self, size, single, lists):
        """The blocks of a file or of its metadata, in order."""
        if lists:
            for one in lists:
                digests = self.block(base64.b64decode(one))
                for at in range(0, len(digests), self.hash_size):
                    yield self.block(digests[at:at + self.hash_size])
        elif size:
            yield self.block(base64.b64decode(single))


def metadata(store, entry):
    if not entry.get("metahash"):
        return {}
    single = entry.get("metablockhash") or entry["metahash"]
    data = b"".join(store.content(entry.get("metasize", 0), single, entry.get("metablocklists")))
    return json.loads(data.decode("utf-8-sig")) if data else {}


def restore(store, entry, path):
    facts = metadata(store, entry)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if entry["type"] == "Folder":
        os.makedirs(path, exist_ok=True)
    elif entry["type"] == "Symlink":
        if not os.path.lexists(path):
            os.symlink(facts["CoreSymlinkTarget"], path)
        return {}
    else:
        whole = hashlib.new(store.file_hash)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            for data in store.content(entry["size"], entry.get("blockhash") or entry["hash"], entry.get("blocklists")):
                file.write(data)
                whole.update(data)
        if base64.b64encode(whole.digest()).decode() != entry["hash"]:
            raise Unusable("its content is not what was backed up")
    return facts


def finish(path, facts):
    """Sets the mode and the time of a file or folder."""
    if "unix:uid-gid-perm" in facts:
        os.chmod(path, int(facts["unix:uid-gid-perm"].split("-")[2]) & 0o777)
    if "CoreLastWritetime" in facts:
        time = (int(facts["CoreLastWritetime"]) - 621_355_968_000_000_000) * 100
        os.utime(path, ns=(time, time))


def main():
    parser = argparse.ArgumentParser(description="Restore a store without Dunnage and without Duplicati.")
    parser.add_argument("store")
    parser.add_argument("target", nargs="?")
    parser.add_argument("--passphrase-file")
    parser.add_argument("--version", type=int, default=0, help="0 is the newest, which is meant unless told")
    parser.add_argument("--list", action="store_true", help="list the versions, and the files of one of them")
    arguments = parser.parse_args()
    if not arguments.list and not arguments.target:
        parser.error("name a folder to restore to")
    passphrase = None
    if arguments.passphrase_file:
        with open(arguments.passphrase_file, encoding="utf-8", newline="") as file:
            passphrase = re.sub(r"\r?\n$", "", file.read())
    with tempfile.TemporaryDirectory() as scratch:
        store = Store(arguments.store, passphrase, scratch)
        for number, name in enumerate(store.lists):
            print(f"version {number}: {name}")
        if not 0 <= arguments.version < len(store.lists):
            raise SystemExit(f"there is no version {arguments.version}")
        try:
            entries = store.version(arguments.version)
        except Unusable as error:
            raise SystemExit(f"{store.lists[arguments.version]}: {error}") from None
        if arguments.list:
            for entry in entries:
                print(f"{entry.get('size', 0):>14}  {entry['path']}")
            return 0
        store.index()
        root, lost, done = os.path.realpath(arguments.target), 0, []
        # Links come last, so that nothing is written through one of them.
        for entry in sorted(entries, key=lambda entry: entry["type"] == "Symlink"):
            path = os.path.normpath(os.path.join(root, entry["path"].replace("\\", "/").replace(":", "").lstrip("/")))
            try:
                if not path.startswith(root + os.sep):
                    raise Unusable("it leads out of the target")
                done.append((path, restore(store, entry, path)))
            except (Unusable, OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
                print(f"not restored: {entry['path']}: {error}", file=sys.stderr)
                lost += 1
        # From the inside out: a folder's time changes with what is made in it.
        for path, facts in sorted(done, key=lambda pair: pair[0].count(os.sep), reverse=True):
            if facts:
                finish(path, facts)
    print(f"{len(entries) - lost} of {len(entries)} files, folders and links are in {arguments.target}")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
