#!/usr/bin/env python3
"""Fills up disks under Dunnage, again and again, and looks whether anything is lost.

Each round changes the tree, leaves a random amount of room on one file system (that of the state folder, of temporary
files, of the destination, or of a restore's target) and starts an operation. It has to come to its end, or to say which
folder is full and end with 1. Then there is room again: a normal run has to come to its end, every object and block has
to be in order, every version has to be there and, every fifth round, to come back as the tree was.

The file systems are in memory, in a mount namespace of their own, so nothing outside is touched; where the system does
not allow that (some containers), the script ends with 77.

    scripts/faults.py --rounds 60 --binary .build/release/dunnage [--seed 7] [--places state,target]
"""

import argparse
import math
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import torture
from torture import Failed, Household

# What is full, and where a message has to point.
PLACES = ["state", "temporary", "backup", "target"]
SIZE = 192 << 20
INSIDE = "DUNNAGE_FAULTS_INSIDE"

# Words of an operation that changes the store, and whether it may take versions away.
OPERATIONS = {
    "backup": lambda home: ["run", "home"],
    "backup without a catalog": lambda home: ["run", "home"],
    "stateless": lambda home: ["run", "home", "--stateless"],
    "delete": lambda home: ["delete", "home", str(home.old_version()), "--yes"],
    "compact": lambda home: ["compact", "home"],
    "repair": lambda home: ["repair", "home", "--verify", "--yes"],
    "verify": lambda home: ["verify", "home", "--full"],
    "restore": lambda home: ["restore", "home", "--target", str(home.root / "target" / "out")],
}
# Where nothing can be restored to or read through, an operation makes no sense.
ONLY = {"target": ["restore"]}


class Cramped(Household):
    """A household whose folders are small file systems."""

    def __init__(self, root, binary, rng):
        for place in PLACES:
            folder = Path(root) / place
            folder.mkdir()
            subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=0700", "tmpfs", folder], check=True)
        super().__init__(root, binary, rng)

    def start(self, *words):
        os.environ["TMPDIR"] = str(self.root / "temporary")
        return super().start(*words)

    def free(self, place):
        status = os.statvfs(self.root / place)
        return status.f_bavail * status.f_frsize

    def fill(self, place, room):
        """Leaves about so many bytes."""
        filler = self.root / place / "filler"
        with filler.open("wb") as file:
            left = self.free(place) - room
            while left > 0:
                left -= file.write(b"\1" * min(left, 1 << 20))

    def clear(self, place):
        (self.root / place / "filler").unlink()


def rest(home, place):
    """What an operation has left in a folder that should be empty by now."""
    return sorted(path.name for path in (home.root / place).iterdir() if path.name != "filler")


def attempt(home, place, name, room):
    """Runs one operation with little room, and returns whether it came to its end."""
    if name == "backup without a catalog":
        for path in (home.root / "state").glob("*.sqlite*"):
            path.unlink()
    words = OPERATIONS[name](home)
    before = {path.name for path in (home.root / "backup").iterdir()}
    shutil.rmtree(home.root / "target" / "out", ignore_errors=True)
    home.fill(place, room)
    process = home.start(*words)
    output, _ = process.communicate(timeout=300)
    told = f"`{' '.join(words)}` with {room} bytes of room in {place} returned {process.returncode}:\n{output}"
    try:
        if process.returncode not in (0, 1):
            raise Failed(told)
        if process.returncode == 1 and ("E306" not in output and "full" not in output or place not in output):
            raise Failed(f"it does not say that {place} is full: {told}")
        if place != "temporary" and rest(home, "temporary") or place == "temporary" and rest(home, place):
            raise Failed(f"it leaves {rest(home, 'temporary')} in the temporary folder: {told}")
        if any(".dunnage-" in path.name for path in (home.root / "target").rglob("*")):
            raise Failed(f"it leaves parts of files in the target: {told}")
        after = {path.name for path in (home.root / "backup").iterdir()}
        gone = {entry for entry in before - after if entry.startswith("duplicati-")}
        if name not in ("delete", "compact", "repair") and gone:
            raise Failed(f"it removed {sorted(gone)[:5]}: {told}")
        if place == "backup":
            # Reading needs no room there.
            home.run("verify", "home", "--full")
    finally:
        home.clear(place)
    return process.returncode == 0, output


def rounds(home, count, places, operations, rng):
    counts = {}
    home.check("backup")
    for number in range(1, count + 1):
        home.change()
        place = places[(number - 1) % len(places)]
        name = rng.choice([each for each in operations if each in ONLY.get(place, operations)])
        if name == "repair":
            torture.spoil(home, rng)
        # As often little as much, up to more than it can need.
        room = int(math.exp(rng.uniform(math.log(4096), math.log(24 << 20))))
        done, _ = attempt(home, place, name, room)
        key = f"{place}: {name}"
        counts.setdefault(key, [0, 0])[0 if done else 1] += 1
        shutil.rmtree(home.root / "target" / "out", ignore_errors=True)
        versions = home.check("delete" if name == "delete" else "backup")
        if number % 5 == 0 or number == count:
            home.compare(versions)
            print(f"{number} rounds, {len(versions)} versions", flush=True)
        if len(versions) > 12:
            torture.forget(home, home.versions())
            home.run("compact", "home")
    return counts


def enter(arguments):
    """Starts this script again where it may mount without harm to anybody."""
    command = ["unshare", "--mount", "--propagation", "private"]
    if os.geteuid() != 0:
        command += ["--user", "--map-root-user"]
    test = subprocess.run(command + ["mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True, check=False)
    if test.returncode != 0:
        print("This system allows no mount namespaces; nothing was tested.", file=sys.stderr)
        return 77
    environment = dict(os.environ, **{INSIDE: "1"})
    return subprocess.run(command + [sys.executable, __file__, *arguments], env=environment, check=False).returncode


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=".build/release/dunnage")
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--places", default=",".join(PLACES))
    parser.add_argument("--operations", default=",".join(OPERATIONS))
    parser.add_argument("--folder", help="where to work; kept when something is lost")
    arguments = parser.parse_args()
    if os.environ.get(INSIDE) is None:
        return enter(sys.argv[1:])
    binary = str(Path(arguments.binary).resolve())
    rng = random.Random(arguments.seed)
    print(f"seed {arguments.seed}", flush=True)
    root = tempfile.mkdtemp(prefix="dunnage-faults-", dir=arguments.folder)
    started = time.monotonic()
    home = Cramped(root, binary, rng)
    try:
        counts = rounds(home, arguments.rounds, arguments.places.split(","), arguments.operations.split(","), rng)
    except Failed as failure:
        # The file systems go with their namespace.
        kept = f"{root}.kept"
        shutil.copytree(root, kept, symlinks=True, ignore=shutil.ignore_patterns("filler"))
        print(f"LOST something (seed {arguments.seed}, a copy is in {kept}): {failure}", file=sys.stderr)
        return 1
    finally:
        for place in PLACES:
            subprocess.run(["umount", "--lazy", Path(root) / place], check=False)
    shutil.rmtree(root)
    print(f"{arguments.rounds} rounds in {time.monotonic() - started:.0f} s, nothing is lost")
    for key, (done, full) in sorted(counts.items()):
        print(f"  {key}: {full} full, {done} came to their end")
    return 0


if __name__ == "__main__":
    sys.exit(main())
