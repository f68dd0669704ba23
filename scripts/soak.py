#!/usr/bin/env python3
"""Lets a service run for a while with everything going wrong around it, and looks whether its ledger is complete.

Fifty jobs are due every minute. Their destinations become unwritable at random, the receiver of their reports refuses,
hangs up and forgets to answer at random, and the service is killed five times. At the end everything is put right, all
jobs are paused, and the service has the time that its outbox needs. Then every minute of every job must be in the ledger
exactly once, in a state that is final, and nothing may be running or waiting. In the last life of the service, which is the
longest, memory must be flat and neither descriptors nor threads may leak.

Meanwhile visitors ask the service by HTTP: its probes, metrics, status and interface, with a token and without one, and for
what is not there; another one begins requests and never ends them. While the service lives it has to answer each with what
that deserves.

    scripts/soak.py --binary .build/release/dunnage [--minutes 30] [--jobs 50] [--kills 5] [--seed 7] [--reports]

With --reports every run that ended and every job that missed something has to be told to the receiver, whatever it did in
between, in the order of each job; nothing may arrive twice but under the id that it had before and with the same body; and
what the ledger has counted as delivered is what has arrived. The last line is the verdict, with figures.
"""

import argparse
import collections
import hashlib
import http.client
import http.server
import json
import os
import random
import shutil
import signal
import socket
import statistics
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
  listen: 127.0.0.1:{listen}
  api: {{ tokens: [{{ name: visitor, token: {{ secret: visitor }}, scope: read }}] }}
  timezone: UTC
  shutdown_grace: 10s
  limits: {{ concurrent_jobs: {concurrent} }}
  log: {{ format: json, level: info }}
secrets:
  visitor: {{ file: {root}/token }}
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
    """Takes reports, and now and then refuses one, hangs up before it answers, or hangs up after it has taken one."""

    lock = threading.Lock()
    # Every arrival in its order: (id, run, event, job, when it ended, digest of the body).
    arrivals = []
    troubles = collections.Counter()
    is_troubled = True
    rng = random.Random(0)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with self.lock:
            dice = self.rng.random() if self.is_troubled else 1
            trouble = "refused" if dice < 0.24 else "unread" if dice < 0.27 else "unanswered" if dice < 0.30 else None
            if trouble:
                self.troubles[trouble] += 1
            if trouble in (None, "unanswered"):
                report = json.loads(body)
                run = report["run"]
                self.arrivals.append((
                    self.headers.get("Idempotency-Key"), run["id"], report["event"], report["job"]["name"],
                    # When an interrupted run ended nobody knows.
                    datetime.fromisoformat(run.get("finished", run["started"])), hashlib.sha256(body).hexdigest()))
        if trouble in ("unread", "unanswered"):
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(503 if trouble else 204)
        self.end_headers()

    def log_message(self, *_):
        pass


