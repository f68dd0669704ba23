#!/usr/bin/env python3
"""Lets a service run for a while with everything going wrong around it, and looks whether its ledger is complete.

Fifty jobs are due every minute. Their destinations become unwritable at random, the receivers of their reports refuse at
random, and the service is killed five times. Afterwards every minute of every job must be in the ledger exactly once and
nothing may be running; while it runs, its memory must stay flat and its descriptors must not leak.

    scripts/soak.py --binary .build/release/dunnage [--minutes 30] [--jobs 50] [--kills 5] [--seed 7] [--reports]

With --reports every run that ended has to be told to the receiver, whatever it refused in between, and nothing may
arrive twice but under the id that it had before.
"""

import argparse
import collections
import http.server
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from datetime import datetime, timedelta
from pathlib import Path

HEAD = """\
version: 1
instance: soak
runtime:
  state_dir: {root}/state
  timezone: UTC
  shutdown_grace: 10s
  limits: {{ concurrent_jobs: {concurrent} }}
  log: {{ format: json, level: info }}
destinations:
{destinations}
reports:
  monitor:
    webhook:
      url: http://127.0.0.1:{port}/hook
    events: [success, warning, failure, missed]
defaults:
  encryption: none
  schedule: {{ cron: "* * * * *", on_overlap: skip, catch_up: once }}
  reports: [monitor]
  slo: {{ rpo: 5min }}
jobs:
{jobs}
"""

FINAL = {"success", "warning", "failed", "skipped", "missed", "refused", "interrupted"}


class Failed(Exception):
    """Something that must never happen."""


class Receiver(http.server.BaseHTTPRequestHandler):
    """Takes reports, and refuses some of them."""

    received = collections.defaultdict(list)
    refusing = 0.3
    rng = random.Random(0)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        is_refused = self.rng.random() < self.refusing
        if not is_refused:
            report = json.loads(body)
            self.received[self.headers.get("Idempotency-Key")].append((report["run"]["id"], report["event"]))
        self.send_response(503 if is_refused else 204)
        self.end_headers()

    def log_message(self, *_):
        pass


class Service:
    """The process that is looked at."""

    def __init__(self, binary, root):
        self.binary, self.root = binary, root
        self.log = open(root / "service.log", "ab")
        self.process = None
        self.samples = []

    def start(self):
        self.process = subprocess.Popen(
            [self.binary, "serve", "-c", self.root / "dunnage.yaml"], stdout=self.log, stderr=self.log,
            env={"PATH": os.environ["PATH"], "HOME": str(self.root), "TZ": "UTC"})
        self.samples = []

    def sample(self):
        """Kilobytes in memory, and open descriptors."""
        if self.process.poll() is not None:
            raise Failed(f"the service ended by itself with {self.process.returncode}")
        folder = Path(f"/proc/{self.process.pid}")
        for line in (folder / "status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                self.samples.append((int(line.split()[1]), len(os.listdir(folder / "fd"))))

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=60)
        if code != 143:
            raise Failed(f"the service returned {code} after SIGTERM, not 143")


def write_configuration(root, port, jobs):
    destinations, entries = [], []
    for number in range(jobs):
        source = root / "source" / f"{number}"
        source.mkdir(parents=True)
        (source / "file").write_text(f"content {number}\n")
        (root / "backup" / f"{number}").mkdir(parents=True)
        destinations.append(f"  disk{number}: {{ url: \"file://{root}/backup/{number}\" }}")
        entries.append(f"  job{number}: {{ sources: [{{ path: {source} }}], destinations: [disk{number}] }}")
    text = HEAD.format(
        root=root, port=port, concurrent=4, destinations="\n".join(destinations), jobs="\n".join(entries))
    (root / "dunnage.yaml").write_text(text)


def break_something(root, jobs, rng, broken):
    """Replaces a destination's folder by a file, which no right can write to, or puts it back."""
    number = rng.randrange(jobs)
    folder, aside = root / "backup" / f"{number}", root / "aside" / f"{number}"
    aside.parent.mkdir(exist_ok=True)
    if number in broken:
        folder.unlink()
        aside.rename(folder)
        broken.discard(number)
    else:
        folder.rename(aside)
        folder.write_text("in the way")
        broken.add(number)
    (root / "source" / f"{rng.randrange(jobs)}" / "file").write_text(f"changed {rng.random()}\n")


def ask(binary, root, *arguments):
    done = subprocess.run(
        [binary, *arguments, "-c", root / "dunnage.yaml", "--json"], capture_output=True, text=True, check=False,
        env={"PATH": os.environ["PATH"], "HOME": str(root), "TZ": "UTC"})
    if done.returncode:
        raise Failed(f"dunnage {' '.join(arguments)} failed: {done.stderr}")
    return json.loads(done.stdout)


