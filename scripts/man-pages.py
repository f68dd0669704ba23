#!/usr/bin/env python3
"""Writes the manual pages, from what the program says of itself.

    scripts/man-pages.py --binary .build/release/dunnage --output FOLDER [--date YYYY-MM-DD]

dunnage(1) and a page for every command come from the command tree (`dunnage --experimental-dump-help`),
dunnage.yaml(5) from the table of keys (`dunnage config reference`), and the exit codes from docs/commands.md. So what
is true of a page is true of the program, and there is nothing to keep in step. The language is mdoc(7).
"""

import argparse
import datetime
import json
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December"]
# What a command is looked up with next.
SEE_ALSO = {
    "run": ["serve", "status", "verify"], "serve": ["run", "status", "schedule"],
    "restore": ["versions", "find", "recover"], "recover": ["restore", "recovery-kit", "repair"],
    "recovery-kit": ["restore", "recover"], "plan": ["validate", "retention"],
    "validate": ["plan", "explain", "config"], "verify": ["repair", "restore"],
}


# --- texts -------------------------------------------------------------------------------------------------


def plain(text: str) -> str:
    """A text that troff takes for nothing but text."""
    text = text.replace("\\", "\\e").replace("…", "...").replace("“", "\\(lq").replace("”", "\\(rq")
    text = text.replace("–", "\\(en").replace("—", "\\(em").replace("→", "\\(->").replace("’", "'")
    return text


def code(text: str) -> str:
    """What is typed: its dashes must stay dashes, also for who copies them."""
    return "\\fB" + plain(text).replace("-", "\\-") + "\\fP"


