#!/usr/bin/env python3
"""Times a first backup, a run without changes, a run with changes and a restore of a tree, beside restic's.

    scripts/benchmark.py BINARY TREE [--rounds N] [--work FOLDER] [--compression WORD]

Programs take turns within each round, so that a busy machine is unfair to all alike. The best of the rounds is shown:
wall and CPU seconds, peak memory, and what is stored in the end. restic is left out when it is not installed.
The tree is read only; "with changes" works on a copy of one in a hundred of its files in a folder beside it.
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import time

CONFIGURATION = """\
version: 1
instance: benchmark
runtime: {{state_dir: {work}/state}}
secrets: {{passphrase: {{file: {work}/passphrase}}}}
destinations: {{store: {{url: "file://{work}/store"}}}}
jobs:
  tree:
    sources: [{{path: {tree}}}, {{path: {work}/changing}}]
    encryption: {{passphrase: {{secret: passphrase}}}}
    destinations: [store]
{options}"""


def run(command, environment):
    """Runs a command and returns wall seconds, CPU seconds and peak MiB."""
    begin = time.monotonic()
    child = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.monotonic() - begin
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"{' '.join(command)}\nended with {child.returncode}: {errors.decode(errors='replace')}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def regular_files(folder):
    """Paths of regular files, in the order of their names, one by one: a child's peak memory includes its parent's."""
    for parent, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(parent, name)
            if os.path.isfile(path) and not os.path.islink(path):
                yield path


def size(folder):
    return sum(os.lstat(path).st_size for path in regular_files(folder))


def change(folder, tree):
    """Copies every hundredth file of the tree, so that the next run has something to do."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for number, path in enumerate(regular_files(tree)):
        if number % 100 == 0:
            shutil.copyfile(path, folder / str(number))
            with open(folder / str(number), "ab") as copy:
                copy.write(b"changed\n")


class Dunnage:
    name = "dunnage"

    def __init__(self, binary, tree, work, compression):
        self.binary, self.work, self.store = binary, work, work / "store"
        options = f"    options: {{compression: {compression}}}\n" if compression else ""
        (work / "passphrase").write_text("benchmark\n")
        (work / "passphrase").chmod(0o600)
        (work / "dunnage.yaml").write_text(CONFIGURATION.format(work=work, tree=tree, options=options))
        self.environment = dict(os.environ)

    def clear(self):
        for folder in [self.store, self.work / "state"]:
            shutil.rmtree(folder, ignore_errors=True)

    def backup(self):
        return run([self.binary, "run", "-q", "-c", f"{self.work}/dunnage.yaml"], self.environment)

    def restore(self, target):
        command = [self.binary, "restore", "tree", "-q", "-c", f"{self.work}/dunnage.yaml", "--target", str(target)]
        return run(command, self.environment)


class Restic:
    name = "restic"

    def __init__(self, tree, work):
        self.tree, self.work, self.store = tree, work, work / "restic"
        self.environment = dict(os.environ, RESTIC_PASSWORD="benchmark", RESTIC_CACHE_DIR=str(work / "cache"))

    def clear(self):
        for folder in [self.store, self.work / "cache"]:
            shutil.rmtree(folder, ignore_errors=True)
        run(["restic", "-q", "init", "--repo", str(self.store)], self.environment)

    def backup(self):
        command = ["restic", "-q", "backup", "--repo", str(self.store), str(self.tree), f"{self.work}/changing"]
        return run(command, self.environment)

    def restore(self, target):
        command = ["restic", "-q", "restore", "latest", "--repo", str(self.store), "--target", str(target)]
        return run(command, self.environment)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary", type=pathlib.Path)
    parser.add_argument("tree", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path("/var/tmp/dunnage-benchmark"))
    parser.add_argument("--compression")
    arguments = parser.parse_args()
    tree, work = arguments.tree.resolve(), arguments.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    programs = [Dunnage(str(arguments.binary.resolve()), tree, work, arguments.compression)]
    if shutil.which("restic"):
        programs.append(Restic(tree, work))

    files = sum(1 for _ in regular_files(tree))
    print(f"{tree}: {files:,} files, {size(tree) / 2**20:,.0f} MiB; best of {arguments.rounds} rounds", flush=True)
    best, stored = {}, {}
    for _ in range(arguments.rounds):
        for program in programs:
            change(work / "changing", tree / "nothing")
            program.clear()
            steps = {"first backup": program.backup()}
            steps["no change"] = program.backup()
            change(work / "changing", tree)
            steps["with changes"] = program.backup()
            target = work / "restored"
            shutil.rmtree(target, ignore_errors=True)
            steps["restore"] = program.restore(target)
            shutil.rmtree(target)
            stored[program.name] = size(program.store)
            for step, figures in steps.items():
                key = (step, program.name)
                best[key] = min(best.get(key, figures), figures)
    print(f"{'':14}{'':10}{'wall s':>9}{'CPU s':>9}{'peak MiB':>10}")
    for step in ["first backup", "no change", "with changes", "restore"]:
        for program in programs:
            wall, cpu, memory = best[step, program.name]
            print(f"{step:14}{program.name:10}{wall:9.2f}{cpu:9.2f}{memory:10.0f}")
    for program in programs:
        print(f"{'stored':14}{program.name:10}{stored[program.name] / 2**20:9.0f} MiB")
    shutil.rmtree(work)


if __name__ == "__main__":
    main()