class Visitors:
    """Ask the service all the time, and count what it answers."""

    TOKEN = "a-token-that-visitors-of-the-soak-have"
    # What is asked, with which token, and what has to be answered. A service that has just begun is not ready, and a
    # job that has not run yet has no versions.
    QUESTIONS = [
        ("/livez", None, {200}), ("/readyz", None, {200, 503}), ("/metrics", TOKEN, {200}), ("/status", TOKEN, {200}),
        ("/api/v1/jobs", TOKEN, {200}), ("/api/v1/runs?limit=20", TOKEN, {200}),
        ("/api/v1/jobs/job0/versions", TOKEN, {200, 404, 503}), ("/status", None, {401}),
        ("/api/v1/jobs", None, {401}), ("/api/v1/pause", TOKEN, {405}), ("/nothing", TOKEN, {404}),
    ]

    def __init__(self, port):
        self.port = port
        self.answers = collections.Counter()
        self.surprises = []
        self.ended = threading.Event()
        self.threads = [threading.Thread(target=self.ask, daemon=True) for _ in range(3)]
        self.threads.append(threading.Thread(target=self.dawdle, daemon=True))

    def start(self):
        for thread in self.threads:
            thread.start()

    def stop(self):
        """Ends the visits, and returns the figures."""
        self.ended.set()
        for thread in self.threads:
            thread.join(timeout=60)
        if self.surprises:
            raise Failed(f"{len(self.surprises)} answers that should not be: {self.surprises[:5]}")
        missing = {path for path, _, _ in self.QUESTIONS} - {path for path, _ in self.answers}
        if missing:
            raise Failed(f"never answered: {missing}")
        count = sum(count for (_, status), count in self.answers.items() if status)
        return f"{count} answers by HTTP, {sum(self.answers.values()) - count} times nobody there"

    def ask(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        while not self.ended.is_set():
            for path, token, expected in self.QUESTIONS:
                try:
                    connection.request("GET", path, headers={"Authorization": f"Bearer {token}"} if token else {})
                    response = connection.getresponse()
                    body = response.read()
                    self.answers[path, response.status] += 1
                    if response.status not in expected:
                        self.surprises.append(f"{response.status} to GET {path}: {body[:200]}")
                except TimeoutError:
                    self.surprises.append(f"no answer to GET {path} in a minute")
                    connection.close()
                except (OSError, http.client.HTTPException):
                    # It has been killed, or closes a connection that was idle for long.
                    self.answers[path, 0] += 1
                    connection.close()
                self.ended.wait(0.2)

    def dawdle(self):
        """Begins requests and leaves them, as slow or lost clients do."""
        left = collections.deque()
        while not self.ended.is_set():
            try:
                stream = socket.create_connection(("127.0.0.1", self.port), timeout=5)
                stream.sendall(b"GET /status HTTP/1.1\r\nHost: 127.0.0.1\r\n")
                left.append(stream)
            except OSError:
                pass
            if len(left) > 50:
                left.popleft().close()
            self.ended.wait(0.5)
        for stream in left:
            stream.close()


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
        """Kilobytes in memory, open descriptors, and threads."""
        folder = Path(f"/proc/{self.process.pid}")
        try:
            fields = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines() if ":" in line)
            descriptors = len(os.listdir(folder / "fd"))
        except (FileNotFoundError, ProcessLookupError):
            fields = {}
        if self.process.poll() is not None or "VmRSS" not in fields:
            raise Failed(f"the service ended by itself with {self.process.wait()}")
        self.samples.append((int(fields["VmRSS"].split()[0]), descriptors, int(fields["Threads"])))

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            raise Failed("the service did not end within a minute of SIGTERM") from None
        if code != 143:
            raise Failed(f"the service returned {code} after SIGTERM, not 143")


def write_configuration(root, port, listen, jobs):
    destinations, entries = [], []
    (root / "token").write_text(Visitors.TOKEN)
    (root / "token").chmod(0o600)
    for number in range(jobs):
        source = root / "source" / f"{number}"
        source.mkdir(parents=True)
        (source / "file").write_text(f"content {number}\n")
        (root / "backup" / f"{number}").mkdir(parents=True)
        destinations.append(f"  disk{number}: {{ url: \"file://{root}/backup/{number}\" }}")
        entries.append(f"  job{number}: {{ sources: [{{ path: {source} }}], destinations: [disk{number}] }}")
    text = HEAD.format(
        root=root, port=port, listen=listen, concurrent=4, destinations="\n".join(destinations), jobs="\n".join(entries))
    (root / "dunnage.yaml").write_text(text)


def put_right(root, number):
    folder = root / "backup" / f"{number}"
    folder.unlink()
    (root / "aside" / f"{number}").rename(folder)


def break_something(root, jobs, rng, broken):
    """Replaces a destination's folder by a file, which no right can write to, or puts it back."""
    number = rng.randrange(jobs)
    folder, aside = root / "backup" / f"{number}", root / "aside" / f"{number}"
    aside.parent.mkdir(exist_ok=True)
    if number in broken:
        put_right(root, number)
        broken.discard(number)
    else:
        folder.rename(aside)
        folder.write_text("in the way")
        broken.add(number)
    (root / "source" / f"{rng.randrange(jobs)}" / "file").write_text(f"changed {rng.random()}\n")


def command(binary, root, *arguments):
    done = subprocess.run(
        [binary, *arguments, "-c", root / "dunnage.yaml"], capture_output=True, text=True, check=False, timeout=120,
        env={"PATH": os.environ["PATH"], "HOME": str(root), "TZ": "UTC"})
    if done.returncode:
        raise Failed(f"dunnage {' '.join(arguments)} returned {done.returncode}: {done.stderr}")
    return done.stdout


def ask(binary, root, *arguments):
    return json.loads(command(binary, root, *arguments, "--json"))


def history(binary, root):
    return ask(binary, root, "history", "--limit", "100000")