def words(text: str) -> str:
    """A text with Markdown's code, emphasis and links."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    parts = re.split(r"(`[^`]+`|\*\*[^*]+\*\*|(?<![\w*])\*[^*]+\*(?![\w*]))", text)
    return "".join(
        code(part[1:-1]) if part.startswith("`") and len(part) > 2
        else "\\fB" + plain(part[2:-2]) + "\\fP" if part.startswith("**")
        else "\\fI" + plain(part[1:-1]) + "\\fP" if part.startswith("*") and len(part) > 2
        else re.sub(r"(?<![\w-])(--?[a-zA-Z][\w-]*)", lambda found: code(found.group(1)), plain(part))
        for part in parts)


def sentences(text: str) -> list[str]:
    """A text as lines of troff, a sentence each, none of which begins like a request."""
    lines = []
    for line in re.split(r"(?<=[.:;])\s+(?=[A-Z\\])", words(" ".join(text.split()))):
        lines.append("\\&" + line if line[:1] in (".", "'") else line)
    return lines


def argument(text: str) -> str:
    """An argument of a macro that may have blanks and quotes."""
    text = plain(text).replace('"', '\\(dq')
    return f'"{text}"' if re.search(r"[\s]", text) or text == "" else text


# --- pages -------------------------------------------------------------------------------------------------


class Page:
    def __init__(self, name: str, section: int, summary: str, date: str, version: str) -> None:
        self.file = f"{name}.{section}"
        self.lines = [
            '.\\" Written by scripts/man-pages.py.', f".Dd {date}", f".Dt {name.upper()} {section}",
            f".Os {argument('Dunnage ' + version)}", ".Sh NAME", f".Nm {name}", f".Nd {words(summary)}",
        ]

    def add(self, *lines: str) -> None:
        self.lines += lines

    def text(self) -> str:
        return "\n".join(self.lines) + "\n"


def lower(sentence: str) -> str:
    """The first sentence as the description of a NAME section has it."""
    first = re.split(r"(?<=\.)\s", sentence)[0].rstrip(".")
    return first[:1].lower() + first[1:] if not first[:2].isupper() else first


def flag(name: dict) -> str:
    return name["name"] if name["kind"] == "short" else "-" + name["name"]


def shown(command: dict) -> list[dict]:
    return [a for a in command.get("arguments", []) if a.get("shouldDisplay", True)]


def synopsis(command: dict, words_before: list[str]) -> list[str]:
    lines = [f".Nm {' '.join(words_before)}"]
    positional, options = [], []
    for item in shown(command):
        dots = " Ar ..." if item.get("isRepeating") else ""
        if item["kind"] == "positional":
            inner = f"Ar {argument(item.get('valueName', 'word'))}{dots}"
            positional.append(f".Op {inner}" if item.get("isOptional") else f".{inner}")
        elif item["names"][0]["name"] not in ("h", "help"):
            first = item.get("preferredName") or item["names"][0]
            inner = f"Fl {flag(first)}"
            if item["kind"] == "option":
                inner += f" Ar {argument(item.get('valueName', 'value'))}"
            options.append(f".Op {inner}{dots}" if item.get("isOptional") else f".{inner}")
    if command.get("subcommands"):
        return lines + [".Ar command", ".Op Ar ..."]
    needed = [line for line in options if not line.startswith(".Op")]
    return lines + positional + needed + [line for line in options if line.startswith(".Op")]


def option_list(items: list[dict]) -> list[str]:
    lines = [".Bl -tag -width Ds"]
    for item in items:
        if item["kind"] == "positional":
            lines.append(f".It Ar {argument(item.get('valueName', 'word'))}")
        else:
            names = " , ".join(f"Fl {flag(name)}" for name in item["names"])
            value = f" Ar {argument(item.get('valueName', 'value'))}" if item["kind"] == "option" else ""
            lines.append(f".It {names}{value}")
        text = item.get("abstract", "")
        values = item.get("allValues")
        if values and not all(value in text for value in values):
            text += f" One of: {', '.join(values)}."
        if item.get("defaultValue") and item["kind"] == "option":
            text += f" {item['defaultValue']} unless told."
        lines += sentences(text) or ["\\&"]
    return lines + [".El"]


def options(command: dict) -> list[str]:
    """The arguments of a command, each group of options below its title."""
    groups: dict[str, list[dict]] = {}
    for item in shown(command):
        title = "" if item["kind"] == "positional" else item.get("sectionTitle", "")
        groups.setdefault(title, []).append(item)
    lines = [".Sh OPTIONS"] if groups else []
    for title in sorted(groups, key=lambda title: title != ""):
        lines += ([f".Ss {title}"] if title else []) + option_list(groups[title])
    return lines


def exit_codes() -> list[str]:
    """The table of docs/commands.md."""
    text = (ROOT / "docs/commands.md").read_text(encoding="utf-8").split("## Exit codes", 1)[1]
    lines = [".Sh EXIT STATUS", ".Bl -tag -width Ds"]
    for row in re.findall(r"^\| ([0-9][^|]*?) \| (.*?) \|$", text, re.MULTILINE):
        lines += [f".It {row[0].replace(',', ' ,')}"] + sentences(row[1])
    if len(lines) < 8:
        sys.exit("man-pages.py: docs/commands.md has no table of exit codes any more")
    return lines + [".El"]


def leaves(command: dict, path: list[str]) -> list[tuple[list[str], dict]]:
    found = [(path, command)]
    for item in command.get("subcommands", []):
        if item["commandName"] != "help" and item.get("shouldDisplay", True):
            found += leaves(item, path + [item["commandName"]])
    return found


def command_list(command: dict, path: list[str]) -> list[str]:
    lines = [".Bl -tag -width Ds"]
    for item in command["subcommands"]:
        if item["commandName"] == "help" or not item.get("shouldDisplay", True):
            continue
        name = "-".join(path + [item["commandName"]])
        lines += [f".It Xr {name} 1"] + sentences(item.get("abstract", ""))
    return lines + [".El"]


def references(names: list[str]) -> list[str]:
    lines = [".Sh SEE ALSO"]
    for index, name in enumerate(sorted(names, key=lambda name: (name.endswith(" 5"), name))):
        lines.append(f".Xr {name}{' ,' if index < len(names) - 1 else ''}")
    return lines


def main_page(tree: dict, date: str, version: str) -> Page:
    page = Page("dunnage", 1, lower(tree["abstract"]), date, version)
    page.add(".Sh SYNOPSIS", ".Nm", ".Ar command", ".Op Ar ...", ".Sh DESCRIPTION", ".Nm")
    page.add("backs up what a YAML file says, in Duplicati's storage format: deduplicated, compressed and encrypted.")
    page.add("Data goes to standard output, logs and progress to standard error.")
    page.add("The commands are:", *command_list(tree, ["dunnage"]))
    page.add(".Pp", "A command's options are listed by", ".Nm", ".Ar command", ".Fl -help", "too.")
    page.add(".Sh ENVIRONMENT", ".Bl -tag -width Ds")
    for name, text in [
        ("DUNNAGE__*", "Set a value of the configuration: `DUNNAGE__RUNTIME__TIMEZONE` is `runtime.timezone`."),
        ("STATE_DIRECTORY",
         "Where what has to be remembered is kept when the configuration does not say; systemd sets it."),
        ("CREDENTIALS_DIRECTORY", "Where systemd has put the credentials that secrets of the kind `systemd` name."),
        ("NOTIFY_SOCKET , WATCHDOG_USEC",
         "How `dunnage serve` tells systemd that it is ready, reloads, lives and ends."),
        ("NO_COLOR", "No colours, when it is not empty."),
        ("TMPDIR", "Where volumes are while they are written and read."),
        ("TZ", "The time zone, unless `runtime.timezone` says it."),
    ]:
        page.add(f".It Ev {name}", *sentences(text))
    page.add(".El", ".Sh FILES", ".Bl -tag -width Ds")
    for name, text in [
        ("/etc/dunnage/dunnage.yaml", "The configuration that the systemd units use."),
        ("/etc/dunnage/credentials/", "A file for each secret, for root alone; the units hand them over."),
        ("/var/lib/dunnage/",
         "What is kept on this machine: the ledger, logs of runs, and catalogs, which can be built anew."),
    ]:
        page.add(f".It Pa {name}", *sentences(text))
    page.add(".El", *exit_codes())
    page.add(
        ".Sh EXAMPLES", "Back up, see how old the newest versions are, and restore a folder:",
        ".Bd -literal -offset indent", "dunnage run home \\-c /etc/dunnage/dunnage.yaml",
        "dunnage status \\-c /etc/dunnage/dunnage.yaml",
        "dunnage restore home /home/anna/letters \\-c /etc/dunnage/dunnage.yaml \\e",
        "    \\-\\-target /tmp/restored", ".Ed")
    page.add(*references(["dunnage.yaml 5", "dunnage-run 1", "dunnage-restore 1", "dunnage-recovery-kit 1"]))
    return page


def command_page(path: list[str], command: dict, date: str, version: str, known: set[str]) -> Page:
    name = "-".join(path)
    page = Page(name, 1, lower(command.get("abstract", "")), date, version)
    page.add(".Sh SYNOPSIS", *synopsis(command, path), ".Sh DESCRIPTION", *sentences(command.get("abstract", "")))
    if command.get("discussion"):
        page.add(".Pp", *sentences(command["discussion"]))
    if command.get("subcommands"):
        page.add(".Pp", "The commands are:", *command_list(command, path))
    else:
        page.add(*options(command))
        page.add(".Sh EXIT STATUS", "See", ".Xr dunnage 1 .")
    more = [f"dunnage-{other}" for other in SEE_ALSO.get("-".join(path[1:]), [])]
    parent = ["-".join(path[:-1])] if len(path) > 2 else []
    page.add(*references(["dunnage 1", "dunnage.yaml 5"] + [f"{other} 1" for other in more + parent if other in known]))
    return page


def configuration_page(reference: str, date: str, version: str) -> Page:
    page = Page("dunnage.yaml", 5, "the configuration of dunnage", date, version)
    page.add(".Sh DESCRIPTION")
    body = re.sub(r"<!--.*?-->\n*", "", reference, flags=re.DOTALL)
    start, tables = body.split("\n## ", 1)
    # Whoever reads a manual page has no page beside it to follow a link to.
    start = re.sub(r"\[[^\]]*\]\((?:\.\./)?(?:schema/)?([\w.-]+\.\w+)\)", r"the documentation's `\1`", start)
    body = start + "\n## " + tables
    header = True
    inside = False
    for line in body.splitlines()[1:]:
        row = re.match(r"^\| (.*) \|$", line)
        if inside and not row:
            page.add(".El")
            inside = False
        if not line.strip():
            if header and page.lines[-1] not in (".Pp", ".Sh DESCRIPTION"):
                page.add(".Pp")
        elif line.startswith("## "):
            if header:
                while page.lines[-1] == ".Pp":
                    page.lines.pop()
                page.add(".Sh KEYS")
                header = False
            page.add(".Ss " + words(line[3:]))
        elif row:
            cells = [cell.replace("\\|", "|") for cell in re.split(r"(?<!\\) \| ", row.group(1) + " ")]
            cells = [cell.strip() for cell in cells] + [""] * 4
            if cells[0] in ("Key", "---"):
                continue
            if not inside:
                page.add(".Bl -tag -width Ds")
                inside = True
            page.add(f".It {code(cells[0].strip('`'))}" + (f" : {words(cells[1])}" if cells[1] else ""))
            page.add(*(sentences(cells[2]) or ["\\&"]))
            if cells[3] == "**required**":
                page.add("It has to be there.")
            elif cells[3]:
                page.add(*sentences(f"When absent: {cells[3]}."))
        else:
            page.add(*sentences(line))
    if inside:
        page.add(".El")
    page.add(".Sh FILES", ".Bl -tag -width Ds", ".It Pa /etc/dunnage/dunnage.yaml")
    page.add("The configuration that the systemd units use.", ".El")
    page.add(".Sh EXAMPLES", "What the Debian package has as an example:", ".Bd -literal -offset indent")
    for line in (ROOT / "packaging/debian/dunnage.yaml").read_text(encoding="utf-8").splitlines():
        line = plain(line).replace("-", "\\-")
        page.add("\\&" + line if line[:1] in (".", "'") else line)
    page.add(".Ed")
    page.add(*references(["dunnage 1", "dunnage-config 1", "dunnage-validate 1", "dunnage-plan 1"]))
    return page


def main() -> int:
    parser = argparse.ArgumentParser(description="Write the manual pages.")
    parser.add_argument("--binary", required=True, help="the built program")
    parser.add_argument("--output", required=True, type=Path, help="the folder to write them to")
    parser.add_argument("--date", help="the date of the pages; SOURCE_DATE_EPOCH, or today, unless told")
    arguments = parser.parse_args()
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    day = (datetime.date.fromisoformat(arguments.date) if arguments.date
           else datetime.datetime.fromtimestamp(int(epoch), datetime.timezone.utc).date() if epoch
           else datetime.date.today())
    date = f"{MONTHS[day.month - 1]} {day.day}, {day.year}"

    def ask(*words: str) -> str:
        return subprocess.run([arguments.binary, *words], check=True, stdout=subprocess.PIPE, text=True).stdout

    version = ask("version").split()[1]
    tree = json.loads(ask("--experimental-dump-help"))["command"]
    commands = [item for item in leaves(tree, ["dunnage"]) if len(item[0]) > 1]
    known = {"-".join(path) for path, _ in commands}
    pages = [main_page(tree, date, version), configuration_page(ask("config", "reference"), date, version)]
    pages += [command_page(path, command, date, version, known) for path, command in commands]
    arguments.output.mkdir(parents=True, exist_ok=True)
    for page in pages:
        (arguments.output / page.file).write_text(page.text(), encoding="utf-8")
    print(f"{len(pages)} pages in {arguments.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
