"""Runs processes below one folder, and ends them all together.

A supervisor without a terminal starts the servers as its own children and waits for the end of its owner,
of a child, or for SIGTERM. The kernel ends the children when the supervisor itself is killed, so nothing
is ever left running.
"""
import ctypes
import json
import os
import select
import shutil
import signal
import socket
import sys
import traceback

LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36


class Ended(Exception):
    """SIGTERM came."""


class Child:
    """A process of the supervisor's; it says when it is ready, and what it found out."""

    def __init__(self, name, pid, reports):
        self.name = name
        self.pid = pid
        self.reports = reports

    def facts(self):
        """Waits until the process is ready."""
        with os.fdopen(self.reports) as reports:
            line = reports.readline()
        if not line:
            raise RuntimeError(f"{self.name} did not become ready")
        return json.loads(line)


class Context:
    """What the servers of one folder are started with."""

    def __init__(self, folder, options):
        self.folder = folder
        self.options = options
        self.children = []

    def option(self, name, default):
        """An option of the command line, as the type of its default."""
        return type(default)(self.options.get(name, default))

    def listen(self):
        """A socket on a free port; who connects waits until its server accepts."""
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        listener.listen(512)
        return listener

    def fork(self, name, work):
        """Runs work(ready) in a child; it calls ready(facts) once it can serve, and does not return."""
        reader, writer = os.pipe()
        supervisor = os.getpid()
        pid = os.fork()
        if pid:
            os.close(writer)
            child = Child(name, pid, reader)
            self.children.append(child)
            return child
        try:
            end_with(supervisor)
            os.close(reader)
            log = os.open(f"{self.folder}/{name}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            os.dup2(log, 1)
            os.dup2(log, 2)

            def ready(facts=None):
                os.write(writer, json.dumps(facts).encode() + b"\n")

            work(ready)
        except BaseException:
            traceback.print_exc()
            sys.stderr.flush()
        finally:
            os._exit(1)

    def wait_for_end(self, owner):
        """Returns when the owner or a child ends."""
        poll = select.poll()
        for child in self.children:
            poll.register(os.pidfd_open(child.pid), select.POLLIN)
        if owner is not None:
            poll.register(owner, select.POLLIN)
        poll.poll()

    def end_children(self):
        """Ends every process below this one, and waits until the last is gone."""
        for child in self.children:
            os.kill(child.pid, signal.SIGKILL)
        try:
            while True:
                os.wait()
        except ChildProcessError:
            pass


def end_with(parent):
    """Has the kernel end this process together with its parent."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def start(folder, owner, options, servers):
    """Starts servers(context) below a folder; returns the facts that it gives."""
    folder = os.path.realpath(folder)
    os.makedirs(folder, mode=0o700, exist_ok=True)
    if os.listdir(folder):
        sys.exit(f"{folder} is not empty")
    reader, writer = os.pipe()
    if os.fork() == 0:
        try:
            os.close(reader)
            detach(folder, keep=writer)
            supervise(folder, owner, options, servers, writer)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)
    os.close(writer)
    with os.fdopen(reader) as answers:
        answer = json.loads(answers.readline() or "null")
    if answer is None or "failure" in answer:
        sys.exit(answer["failure"] if answer else "the servers did not start")
    return answer


def detach(folder, keep):
    """Leaves the terminal, the streams, the folder and the blocked signals of whoever called."""
    os.setsid()
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1)
    os.chdir(folder)
    log = os.open("supervisor.log", os.O_WRONLY | os.O_CREAT, 0o600)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.closerange(3, keep)
    os.closerange(keep + 1, os.sysconf("SC_OPEN_MAX"))


def supervise(folder, owner, options, servers, writer):
    def end(*_):
        raise Ended

    signal.signal(signal.SIGTERM, end)
    context = Context(folder, options)
    try:
        watched = None if owner is None else os.pidfd_open(owner)
        with open("pid", "w") as file:
            file.write(str(os.getpid()))
        try:
            answer = {"folder": folder, **servers(context)}
        except Exception:
            answer = {"failure": traceback.format_exc() + log_ends(folder)}
        with open("facts.json", "w") as file:
            json.dump(answer, file)
        with os.fdopen(writer, "w") as answers:
            answers.write(json.dumps(answer) + "\n")
        if "failure" not in answer:
            context.wait_for_end(watched)
    except Ended:
        pass
    finally:
        context.end_children()
        if owner is not None:
            os.chdir("/")
            shutil.rmtree(folder, ignore_errors=True)
        os._exit(0)


def log_ends(folder):
    """The last lines of every log, for whoever could not start the servers."""
    text = ""
    for name in sorted(os.listdir(folder)):
        if name.endswith(".log"):
            with open(f"{folder}/{name}", errors="replace") as log:
                text += "".join(f"{name}: {line}" for line in log.readlines()[-15:])
    return text


def stop(folder):
    """Ends the servers of a folder and waits until they are gone; no others, whatever the pid is now."""
    folder = os.path.realpath(folder)
    try:
        with open(f"{folder}/pid") as file:
            pid = int(file.read())
        process = os.pidfd_open(pid)
        if os.readlink(f"/proc/{pid}/cwd") != folder:
            return
    except OSError:
        return
    signal.pidfd_send_signal(process, signal.SIGTERM)
    poll = select.poll()
    poll.register(process, select.POLLIN)
    poll.poll()