def is_calm(binary, root):
    """Whether nothing is at work and nothing waits to begin."""
    known = history(binary, root)
    return not any(one["state"] in ("waiting", "running") for one in known["occurrences"] + known["runs"])


def wait_until(condition, service, seconds):
    """Waits for something, looking at the service meanwhile.

    Returns how long that took, or None when it did not come.
    """
    start = time.time()
    while not condition():
        if time.time() - start > seconds:
            return None
        time.sleep(1)
        service.sample()
    return time.time() - start


def check_ledger(known, jobs, first, last):
    """Every minute from `first` to `last` exactly once for every job, in a state that is final.

    Returns how many occurrences there are of each state.
    """
    states = collections.Counter()
    minutes = collections.defaultdict(collections.Counter)
    for one in known["occurrences"]:
        states[one["state"]] += one["count"]
        if one["state"] not in FINAL:
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
    for run in known["runs"]:
        if run["state"] not in FINAL:
            raise Failed(f"run {run['id']} of {run['job']} is {run['state']}")
    return states


def check_reports(known, outbox):
    """Nothing lost, nothing doubled but under its id, and in the order of each job.

    Returns the figures.
    """
    bodies, told, events, latest = {}, collections.defaultdict(set), collections.defaultdict(set), {}
    doubled = 0
    for name, run, event, job, finished, body in Receiver.arrivals:
        if name in bodies:
            doubled += 1
            if bodies[name] != body:
                raise Failed(f"report {name} of {job} came with two bodies")
            continue
        bodies[name] = body
        told[run].add(name)
        events[job].add(event)
        if event in ("success", "warning", "failure"):
            if finished < latest.get(job, finished):
                raise Failed(f"report {name} of {job} came after one of a later run")
            latest[job] = finished
    for run in known["runs"]:
        if run["id"] not in told:
            raise Failed(f"run {run['id']} of {run['job']} ({run['state']}) was never told")
    several = {run: names for run, names in told.items() if len(names) > 1}
    if several:
        raise Failed(f"told under several ids: {several}")
    for one in known["occurrences"]:
        if one["state"] == "missed" and "missed" not in events[one["job"]]:
            raise Failed(f"nobody was told that {one['job']} missed its run of {one['due']}")
    delivered = sum(one["delivered"] for one in outbox["receivers"])
    if delivered != len(bodies):
        raise Failed(f"{len(bodies)} reports came, and {delivered} are counted as delivered")
    troubles = ", ".join(f"{count} {trouble}" for trouble, count in sorted(Receiver.troubles.items()))
    return f"{len(bodies)} reports, {doubled} of them again under their id ({troubles or 'no trouble'})"


def check_growth(samples):
    """The last quarter of a life against its second one: the first fills caches, and a short life does nothing else.

    Returns the figures.
    """
    if len(samples) < 40:
        return "too short a life for figures of memory"
    is_judged = len(samples) >= 480
    quarter = len(samples) // 4
    middle, late = samples[quarter:2 * quarter], samples[-quarter:]
    settled = samples[quarter:]
    slope = statistics.linear_regression(range(len(settled)), [sample[0] for sample in settled]).slope * 60
    figures = [f"{len(samples)} s of life, {slope:+.0f} KiB a minute"]
    # Memory breathes with the runs, so that its middle counts. Of descriptors and threads what is left between runs does.
    for index, (subject, measure, slack) in enumerate([
            ("KiB", statistics.median, lambda early: early * 1.1 + 4096),
            ("descriptors", min, lambda early: early + 3), ("threads", min, lambda early: early + 3)]):
        before, after = measure(one[index] for one in middle), measure(one[index] for one in late)
        figures.append(f"{subject} {before:.0f} -> {after:.0f}")
        if is_judged and after > slack(before):
            raise Failed(f"{subject} grew from {before:.0f} to {after:.0f}")
    return ", ".join(figures) + ("" if is_judged else " (not judged: too short)")