def check_ledger(binary, root, jobs, first, last):
    """Every minute from `first` to `last` exactly once for every job, in a state that is final."""
    history = ask(binary, root, "history", "--limit", "100000")
    states = collections.Counter()
    minutes = collections.defaultdict(collections.Counter)
    for one in history["occurrences"]:
        states[one["state"]] += one["count"]
        if one["state"] not in FINAL:
            # What waits when the service ends is for the next one.
            if one["state"] != "waiting":
                raise Failed(f"{one['job']} of {one['due']} is {one['state']}")
        due = datetime.fromisoformat(one["due"])
        for step in range(one["count"]):
            minutes[one["job"]][due + timedelta(minutes=step)] += 1
    for number in range(jobs):
        found = minutes[f"job{number}"]
        moment = first
        while moment <= last:
            if found[moment] != 1:
                raise Failed(f"job{number} has {found[moment]} entries for {moment}")
            moment += timedelta(minutes=1)
    if any(run["state"] == "running" for run in history["runs"]):
        raise Failed("a run is still said to be running")
    return states, history["runs"]


def check_reports(runs):
    told = collections.defaultdict(set)
    for key, arrivals in Receiver.received.items():
        for run, event in arrivals:
            told[run].add(key)
    for run in runs:
        if run["state"] != "running" and run["id"] not in told:
            raise Failed(f"run {run['id']} of {run['job']} ({run['state']}) was never told")
    doubled = {run: keys for run, keys in told.items() if len(keys) > 1}
    if doubled:
        raise Failed(f"told under several ids: {doubled}")


def check_growth(samples, name):
    """The last quarter against the second: the first one fills caches, and a short life does nothing else."""
    if len(samples) < 300:
        return
    quarter = len(samples) // 4
    for index, (subject, slack) in enumerate([("memory in KiB", 1.25), ("descriptors", 1.5)]):
        values = [sample[index] for sample in samples]
        early, late = max(values[quarter:2 * quarter]), max(values[-quarter:])
        print(f"{name}: {subject} {early} -> {late}")
        if late > early * slack + 16:
            raise Failed(f"{subject} grew from {early} to {late}")


def live(arguments, root, rng, service, start, end, kills):
    """Lets the service run, with troubles.

    Returns the samples of its longest life, and the first and last minute that must be in the ledger.
    """
    broken, longest = set(), []
    service.start()
    time.sleep(5)
    first = datetime.fromisoformat(ask(arguments.binary, root, "status")["jobs"][0]["next_run"])
    while time.time() < end:
        time.sleep(1)
        service.sample()
        if rng.random() < 0.3:
            break_something(root, arguments.jobs, rng, broken)
        if kills and time.time() > kills[0]:
            kills.pop(0)
            longest = max(longest, service.samples, key=len)
            service.kill()
            time.sleep(rng.choice([0, 1, 70 if arguments.minutes > 5 else 5]))
            service.start()
            print(f"killed after {time.time() - start:.0f} s")
    longest = max(longest, service.samples, key=len)
    Receiver.refusing = 0
    # Runs that are at work, and reports that wait, come to their end.
    time.sleep(2)
    last = datetime.fromisoformat(ask(arguments.binary, root, "status")["jobs"][0]["next_run"]) - timedelta(minutes=1)
    service.stop()
    return longest, first, last


def soak(arguments, root, rng):
    Receiver.rng = random.Random(arguments.seed)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    write_configuration(root, server.server_port, arguments.jobs)
    service = Service(arguments.binary, root)
    start = time.time()
    end = start + arguments.minutes * 60
    kills = sorted(rng.uniform(start + 20, end - 20) for _ in range(arguments.kills))
    try:
        longest, first, last = live(arguments, root, rng, service, start, end, kills)
    finally:
        if service.process and service.process.poll() is None:
            service.process.kill()
    states, runs = check_ledger(arguments.binary, root, arguments.jobs, first, last)
    check_growth(longest, "longest life")
    if arguments.reports:
        check_reports(runs)
    print(f"{len(runs)} runs, {sum(states.values())} occurrences: {dict(states)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default=".build/release/dunnage")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--jobs", type=int, default=50)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    parser.add_argument("--reports", action="store_true", help="every report has to arrive")
    parser.add_argument("--keep", action="store_true", help="keep the folder")
    arguments = parser.parse_args()
    arguments.binary = os.path.abspath(arguments.binary)
    print(f"seed {arguments.seed}")
    root = Path(tempfile.mkdtemp(prefix="dunnage-soak-"))
    try:
        soak(arguments, root, random.Random(arguments.seed))
    except Failed as failure:
        print(f"FAILED: {failure}\nwhat there was is in {root}", file=sys.stderr)
        return 1
    if not arguments.keep:
        shutil.rmtree(root)
    print("soak: passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
