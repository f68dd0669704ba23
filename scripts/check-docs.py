#!/usr/bin/env python3
"""Runs every snippet of the documentation against a built binary, and checks the links.

    scripts/check-docs.py --binary .build/debug/dunnage [--only NAME] [--keep] [PAGE...]

A fenced block says in its info string what is to happen with it:

    sh test=NAME                  run with bash; any command that fails fails the test
    yaml test=NAME file=F         written to F, then `dunnage validate F`
    yaml test=NAME file=F plain   written to F, not validated (it is not Dunnage's configuration)
    yaml fragment                 part of a configuration: completed with the missing top-level keys, then validated
    python test=NAME              run with python3
    LANGUAGE test=NAME file=F     written to F (any other language)
    json                          must parse
    text                          shown only: output, or something that cannot run in a test

The blocks of one NAME on one page run in order in one fresh folder, which is also $HOME. What a test needs
and a reader does not is a block of the same form inside a comment:

    <!-- sh test=NAME
    mkdir Documents
    -->

Every other info string is an error, so that nobody adds a snippet that nothing proves. The configurations
below examples/ are validated too. The closing line is `docs: N passed, N failed`.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TIME_LIMIT = 300

# What a fragment is completed with. A fragment that has one of these keys brings its own.
SKELETON = {
    "version": "version: 1\n",
    "instance": "instance: example\n",
    "secrets": "secrets:\n  backup_passphrase:\n    file: /run/secrets/backup_passphrase\n",
    "destinations": "destinations:\n  local:\n    url: file:///srv/backup\n",
    "jobs": (
        "jobs:\n  documents:\n    sources:\n      - path: /srv/documents\n"
        "    encryption:\n      passphrase:\n        secret: backup_passphrase\n    destinations: [local]\n"
    ),
}


@dataclass
class Block:
    page: Path
    line: int
    language: str
    words: list[str]
    options: dict[str, str]
    text: str

    @property
    def place(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


@dataclass
class Results:
    passed: int = 0
    failed: list[str] = field(default_factory=list)

    def record(self, label: str, problem: str | None, seconds: float | None = None) -> None:
        spent = f"  {seconds:.1f} s" if seconds is not None else ""
        if problem is None:
            self.passed += 1
            print(f"ok    {label}{spent}", flush=True)
        else:
            self.failed.append(label)
            print(f"FAIL  {label}{spent}\n{indent(problem)}", flush=True)


def indent(text: str) -> str:
    return "\n".join("      " + line for line in text.rstrip().splitlines())


# --- reading a page ----------------------------------------------------------------------------------------


def parse_info(info: str) -> tuple[str, list[str], dict[str, str]]:
    parts = info.split()
    options = dict(part.split("=", 1) for part in parts[1:] if "=" in part)
    words = [part for part in parts[1:] if "=" not in part]
    return (parts[0] if parts else ""), words, options


def read_blocks(page: Path) -> list[Block]:
    blocks: list[Block] = []
    lines = page.read_text(encoding="utf-8").splitlines()
    number = 0
    while number < len(lines):
        fence = re.match(r"^( *)(`{3,})([^`]*)$", lines[number])
        comment = re.match(r"^<!-- (\w+ +test=.*[^>])$", lines[number])
        start = number + 1
        if fence:
            margin, ticks, info = fence.groups()
            end = re.compile(rf"^ *{ticks}`* *$")
        elif comment:
            margin, info, end = "", comment.group(1), re.compile(r"^-->$")
        else:
            number += 1
            continue
        body: list[str] = []
        number = start
        while number < len(lines) and not end.match(lines[number]):
            body.append(lines[number].removeprefix(margin))
            number += 1
        number += 1
        language, words, options = parse_info(info)
        blocks.append(Block(page, start, language, words, options, "\n".join(body) + "\n"))
    return blocks


def prose(page: Path) -> list[tuple[int, str]]:
    """The lines outside fenced blocks and comments, without code spans."""
    kept, inside = [], None
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        if inside is None:
            if re.match(r"^ *```", line):
                inside = "```"
            elif line.startswith("<!--") and "-->" not in line:
                inside = "-->"
            else:
                kept.append((number, line))
        elif line.strip().startswith(inside):
            inside = None
    return kept


# --- links -------------------------------------------------------------------------------------------------


def anchors(page: Path) -> set[str]:
    """The anchors that GitHub makes of the headings of a page."""
    found: dict[str, int] = {}
    names = set()
    for _, line in prose(page):
        heading = re.match(r"^#{1,6} +(.*?) *#*$", line)
        if heading:
            text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading.group(1))
            slug = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
            count = found.get(slug, 0)
            found[slug] = count + 1
            names.add(f"{slug}-{count}" if count else slug)
    return names


def check_links(page: Path, results: Results) -> None:
    problems, count = [], 0
    for number, line in prose(page):
        line = re.sub(r"`[^`]*`", "", line)
        for target in re.findall(r"\]\(<?([^)\s>]+)>?(?: \"[^\"]*\")?\)", line):
            if re.match(r"^[a-z][a-z0-9+.-]*:", target):
                continue
            count += 1
            name, _, anchor = target.partition("#")
            file = (page.parent / name).resolve() if name else page
            if not file.exists():
                problems.append(f"line {number}: {target}: there is no such file")
            elif anchor and file.suffix == ".md" and anchor not in anchors(file):
                problems.append(f"line {number}: {target}: the page has no such heading")
    if count:
        results.record(f"{page.relative_to(ROOT)}  {count} links", "\n".join(problems) or None)


# --- running -----------------------------------------------------------------------------------------------


class Runner:
    def __init__(self, binary: Path, folder: Path) -> None:
        self.binary = binary
        self.folder = folder
        commands = folder / "bin"
        commands.mkdir()
        (commands / "dunnage").symlink_to(binary)
        self.path = f"{commands}:{os.environ['PATH']}"

    def environment(self, home: Path) -> dict[str, str]:
        kept = {key: os.environ[key] for key in ("LANG", "LC_ALL", "TMPDIR", "USER", "LOGNAME") if key in os.environ}
        return kept | {"PATH": self.path, "HOME": str(home), "PWD": str(home), "CHECKOUT": str(ROOT), "NO_COLOR": "1"}

    def execute(self, command: list[str], home: Path, extra: dict[str, str] | None = None) -> str | None:
        """Runs a command; what went wrong, or nothing."""
        try:
            done = subprocess.run(
                command, cwd=home, env=self.environment(home) | (extra or {}), stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=TIME_LIMIT, check=False)
        except subprocess.TimeoutExpired:
            return f"still running after {TIME_LIMIT} s: {' '.join(command)}"
        if done.returncode == 0:
            return None
        return f"exit {done.returncode}\n{done.stdout.decode(errors='replace')}"

    def validate(self, file: str, home: Path, extra: dict[str, str] | None = None) -> str | None:
        return self.execute([str(self.binary), "validate", file], home, extra)

    def run_test(self, blocks: list[Block], home: Path) -> str | None:
        """Runs the blocks of one test in order; the first that fails ends it."""
        for block in blocks:
            problem = self.run_block(block, home)
            if problem is not None:
                return f"{block.place}: {problem}"
        return None

    def run_block(self, block: Block, home: Path) -> str | None:
        name = block.options.get("file")
        if name:
            file = home / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.text, encoding="utf-8")
        if block.language == "sh":
            # Exported variables and the folder of one block hold in the next, as in the reader's terminal.
            state = home / ".terminal"
            script = f'[ ! -f "{state}" ] || . "{state}"\n{block.text}'
            script += f'{{ export -p; printf "cd %q\\n" "$PWD"; }} > "{state}"\n'
            return self.execute(["bash", "-euo", "pipefail", "-c", script], home)
        if block.language == "python" and not name:
            return self.execute(["python3", "-c", block.text], home)
        if block.language == "yaml" and name and "plain" not in block.words:
            return self.validate(name, home)
        return None if name else "a block of this language needs file="


def complete(fragment: str) -> str:
    missing = [text for key, text in SKELETON.items() if not re.search(rf"^{key}:", fragment, re.MULTILINE)]
    return fragment + "".join(missing)


def check_page(page: Path, runner: Runner, only: str | None, results: Results) -> None:
    tests: dict[str, list[Block]] = {}
    for block in read_blocks(page):
        if "test" in block.options:
            tests.setdefault(block.options["test"], []).append(block)
        elif block.language == "yaml" and "fragment" in block.words:
            if only is None:
                with tempfile.TemporaryDirectory(dir=runner.folder) as home:
                    (Path(home) / "dunnage.yaml").write_text(complete(block.text), encoding="utf-8")
                    problem = runner.validate("dunnage.yaml", Path(home))
                results.record(f"{block.place}  yaml fragment", problem)
        elif block.language == "json":
            try:
                json.loads(block.text)
            except ValueError as error:
                results.record(f"{block.place}  json", str(error))
        elif block.language != "text":
            results.record(
                f"{block.place}  `{block.language}` without test=",
                "give it test=NAME so that it is run, or call it text if it cannot run")
    for name, blocks in tests.items():
        if only is not None and name != only:
            continue
        start = time.monotonic()
        home = runner.folder / f"{page.stem}-{name}"
        home.mkdir()
        problem = runner.run_test(blocks, home)
        count = f"{len(blocks)} block{'s' if len(blocks) > 1 else ''}"
        results.record(f"{blocks[0].place}  {name}  {count}", problem, time.monotonic() - start)


def check_examples(runner: Runner, results: Results) -> None:
    """Validates every dunnage.yaml below examples/, with the variables that example.env beside it names."""
    for file in sorted(ROOT.glob("examples/**/dunnage.yaml")):
        variables = {}
        settings = file.with_name("example.env")
        if settings.exists():
            lines = settings.read_text(encoding="utf-8").splitlines()
            variables = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
        home = runner.folder
        results.record(f"{file.relative_to(ROOT)}  validate", runner.validate(str(file), home, variables))


def pages() -> list[Path]:
    return sorted(ROOT.glob("*.md")) + sorted(ROOT.glob("docs/**/*.md"))


def main() -> int:
    parser = argparse.ArgumentParser(description="Run the snippets of the documentation and check its links.")
    parser.add_argument("--binary", default=os.environ.get("DUNNAGE_BIN"), help="default: $DUNNAGE_BIN")
    parser.add_argument("--only", metavar="NAME", help="run only the test of this name")
    parser.add_argument("--keep", action="store_true", help="keep the folders that the tests ran in")
    parser.add_argument("pages", nargs="*", type=lambda text: Path(text).resolve())
    arguments = parser.parse_args()
    if not arguments.binary or not os.access(arguments.binary, os.X_OK):
        parser.error("name a built binary with --binary or DUNNAGE_BIN (`make docs` does)")

    results = Results()
    folder = Path(tempfile.mkdtemp(prefix="dunnage-docs-"))
    try:
        runner = Runner(Path(arguments.binary).resolve(), folder)
        for page in arguments.pages or pages():
            check_page(page, runner, arguments.only, results)
            if arguments.only is None:
                check_links(page, results)
        if arguments.only is None and not arguments.pages:
            check_examples(runner, results)
    finally:
        if arguments.keep:
            print(f"kept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    print(f"docs: {results.passed} passed, {len(results.failed)} failed")
    return 1 if results.failed else 0


if __name__ == "__main__":
    sys.exit(main())