class Soak:
    """One service, and all that is done to it."""

    def __init__(self, arguments, root, rng, visitors):
        self.arguments, self.root, self.rng, self.visitors = arguments, root, rng, visitors
        self.service = Service(arguments.binary, root)
        self.broken = set()
        self.start = time.time()
        self.end = self.start + arguments.minutes * 60
        # The last life is the longest.
        span = max(20.0, (self.end - self.start) * 0.6)
        self.kills = sorted(rng.uniform(self.start + 15, self.start + span) for _ in range(arguments.kills))

    def ask(self, *arguments):
        return ask(self.arguments.binary, self.root, *arguments)

    def next_run(self):
        return datetime.fromisoformat(self.ask("status")["jobs"][0]["next_run"])

    def live(self):
        """Has the service live, with troubles."""
        told = self.start
        while time.time() < self.end:
            time.sleep(1)
            self.service.sample()
            if self.rng.random() < 0.3:
                break_something(self.root, self.arguments.jobs, self.rng, self.broken)
            if self.kills and time.time() > self.kills[0]:
                self.kills.pop(0)
                self.service.kill()
                pause = self.rng.choice([0, 1, 70 if self.arguments.minutes > 5 else 5])
                print(f"killed after {time.time() - self.start:.0f} s, away for {pause} s", flush=True)
                time.sleep(pause)
                self.service.start()
            if time.time() - told >= 60:
                told = time.time()
                memory, descriptors, threads = self.service.samples[-1] if self.service.samples else (0, 0, 0)
                print(
                    f"{(told - self.start) / 60:.0f} min: {memory} KiB, {descriptors} descriptors, {threads} threads, "
                    f"{len(Receiver.arrivals)} arrivals", flush=True)

    def settle(self):
        """Puts everything right, lets no more begin, and waits until all that was begun is told.

        Returns the last minute that must be in the ledger, and how long the outbox took.
        """
        Receiver.is_troubled = False
        for number in sorted(self.broken):
            put_right(self.root, number)
        binary = self.arguments.binary
        if wait_until(lambda: is_calm(binary, self.root), self.service, 300) is None:
            raise Failed("for five minutes there was always something at work or waiting")
        last = self.next_run() - timedelta(minutes=1)
        command(binary, self.root, "pause", "--all", "--reason", "the end")
        # A minute may have begun just before.
        if wait_until(lambda: is_calm(binary, self.root), self.service, 120) is None:
            raise Failed("something is at work or waiting two minutes after all jobs were paused")
        # A report that was refused waits for ten minutes at most.
        took = wait_until(lambda: not self.ask("report", "outbox")["waiting"], self.service, 720)
        if took is None:
            raise Failed(f"reports wait for ever: {self.ask('report', 'outbox')['waiting']}")
        return last, took

    def run(self):
        """Does all of it, and returns the figures."""
        self.service.start()
        time.sleep(5)
        first = self.next_run()
        self.visitors.start()
        try:
            self.live()
            samples = list(self.service.samples)
            visits = self.visitors.stop()
            last, drained = self.settle()
            self.service.stop()
        finally:
            if self.service.process and self.service.process.poll() is None:
                self.service.kill()
        known, outbox = history(self.arguments.binary, self.root), self.ask("report", "outbox")
        states = check_ledger(known, self.arguments.jobs, first, last)
        dropped = sum(one["dropped"] for one in outbox["receivers"])
        if outbox["waiting"] or dropped:
            raise Failed(f"{len(outbox['waiting'])} reports still wait, and {dropped} were given up")
        figures = [
            f"{self.arguments.jobs} jobs for {self.arguments.minutes:g} min, {self.arguments.kills} kills",
            f"{len(known['runs'])} runs, {sum(states.values())} occurrences ("
            + ", ".join(f"{count} {state}" for state, count in sorted(states.items())) + ")",
        ]
        if self.arguments.reports:
            figures.append(f"{check_reports(known, outbox)}, outbox empty after {drained:.0f} s")
        figures.append(visits)
        figures.append(check_growth(samples))
        return "; ".join(figures)


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
    print(f"seed {arguments.seed}", flush=True)
    root = Path(tempfile.mkdtemp(prefix="dunnage-soak-"))
    Receiver.rng = random.Random(arguments.seed)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with socket.create_server(("127.0.0.1", 0)) as chosen:
        listen = chosen.getsockname()[1]
    write_configuration(root, server.server_port, listen, arguments.jobs)
    try:
        figures = Soak(arguments, root, random.Random(arguments.seed), Visitors(listen)).run()
    except (Failed, subprocess.TimeoutExpired) as failure:
        print(f"soak: FAILED: {failure}; what there was is in {root}", flush=True)
        return 1
    if not arguments.keep:
        shutil.rmtree(root)
    print(f"soak: passed: {figures}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
