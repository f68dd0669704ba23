#!/usr/bin/env python3
"""Runs every snippet of the documentation against a built binary, and checks the links.

    scripts/check-docs.py --binary .build/debug/dunnage [--only NAME] [--keep] [PAGE...]

A fenced block says in its info string what is to happen with it:

    sh test=NAME                  run with bash; any command that fails fails the test
    sh shown                      cannot run in a test (containers, root, other programs): its syntax is checked, and
                                  the commands and options of dunnage, targets of make and scripts that it names
    cron                          lines of a crontab: five fields and a command, which is checked as in `sh shown`
    text usage                    synopses: every command and option that they name exists
    text                          one of the three above, if every line can be seen to be such
    text test=NAME output         what the blocks of the test have printed since the last such block: each line is
                                  looked for, in order; times, sizes, numbers and hashes count as equal, `…` is anything
    yaml test=NAME file=F         written to F, then `dunnage validate F`
    yaml test=NAME file=F plain   written to F, not validated (it is not Dunnage's configuration)
    yaml plain                    not Dunnage's configuration: must be YAML
    yaml fragment                 part of a configuration: completed with the missing top-level keys, then validated
    yaml copy=F                   the same as the file F of this repository
    python test=NAME              run with python3
    LANGUAGE test=NAME file=F     written to F (any other language)
    json, ini, xml, csv           must parse
    text drawing                  a drawing: not checked, but counted
    text example                  what cannot be had in a test, such as another program's words: not checked, but counted

The blocks of one NAME on one page run in order in one fresh folder, which is also $HOME. What a test needs
and a reader does not is a block of the same form inside a comment:

    <!-- sh test=NAME
    mkdir Documents
    -->

Every other info string is an error, so that nobody adds a snippet that nothing proves; scripts/check-docs.bad.md has
one of each kind that has to be refused. Commands of dunnage within a
line of text are checked like synopses. Every page has to be linked from docs/index.md, or from a page that is. The
configurations below examples/ are validated too. The closing line is `docs: N passed, N failed, N blocks not checked`.
"""

import argparse
import configparser
import csv
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import xml.dom.minidom
import xml.parsers.expat
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TIME_LIMIT = 300

# What the five fields of a crontab may be.
CRON_RANGES = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 7)]
CRON_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec sun mon tue wed thu fri sat".split()

