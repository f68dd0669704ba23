#!/usr/bin/env python3
"""Measures how time and memory grow with the number of files and of versions.

    scripts/bench/growth.py BINARY [--files 3000,30000,300000] [--versions 10,100] [--work FOLDER]

A fitted exponent of 1 means linear growth; n log n over two powers of ten looks like 1.1.
"""

import argparse
import math
import pathlib
import shutil
import sys

import datasets
import programs
from measure import log, measure


def step(program, name, verb, *arguments):
    commands = [[program.binary, verb, *arguments, "-q", "-c", f"{program.work}/dunnage.yaml"]]
    cost = measure(commands, program.environment, None)
    if isinstance(cost, str):
        sys.exit(cost)
    log(f"  {name}: {cost.cpu:.2f} CPU s, {cost.memory:.0f} MiB")
    return cost


def common_steps(program):
    costs = {"no change": step(program, "no change", "run", "data"), "list": step(program, "list", "files", "data")}
    shutil.rmtree(program.work / "state")
    costs["rebuild"] = step(program, "rebuild", "repair", "data", "--yes")
    return costs


def by_files(binary, work, counts):
    results = {}
    for count in counts:
        log(f"{count:,} files")
        # All stay until the end: ext4 makes new files slowly while it remembers removed ones.
        data = datasets.TinyFiles(work / f"files-{count}", work / "undo", count)
        data.create()
        program = programs.Dunnage(work / "dunnage", data.folder, binary)
        program.begin()
        results[count] = {"first": step(program, "first", "run", "data")} | common_steps(program)
        shutil.rmtree(program.work)
    return results


def by_versions(binary, work, counts, files):
    data = datasets.TinyFiles(work / "files", work / "undo", files)
    data.create()
    program = programs.Dunnage(work / "dunnage", data.folder, binary)
    program.begin()
    paths = list(datasets.files(data.folder))
    results, version = {}, 0
    for count in counts:
        log(f"{count:,} versions")
        while version < count:
            # One file in a hundred changes between versions.
            for path in paths[version % 100 :: 100]:
                with open(path, "ab") as file:
                    file.write(b"changed\n")
            cost = step(program, f"version {version + 1}", "run", "data")
            version += 1
        results[count] = {"one more version": cost} | common_steps(program)
    return results


def exponent(points):
    """The slope of a straight line through the logarithms."""
    points = [(math.log(x), math.log(y)) for x, y in points if y > 0]
    if len(points) < 2:
        return float("nan")
    middle = [sum(values) / len(points) for values in zip(*points)]
    across = sum((x - middle[0]) ** 2 for x, _ in points)
    return sum((x - middle[0]) * (y - middle[1]) for x, y in points) / across


def table(what, results):
    counts = list(results)
    print(f"\n| {what} | " + " | ".join(f"{count:,}" for count in counts) + " | exponent |")
    print("|---|" + "---:|" * (len(counts) + 1))
    for name in results[counts[0]]:
        for unit, field, digits in [("CPU s", "cpu", 2), ("MiB", "memory", 0)]:
            values = [getattr(results[count][name], field) for count in counts]
            shown = " | ".join(f"{value:.{digits}f}" for value in values)
            print(f"| {name}, {unit} | {shown} | {exponent(list(zip(counts, values))):.2f} |")


def numbers(text):
    return [int(word) for word in text.split(",") if word]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary", type=pathlib.Path)
    parser.add_argument("--files", type=numbers, default=[3_000, 30_000, 300_000])
    parser.add_argument("--versions", type=numbers, default=[10, 100])
    parser.add_argument("--versioned-files", type=int, default=3_000, help="files of the tree with many versions")
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path("/var/tmp/dunnage-growth"))
    arguments = parser.parse_args()
    binary, work = arguments.binary.resolve(), arguments.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    if arguments.files:
        table("files", by_files(binary, work, arguments.files))
    if arguments.versions:
        table("versions", by_versions(binary, work, arguments.versions, arguments.versioned_files))
    shutil.rmtree(work)


if __name__ == "__main__":
    main()
