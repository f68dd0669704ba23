#!/usr/bin/env python3
"""Measures Dunnage beside restic and borg, and prints a table of medians and ratios.

    scripts/bench/bench.py BINARY [--data tree,binaries,tiny] [--rounds 3] [--work FOLDER] [--json FILE]

docs/benchmarks.md explains the data, the steps and the columns.
"""

import argparse
import json
import os
import pathlib
import shutil
import statistics
import sys

import compare
import datasets
import programs
from measure import Cost, log, measure

TITLES = {
    "first": "first backup",
    "nochange": "no change",
    "changed": "with changes",
    "restore": "restore",
    "verify": "full verification",
    "prune": "prune and compact",
    "rebuild": "index rebuilt",
}


class Bench:
    def __init__(self, data, rivals, steps, target):
        self.data, self.rivals, self.steps, self.target = data, rivals, steps, target
        """Costs of all rounds by (step, program); stored bytes after the first step and at the end."""
        self.costs, self.stored, self.failures = {}, {}, []

    def round(self, number):
        # Each round begins with another program, so that no one always follows the same.
        order = self.rivals[number % len(self.rivals) :] + self.rivals[: number % len(self.rivals)]
        for program in order:
            program.begin()
        is_changed = False
        for step in programs.STEPS:
            if step not in self.steps and step != "first":
                continue
            if step == "changed":
                self.data.change()
                is_changed = True
            for program in order:
                self.run(program, step)
        if is_changed:
            self.data.restore_original()
        for program in order:
            self.stored.setdefault(("end", program.name), []).append(datasets.size(program.store))

    def run(self, program, step):
        target = self.target / f"{program.work.name}-{len(self.costs.get((step, program.name), []))}"
        if step == "restore":
            target.mkdir(parents=True)
        program.prepare(step)
        if step in ("first", "nochange", "changed"):
            # Borg drops from the cache what it has read; whoever comes next would pay for that.
            self.data.warm()
        # Nobody writes what another has left to be written.
        os.sync()
        commands = program.commands(step, target)
        cost = measure(commands, program.environment, program.folder(step, target))
        if isinstance(cost, str):
            log(f"  {program.name}, {step}: {cost}")
            self.failures.append(f"{program.name}, {step}")
            return
        log(f"  {program.name}, {step}: {cost.cpu:.2f} CPU s, {cost.wall:.2f} s, {cost.memory:.0f} MiB")
        self.costs.setdefault((step, program.name), []).append(cost)
        if step == "first":
            self.stored.setdefault(("first", program.name), []).append(datasets.size(program.store))
        if step == "restore":
            for difference in compare.differences(self.data.folder, target):
                log(f"  {program.name} restored something else: {difference}")
                self.failures.append(f"{program.name}, comparison")
            if not self.data.has_many_files:
                shutil.rmtree(target)

    def medians(self):
        rows = []
        for (step, name), costs in self.costs.items():
            median = {
                field: statistics.median(getattr(cost, field) for cost in costs)
                for field in Cost.__dataclass_fields__
            }
            rows.append({"data": self.data.name, "step": step, "program": name, "rounds": len(costs)} | median)
        for (step, name), sizes in self.stored.items():
            rows.append(
                {"data": self.data.name, "step": f"stored {step}", "program": name, "rounds": len(sizes)}
                | {"bytes": statistics.median(sizes)})
        return rows