# Programs whose calls are shown as `text`, and need not be called `sh shown`.
SHOWN_PROGRAMS = (
    "apt apt-get aws cat cd chmod chown cp curl docker dpkg dunnage export flux git head helm install journalctl kubectl "
    "kustomize make mkdir openssl openstack podman printf promtool rclone systemctl"
).split()

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
    unchecked: list[str] = field(default_factory=list)
    accepted: list[str] = field(default_factory=list)
    is_quiet: bool = False

    def record(self, label: str, problem: str | None, seconds: float | None = None) -> None:
        if self.is_quiet:
            (self.failed if problem else self.accepted).append(label)
            return
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
        self.printed = ""
        self.helps: dict[tuple[str, ...], str] = {}

    def environment(self, home: Path) -> dict[str, str]:
        kept = {key: os.environ[key] for key in ("LANG", "LC_ALL", "TMPDIR", "USER", "LOGNAME") if key in os.environ}
        return kept | {"PATH": self.path, "HOME": str(home), "PWD": str(home), "CHECKOUT": str(ROOT), "NO_COLOR": "1"}

    def execute(self, command: list[str], home: Path, extra: dict[str, str] | None = None) -> str | None:
        """Runs a command, and keeps what it printed; what went wrong, or nothing."""
        try:
            done = subprocess.run(
                command, cwd=home, env=self.environment(home) | (extra or {}), stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=TIME_LIMIT, check=False)
        except subprocess.TimeoutExpired:
            return f"still running after {TIME_LIMIT} s: {' '.join(command)}"
        printed = done.stdout.decode(errors="replace")
        # As on the machine of the examples.
        printed_there = printed.replace(str(home), "/home/anna")
        self.printed += re.sub(rf" on {re.escape(socket.gethostname())}\b", " on attic", printed_there)
        return None if done.returncode == 0 else f"exit {done.returncode}\n{printed}"

    def validate(self, file: str, home: Path, extra: dict[str, str] | None = None) -> str | None:
        return self.execute([str(self.binary), "validate", file], home, extra)

    def run_test(self, blocks: list[Block], home: Path) -> str | None:
        """Runs the blocks of one test in order; the first that fails ends it."""
        self.printed = ""
        for block in blocks:
            problem = self.run_block(block, home)
            if problem is not None:
                return f"{block.place}: {problem}"
        return None

    def run_block(self, block: Block, home: Path) -> str | None:
        name = block.options.get("file")
        if block.language == "text" and "output" in block.words:
            printed, self.printed = self.printed, ""
            return compare(block.text, printed)
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


    # --- what exists ---------------------------------------------------------------------------------------

    def help(self, path: tuple[str, ...]) -> str:
        if path not in self.helps:
            done = subprocess.run(
                [str(self.binary), "help", *path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
            self.helps[path] = done.stdout.decode(errors="replace") if done.returncode == 0 else ""
        return self.helps[path]

    def subcommands(self, path: tuple[str, ...]) -> set[str]:
        _, _, list_of_them = self.help(path).partition("SUBCOMMANDS:")
        names: set[str] = set()
        for line in list_of_them.splitlines():
            entry = re.match(r"^  ([a-z][\w, -]*?)(?:  |$)", line)
            if entry:
                names |= set(entry.group(1).split(", "))
        return names

    def check_call(self, words: str) -> str | None:
        """What is wrong with the words after `dunnage`: a command or option that does not exist."""
        paths: list[tuple[str, ...]] = [()]
        words = re.sub(r"\"[^\"]*\"|'[^']*'", "TEXT", words)
        for word in re.sub(r"[\[\]()]", " ", words).replace(" | ", "|").split():
            known = self.subcommands(paths[0])
            if not known or word.startswith("-") or not re.match(r"^[a-z]", word):
                break
            names = word.rstrip(",.;:").split("|")
            missing = [name for name in names if name not in known and name != "help"]
            if missing:
                return f"dunnage {' '.join((*paths[0], missing[0]))}: there is no such command"
            paths = [(*paths[0], name) for name in names]
        texts = "".join(self.help(path) for path in paths)
        for option in re.findall(r"(?<![\w-])(--[a-z][a-z-]+|-[a-zA-Z](?![\w-]))", words):
            # Of groups of commands, such as `destination test, doctor`, options are looked for in all of them.
            inner = "".join(self.help((*path, name)) for path in paths for name in self.subcommands(path) if path)
            if option not in ("--help", "--generate-completion-script") and not re.search(
                rf"(?<![\w-]){option}(?![\w-])", texts + inner
            ):
                return f"dunnage {' '.join(paths[0])}: there is no option {option}"
        return None

    def check_calls(self, text: str) -> str | None:
        """Looks at every call of dunnage in shell, in synopses, or in a line of text."""
        text = re.sub(r"\\\n\s*", " ", text)
        text = re.sub(r"\n {6,}", " ", text)
        # In `docker compose exec dunnage …` the first word is a service.
        text = re.sub(r"( exec +(?:-\S+ +)*)dunnage ", r"\1", text)
        calls = re.findall(r"(?<![\w.:=-])(?<!/)(?:\S*/bin/)?dunnage(?::local)? +([a-z][^\n;&#`>]*)", text)
        # After a pipe another program begins; within a synopsis a bar has no blanks around it.
        problems = [self.check_call(re.split(r" \| (?!--)", call)[0]) for call in calls]
        return "\n".join(problem for problem in problems if problem) or None

    def check_shown(self, text: str) -> str | None:
        """Looks at shell that cannot be run."""
        done = subprocess.run(["bash", "-n"], input=text.encode(), stderr=subprocess.PIPE, check=False)
        if done.returncode != 0:
            return done.stderr.decode(errors="replace")
        targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
        for target in re.findall(r"(?:^|&& )(?:sudo )?make ([a-z][a-z-]*)", text, re.MULTILINE):
            if target not in targets:
                return f"make {target}: there is no such target"
        for name in re.findall(r"(?<![\w/.-])(?:\./)?((?:scripts|examples)/[\w./-]+)", text):
            if not (ROOT / name).exists():
                return f"{name}: there is no such file"
        return self.check_calls(text)


def normal(line: str) -> str:
    """A line with everything that differs from run to run and from machine to machine taken out of it."""
    line = re.sub(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?( ?[+-]\d\d:\d\d|Z)?", "TIME", line.strip())
    line = re.sub(r"sha256:[0-9a-f]+…?|\b[0-9a-f]{7,}\b", "HASH", line)
    line = re.sub(r"\d[\d.,]* (B|KiB|MiB|GiB)\b", "SIZE", line)
    return re.sub(r"\s+", " ", re.sub(r"\d+([.,]\d+)*", "N", line))


def compare(shown: str, printed: str) -> str | None:
    """The first line of a sample that a run has not printed, after those before it."""
    lines = [normal(line) for line in printed.splitlines()]
    at = 0
    for line in shown.splitlines():
        if not line.strip() or line.startswith("$ "):
            continue
        pattern = re.compile(".*".join(re.escape(part) for part in normal(line).split("…")))
        while at < len(lines) and not pattern.fullmatch(lines[at]):
            at += 1
        if at == len(lines):
            return f"was not printed: {line}\n{printed}"
        at += 1
    return None


def parse(block: Block) -> str | None:
    """What is wrong with a block of a language that can be parsed here."""
    try:
        if block.language == "json":
            json.loads(block.text)
        elif block.language == "ini":
            configparser.RawConfigParser(strict=False, allow_no_value=True).read_string(block.text)
        elif block.language == "xml":
            xml.dom.minidom.parseString(block.text)
        else:
            rows = list(csv.reader(block.text.splitlines(), strict=True))
            if len({len(row) for row in rows}) > 1:
                return "rows of different lengths"
    except (ValueError, configparser.Error, csv.Error, xml.parsers.expat.ExpatError) as error:
        return str(error)
    return None


def treatment(text: str) -> str:
    """What is meant by `text` alone, where that can be seen: calls of dunnage, a crontab, shell that cannot be run."""
    lines = [line for line in re.sub(r"\\\n", " ", text).splitlines() if line.strip()]
    if all(line.startswith(("dunnage ", "      ")) for line in lines):
        return "text usage"
    if all(len(line.split()) > 5 and all(map(is_cron_field, line.split(), *zip(*CRON_RANGES))) for line in lines):
        return "cron"
    programs = "|".join(SHOWN_PROGRAMS)
    if all(re.match(rf"(#|\(|[A-Z_]+=|scripts/|(sudo )?({programs})( |$))", line) for line in lines):
        return "sh shown"
    return "text"


def is_cron_field(text: str, least: int, most: int) -> bool:
    """Whether a text is a field of a crontab: numbers or names, ranges, steps, lists."""
    for part in text.split(","):
        match = re.fullmatch(r"(\*|(\d+|[a-z]{3})(?:-(\d+|[a-z]{3}))?)(?:/\d+)?", part.lower())
        if not match:
            return False
        for value in match.groups()[1:]:
            if value and value.isdigit() and not least <= int(value) <= most:
                return False
            if value and value.isalpha() and value not in CRON_NAMES:
                return False
    return True


def check_cron(block: Block, runner: Runner) -> str | None:
    for line in block.text.splitlines():
        if not line.strip() or line.startswith("#") or re.match(r"^[A-Z]+=", line):
            continue
        parts = line.split(None, 5)
        if len(parts) < 6 or not all(map(is_cron_field, parts, *zip(*CRON_RANGES))):
            return f"not five fields and a command: {line}"
        problem = runner.check_shown(parts[5])
        if problem:
            return problem
    return None


def check_yaml(block: Block, runner: Runner) -> str | None:
    """Whether a text that is no configuration is YAML at least: then it has none of the codes of the grammar."""
    with tempfile.TemporaryDirectory(dir=runner.folder) as home:
        (Path(home) / "plain.yaml").write_text(block.text, encoding="utf-8")
        runner.printed = ""
        runner.validate("plain.yaml", Path(home))
        wrong = re.findall(r"^plain\.yaml:.*error\[E00[124568]\].*$", runner.printed, re.MULTILINE)
        return "\n".join(wrong) or None


def complete(fragment: str) -> str:
    """A whole configuration: its job is encrypted and has the fragment's destinations, if that has no jobs itself."""
    missing = {key: text for key, text in SKELETON.items() if not re.search(rf"^{key}:", fragment, re.MULTILINE)}
    if "jobs" in missing and "destinations" not in missing:
        section = re.split(r"^destinations:\n", fragment, flags=re.MULTILINE)[-1]
        section = re.split(r"^\w", section, flags=re.MULTILINE)[0]
        names = ", ".join(re.findall(r"^  ([\w.-]+):", section, re.MULTILINE))
        missing["jobs"] = missing["jobs"].replace("[local]", f"[{names}]")
    if "jobs" in missing and "secrets" not in missing and "backup_passphrase:" not in fragment:
        fragment = re.sub(
            r"^secrets:\n", SKELETON["secrets"], fragment, count=1, flags=re.MULTILINE)
    return fragment + "".join(missing.values())


def check_block(block: Block, runner: Runner, results: Results) -> None:
    """A block that belongs to no test."""
    kind = " ".join([block.language, *block.words])
    if kind == "text":
        kind = treatment(block.text)
    label = f"{block.place}  {kind}"
    if kind in ("json", "ini", "xml", "csv"):
        results.record(label, parse(block))
    elif kind == "yaml plain":
        results.record(label, check_yaml(block, runner))
    elif kind == "yaml" and "copy" in block.options:
        file = ROOT / block.options["copy"]
        same = file.exists() and file.read_text(encoding="utf-8") == block.text
        results.record(label, None if same else f"{block.options['copy']} is not the same")
    elif kind == "sh shown":
        results.record(label, runner.check_shown(block.text))
    elif kind == "cron":
        results.record(label, check_cron(block, runner))
    elif kind == "text usage":
        results.record(label, runner.check_calls(block.text))
    elif kind in ("text drawing", "text example"):
        results.unchecked.append(label)
        problem = runner.check_calls(block.text)
        if problem:
            results.record(label, problem)
    else:
        results.record(
            label, "this is neither run nor checked: say what is to happen with it, as the head of this script lists")


def check_prose(page: Path, runner: Runner, results: Results) -> None:
    """The calls of dunnage within lines of text."""
    problems, count = [], 0
    for number, line in prose(page):
        for span in re.findall(r"`(dunnage [a-z][^`]*)`", line):
            count += 1
            problem = runner.check_calls(span)
            if problem:
                problems.append(f"line {number}: {problem}")
    if count:
        results.record(f"{page.relative_to(ROOT)}  {count} commands in text", "\n".join(problems) or None)


def check_itself(runner: Runner, results: Results) -> None:
    """Whether a page on which everything is wrong is refused, so that this script cannot come to accept anything."""
    page = ROOT / "scripts/check-docs.bad.md"
    refusals = Results(is_quiet=True)
    check_page(page, runner, None, refusals)
    check_prose(page, runner, refusals)
    tests = {block.options.get("test", str(block.line)) for block in read_blocks(page)}
    problem = None
    if refusals.accepted or len(refusals.failed) != len(tests) + 1:
        problem = f"{len(refusals.failed)} of {len(tests) + 1} refused; accepted: {refusals.accepted}"
    results.record(f"scripts/check-docs.bad.md  {len(tests) + 1} refused", problem)


def check_reach(results: Results) -> None:
    """Whether one comes from docs/index.md to every page."""
    index = ROOT / "docs/index.md"
    seen, waiting = {index}, [index]
    while waiting:
        page = waiting.pop()
        for target in re.findall(r"\]\(<?([^)\s>#]+)", page.read_text(encoding="utf-8")):
            file = (page.parent / target).resolve()
            if file.suffix == ".md" and file.exists() and file not in seen and file.is_relative_to(ROOT):
                seen.add(file)
                waiting.append(file)
    lost = [str(page.relative_to(ROOT)) for page in pages() if page not in seen]
    results.record("docs/index.md leads to every page", "no way to " + ", ".join(lost) if lost else None)


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
        elif only is None:
            check_block(block, runner, results)
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


def check_other_files(runner: Runner, results: Results) -> None:
    """Whether the other files of the examples are what their names say; Helm's templates are not YAML."""
    for file in sorted(ROOT.glob("examples/**/*.*")):
        language = {".json": "json", ".yaml": "yaml", ".yml": "yaml"}.get(file.suffix)
        if language and file.name != "dunnage.yaml" and "templates" not in file.parts:
            # A file of several documents is looked at one by one.
            texts = re.split(r"^---$", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
            blocks = [Block(file, 1, language, [], {}, text) for text in texts if text.strip()]
            problems = [parse(block) if language == "json" else check_yaml(block, runner) for block in blocks]
            results.record(f"{file.relative_to(ROOT)}  {language}", next(filter(None, problems), None))


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
                check_prose(page, runner, results)
        if arguments.only is None and not arguments.pages:
            check_itself(runner, results)
            check_reach(results)
            check_examples(runner, results)
            check_other_files(runner, results)
    finally:
        if arguments.keep:
            print(f"kept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    for label in results.unchecked:
        print(f"not checked: {label}")
    print(
        f"docs: {results.passed} passed, {len(results.failed)} failed, {len(results.unchecked)} blocks not checked")
    return 1 if results.failed else 0


if __name__ == "__main__":
    sys.exit(main())
