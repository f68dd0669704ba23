#!/usr/bin/env python3
"""Kills Dunnage at random moments, again and again, and looks whether anything is lost.

Each round changes the tree, starts one of the operations and kills it with SIGKILL (sometimes SIGTERM) at a random
moment. Then a normal run has to come to its end and every object and block has to be in order; every tenth round every
version is restored and compared with the tree as it was.

    scripts/torture.py --kills 200 --binary .build/release/dunnage [--seed 7] [--operations backup,delete,compact]
"""

import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CONFIGURATION = """\
version: 1
instance: torture
runtime:
  state_dir: {root}/state
secrets:
  passphrase:
    file: {root}/passphrase
destinations:
  disk:
    url: file://{root}/backup
jobs:
  home:
    sources:
      - path: {root}/tree
    encryption:
      passphrase:
        secret: passphrase
    destinations: [disk]
    options:
      block_size: 16KiB
      volume_size: 1MiB
"""


class Failed(Exception):
    """Something that must never happen."""


class Household:
    """A tree, a store, and what the tree was like whenever a complete version was made."""

    def __init__(self, root, binary, rng):
        self.root = Path(root)
        self.binary = binary
        self.rng = rng
        self.known = {}
        self.doomed = None
        (self.root / "tree").mkdir()
        (self.root / "backup").mkdir(exist_ok=True)
        (self.root / "passphrase").write_text("correct horse battery staple\n")
        (self.root / "dunnage.yaml").write_text(CONFIGURATION.format(root=self.root))
        for number in range(60):
            self.write(f"start/{number % 7}/{number}", rng.randrange(1, 60_000))

    # The tree

    def write(self, name, size):
        path = self.root / "tree" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        kind = self.rng.random()
        data = self.rng.randbytes(size) if kind < 0.7 else (b"line of text\n" * (size // 13 + 1))[:size]
        path.write_bytes(data)

    def change(self):
        """Does what people do to files: adds, changes, appends, moves, removes."""
        files = sorted(path for path in (self.root / "tree").rglob("*") if path.is_file() and not path.is_symlink())
        for _ in range(self.rng.randrange(1, 40)):
            what = self.rng.random()
            if what < 0.45 or not files:
                folder = f"d{self.rng.randrange(30)}/e{self.rng.randrange(4)}"
                self.write(f"{folder}/{self.rng.randrange(10**6)}", int(self.rng.lognormvariate(9.5, 1.6)) + 1)
                continue
            path = self.rng.choice(files)
            if not path.exists():
                continue
            if what < 0.65:
                self.write(path.relative_to(self.root / "tree"), self.rng.randrange(1, 200_000))
            elif what < 0.75:
                with path.open("ab") as file:
                    file.write(self.rng.randbytes(self.rng.randrange(1, 50_000)))
            elif what < 0.85:
                path.rename(path.with_name(f"{path.name}.moved"))
            elif what < 0.95:
                path.unlink()
            else:
                shutil.rmtree(path.parent)
        if self.rng.random() < 0.4:
            for _ in range(60):
                self.write(f"bulk{self.rng.randrange(5)}/{self.rng.randrange(10**6)}", self.rng.randrange(200_000))
            shutil.rmtree(self.root / "tree" / f"bulk{self.rng.randrange(5)}", ignore_errors=True)
        if self.rng.random() < 0.1:
            self.write(f"large/{self.rng.randrange(3)}", self.rng.randrange(4_000_000, 12_000_000))

    # The program

    def command(self, *words):
        return [self.binary, *words, "-c", str(self.root / "dunnage.yaml")]

    def start(self, *words):
        return subprocess.Popen(
            self.command(*words), cwd=self.root, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True)

    def run(self, *words, codes=(0,)):
        process = self.start(*words)
        output, _ = process.communicate(timeout=600)
        if process.returncode not in codes:
            raise Failed(f"`{' '.join(words)}` returned {process.returncode}:\n{output}")
        return output

    def versions(self):
        document = subprocess.run(
            self.command("versions", "home", "--json"), cwd=self.root, capture_output=True, text=True, check=False)
        if document.returncode != 0:
            raise Failed(f"`versions` returned {document.returncode}:\n{document.stderr}")
        return json.loads(document.stdout)["versions"]

    def old_version(self):
        """The number of a version that is not the newest, which `doomed` names until it is looked for."""
        versions = self.versions()
        victim = self.rng.choice(versions[1:] or versions)
        self.doomed = victim["time"]
        return victim["number"]

    # What must hold

    def check(self, operation):
        """A normal run, a full verification, and every version still there that nobody deleted."""
        self.run("run", "home")
        snapshot = manifest(self.root / "tree")
        versions = self.versions()
        if not versions or not versions[0]["full"]:
            raise Failed(f"the newest version is not complete: {versions[:2]}")
        newest = versions[0]["time"]
        self.known.setdefault(newest, snapshot)
        if self.known[newest] != snapshot:
            # Nothing had changed since: then it has to be the same.
            raise Failed(f"the version of {newest} is not what the tree is now")
        self.run("verify", "home", *VERIFY)
        seen = {version["time"] for version in versions}
        if operation == "delete" and self.doomed not in seen:
            self.known.pop(self.doomed, None)
        lost = set(self.known) - seen
        if lost and operation != "repair":
            raise Failed(f"after {operation} the versions {sorted(lost)} are gone")
        if len(lost) > len(seen - set(self.known)):
            # A filelist that repair writes again gets another time, but it has to be there.
            raise Failed(f"after repair versions are gone: {sorted(lost)}")
        for time in lost:
            del self.known[time]
        return versions

    def compare(self, versions):
        """Restores each version; complete ones must be as the tree was, partial ones must come back at all."""
        seen = {version["time"] for version in versions}
        for version in versions:
            target = self.root / "restored"
            shutil.rmtree(target, ignore_errors=True)
            self.run("restore", "home", "--version", str(version["number"]), "--target", str(target))
            if version["full"] and version["time"] in self.known:
                found = manifest(target)
                wanted = self.known[version["time"]]
                if found != wanted:
                    missing = sorted(set(wanted) - set(found))[:5]
                    extra = sorted(set(found) - set(wanted))[:5]
                    other = sorted(key for key in set(found) & set(wanted) if found[key] != wanted[key])[:5]
                    raise Failed(
                        f"the version of {version['time']} differs: missing {missing}, extra {extra}, other {other}")
        self.known = {time: tree for time, tree in self.known.items() if time in seen}


def manifest(root):
    """What makes up a tree: path, kind, mode, time, content."""
    found = {}
    for path in sorted(Path(root).rglob("*")):
        status = path.lstat()
        name = str(path.relative_to(root))
        if stat.S_ISREG(status.st_mode):
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            found[name] = (stat.S_IMODE(status.st_mode), status.st_mtime_ns // 100, digest)
        else:
            found[name] = (stat.S_IMODE(status.st_mode), status.st_mtime_ns // 100, "folder")
    return found


VERIFY = ["--full"]


# What is done and killed: name → (words of the command, whether versions may go).
# Another operation is another line.
OPERATIONS = {
    "backup": lambda home: ["run", "home"],
    "delete": lambda home: ["delete", "home", str(home.old_version()), "--yes"],
    "compact": lambda home: ["compact", "home"],
    "repair": lambda home: ["repair", "home", "--verify", "--yes"],
}


def available(binary, wanted):
    """The operations that this binary has."""
    text = subprocess.run([binary, "--help"], capture_output=True, text=True, check=False).stdout
    words = {line.split()[0] for line in text.splitlines() if line.startswith("  ") and line.split()}
    return [name for name in wanted if name == "backup" or name in words]


def torture(home, kills, operations, rng):
    durations = {}
    counts = {"killed": 0, "terminated": 0, "ended before": 0, "partial": 0}
    for number in range(1, kills + 1):
        home.change()
        name = rng.choice(operations) if len(operations) > 1 and rng.random() < 0.5 else operations[0]
        if name == "repair":
            spoil(home, rng)
        words = OPERATIONS[name](home)
        started = time.monotonic()
        process = home.start(*words)
        delay = rng.random() * durations.get(name, 0.3)
        time.sleep(delay)
        sent = signal.SIGTERM if rng.random() < 0.15 else signal.SIGKILL
        process.send_signal(sent)
        output, _ = process.communicate(timeout=120)
        code = process.returncode
        elapsed = time.monotonic() - started
        if code == 0:
            counts["ended before"] += 1
            durations[name] = max(0.03, 0.8 * elapsed)
        elif code == -signal.SIGKILL:
            counts["killed"] += 1
            # A little later each time, so that the kills spread over the whole run.
            durations[name] = durations.get(name, 0.3) * 1.1
        elif code in (143, -signal.SIGTERM):
            counts["terminated"] += 1
        elif code not in (4, 75):
            raise Failed(f"round {number}: `{' '.join(words)}` returned {code} by itself:\n{output}")
        versions = home.check(name)
        counts["partial"] += sum(not version["full"] for version in versions[:2])
        if number % 10 == 0 or number == kills:
            home.compare(versions)
            print(f"{number} kills: {counts}, {len(versions)} versions", flush=True)
        if len(versions) > 16:
            forget(home, home.versions())
    home.compare(home.versions())
    return counts


def forget(home, versions):
    """Deletes most of the old versions, which would only make the comparison slow."""
    numbers = [str(version["number"]) for version in versions[6:]]
    home.run("delete", "home", *numbers, "--yes")
    kept = {version["time"] for version in home.versions()}
    home.known = {time: tree for time, tree in home.known.items() if time in kept}


def spoil(home, rng):
    """Takes away what repair can write again."""
    names = sorted((home.root / "backup").glob("*.dindex.*"))
    if names and rng.random() < 0.5:
        rng.choice(names).unlink()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=".build/release/dunnage")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--operations", default="backup,delete,compact,repair")
    parser.add_argument("--folder", help="where to work; kept when something is lost")
    arguments = parser.parse_args()
    binary = str(Path(arguments.binary).resolve())
    help_text = subprocess.run([binary, "verify", "--help"], capture_output=True, text=True, check=False).stdout
    if "--full" not in help_text:
        VERIFY.clear()
    rng = random.Random(arguments.seed)
    operations = available(binary, arguments.operations.split(","))
    print(f"seed {arguments.seed}, operations {', '.join(operations)}", flush=True)
    root = tempfile.mkdtemp(prefix="dunnage-torture-", dir=arguments.folder)
    started = time.monotonic()
    try:
        counts = torture(Household(root, binary, rng), arguments.kills, operations, rng)
    except Failed as failure:
        print(f"LOST something (seed {arguments.seed}, everything is kept in {root}): {failure}", file=sys.stderr)
        return 1
    shutil.rmtree(root)
    print(f"{arguments.kills} rounds in {time.monotonic() - started:.0f} s, nothing is lost: {counts}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