def table(rows, ours):
    """Markdown: a line per step and program, with ours divided by theirs."""
    lines = [
        "| data | step | program | CPU s | wall s | peak MiB | ours/theirs: CPU | wall | memory | other CPU s |",
        "|---|---|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    own = {(row["data"], row["step"], row["program"]): row for row in rows if row["program"] in ours}
    for row in rows:
        if "cpu" not in row:
            continue
        ratios = ["", "", ""]
        mine = own.get((row["data"], row["step"], ours[0]))
        if mine and row["program"] != ours[0]:
            ratios = [f"{mine[key] / row[key]:.2f}" if row[key] else "" for key in ["cpu", "wall", "memory"]]
        lines.append(
            f"| {row['data']} | {TITLES[row['step']]} | {row['program']} | {row['cpu']:.2f} | {row['wall']:.2f} "
            f"| {row['memory']:.0f} | {' | '.join(ratios)} | {row['others']:.1f} |")
    lines += ["", "| data | stored | program | MB | ours/theirs |", "|---|---|---|---:|---:|"]
    for row in rows:
        if "bytes" not in row:
            continue
        mine = own.get((row["data"], row["step"], ours[0]))
        ratio = f"{mine['bytes'] / row['bytes']:.3f}" if mine and row["program"] != ours[0] else ""
        when = "after the first backup" if row["step"] == "stored first" else "at the end"
        lines.append(f"| {row['data']} | {when} | {row['program']} | {row['bytes'] / 1e6:.1f} | {ratio} |")
    return "\n".join(lines)


def choose(arguments, data, work):
    wanted = arguments.programs.split(",")
    rivals = []
    for word in wanted:
        folder = work / f"{data.name}-{word.replace('/', '-').replace(':', '-')}"
        kind, _, detail = word.partition(":")
        if kind == "dunnage":
            rivals.append(programs.Dunnage(folder, data.folder, arguments.binary.resolve(), detail or None))
        elif kind in ("restic", "borg"):
            binary = detail or kind
            if not shutil.which(binary):
                log(f"{binary} is not installed and left out")
                continue
            rivals.append({"restic": programs.Restic, "borg": programs.Borg}[kind](folder, data.folder, binary))
        else:
            sys.exit(f"no program is called {word}")
    return rivals


def main():
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("binary", type=pathlib.Path)
    parser.add_argument("--data", default="tree,binaries,tiny", help="which sets, with commas between")
    parser.add_argument("--tree", help="a folder to copy for the set tree, instead of Debian's linux-source")
    parser.add_argument("--origin", help="the folder that the tar of the set binaries is made of")
    parser.add_argument("--scale", type=float, default=1.0, help="makes the sets binaries and tiny smaller or larger")
    parser.add_argument("--programs", default="dunnage,dunnage:fast,restic,borg",
                        help="NAME or NAME:DETAIL: a compression for dunnage, a path for restic and borg")
    parser.add_argument("--steps", default=",".join(programs.STEPS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path("/var/tmp/dunnage-bench"))
    parser.add_argument("--keep", action="store_true", help="keep the data for the next time")
    parser.add_argument("--json", type=pathlib.Path, help="write all medians there too")
    arguments = parser.parse_args()

    work = arguments.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    undo = work / "undo"
    if undo.exists():
        sys.exit(f"{undo} is left from a run that was stopped, so the data has changed: remove {work}")
    sets = {
        "tree": datasets.Tree(work / "tree", undo, arguments.tree),
        "binaries": datasets.Binaries(work / "binaries", undo, arguments.origin, arguments.scale),
        "tiny": datasets.TinyFiles(work / "tiny", undo, int(300_000 * arguments.scale)),
    }
    restored = work / "restored"
    shutil.rmtree(restored, ignore_errors=True)
    rows, failures, ours = [], [], None
    for name in arguments.data.split(","):
        data = sets[name]
        log(f"{name}: making the data")
        data.create()
        data.warm()
        rivals = choose(arguments, data, work)
        ours = ours or [program.name for program in rivals if isinstance(program, programs.Dunnage)]
        bench = Bench(data, rivals, arguments.steps.split(","), restored)
        for number in range(arguments.rounds):
            log(f"{name}: round {number + 1} of {arguments.rounds}")
            bench.round(number)
        rows += bench.medians()
        failures += bench.failures
        for program in rivals:
            shutil.rmtree(program.work)
        if not arguments.keep:
            shutil.rmtree(data.folder)
    shutil.rmtree(restored, ignore_errors=True)
    print(table(rows, ours or [""]))
    if arguments.json:
        arguments.json.write_text(json.dumps({"schema": "dunnage-bench/1", "rows": rows, "failures": failures}, indent=2))
    if not arguments.keep:
        shutil.rmtree(work)
    if failures:
        sys.exit("not everything went well: " + "; ".join(sorted(set(failures))))


if __name__ == "__main__":
    main()
