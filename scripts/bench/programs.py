"""The programs that are compared: how each does a step.

A step is a list of commands that are measured as one. `None` means that the program has no such step.
"""

import json
import os
import pathlib
import shutil
import subprocess

STEPS = ["first", "nochange", "changed", "restore", "verify", "prune", "rebuild"]


class Program:
    def __init__(self, work, tree):
        self.work, self.tree = pathlib.Path(work), str(tree)
        self.store = self.work / "store"
        self.environment = dict(os.environ)

    def begin(self):
        """Makes an empty store."""
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True)

    def prepare(self, step):
        """What comes before a step and is not measured."""

    def folder(self, step, target):
        """Where a step's commands run."""
        return None

    def quiet(self, command):
        subprocess.run(command, env=self.environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class Dunnage(Program):
    def __init__(self, work, tree, binary, compression=None):
        super().__init__(work, tree)
        self.binary, self.compression = str(binary), compression
        self.name = f"dunnage {compression}" if compression else "dunnage"

    def begin(self):
        super().begin()
        passphrase = self.work / "passphrase"
        passphrase.write_text("benchmark\n")
        passphrase.chmod(0o600)
        options = {"compression": self.compression} if self.compression else {}
        configuration = {
            "version": 1,
            "instance": "benchmark",
            "runtime": {"state_dir": f"{self.work}/state"},
            "secrets": {"passphrase": {"file": str(passphrase)}},
            "destinations": {"store": {"url": f"file://{self.store}"}},
            "jobs": {
                "data": {
                    "sources": [{"path": self.tree}],
                    "encryption": {"passphrase": {"secret": "passphrase"}},
                    "destinations": ["store"],
                    "options": options,
                }
            },
        }
        (self.work / "dunnage.yaml").write_text(json.dumps(configuration, indent=2))

    def prepare(self, step):
        if step == "rebuild":
            shutil.rmtree(self.work / "state")

    def commands(self, step, target):
        def command(verb, *arguments):
            return [self.binary, verb, *arguments, "-q", "-c", f"{self.work}/dunnage.yaml"]

        backup = [command("run", "data")]
        return {
            "first": backup,
            "nochange": backup,
            "changed": backup,
            "restore": [command("restore", "data", "--target", str(target))],
            "verify": [command("verify", "data", "--full")],
            # Version 0 is the newest; the step "changed" left one more.
            "prune": [command("delete", "data", "1", "--yes"), command("compact", "data")],
            "rebuild": [command("repair", "data", "--yes")],
        }[step]


class Restic(Program):
    def __init__(self, work, tree, binary="restic"):
        super().__init__(work, tree)
        self.binary = binary
        self.name = version(binary, "version")
        self.environment |= {"RESTIC_PASSWORD": "benchmark", "RESTIC_CACHE_DIR": f"{self.work}/cache"}

    def begin(self):
        super().begin()
        self.quiet([self.binary, "init", "--repo", str(self.store)])

    def prepare(self, step):
        if step == "rebuild":
            shutil.rmtree(self.work / "cache", ignore_errors=True)

    def commands(self, step, target):
        def command(*arguments):
            return [self.binary, "-q", "--repo", str(self.store), *arguments]

        backup = [command("backup", self.tree)]
        return {
            "first": backup,
            "nochange": backup,
            "changed": backup,
            "restore": [command("restore", "latest", "--target", str(target))],
            "verify": [command("check", "--read-data")],
            "prune": [command("forget", "--keep-last", "1", "--prune")],
            "rebuild": [command("rebuild-index")],
        }[step]


class Borg(Program):
    def __init__(self, work, tree, binary="borg"):
        super().__init__(work, tree)
        self.binary = binary
        self.name = version(binary, "--version")
        self.environment |= {"BORG_PASSPHRASE": "benchmark", "BORG_BASE_DIR": f"{self.work}/base"}
        self.count = 0

    def begin(self):
        super().begin()
        self.count = 0
        self.quiet([self.binary, "init", "-e", "repokey", str(self.store)])

    def prepare(self, step):
        self.count += 1
        if step == "rebuild":
            shutil.rmtree(self.work / "base/.cache", ignore_errors=True)

    def folder(self, step, target):
        return target if step == "restore" else None

    def commands(self, step, target):
        repository = str(self.store)
        backup = [[self.binary, "create", f"{repository}::{self.count:04}", self.tree]]
        return {
            "first": backup,
            "nochange": backup,
            "changed": backup,
            # Archives are numbered by the steps before: the fourth step extracts what the third made.
            "restore": [[self.binary, "extract", f"{repository}::{self.count - 1:04}"]],
            "verify": [[self.binary, "check", "--verify-data", repository]],
            "prune": [[self.binary, "prune", "--keep-last", "1", repository], [self.binary, "compact", repository]],
            # Synchronises the cache of chunks with the repository.
            "rebuild": [[self.binary, "create", "--dry-run", f"{repository}::rebuild", "/dev/null"]],
        }[step]


def version(binary, argument):
    words = subprocess.run([binary, argument], capture_output=True, text=True, check=True).stdout.split()
    return " ".join(words[:2])
