"""Runs commands and says what they cost."""

import dataclasses
import os
import subprocess
import sys
import time


@dataclasses.dataclass
class Cost:
    wall: float = 0.0
    cpu: float = 0.0
    """Peak memory in MiB."""
    memory: float = 0.0
    """CPU seconds that other processes used meanwhile: how far to trust the figures."""
    others: float = 0.0


def measure(commands, environment, folder):
    """The cost of commands that run one after the other, or the text of the error of one that failed."""
    total = Cost()
    for command in commands:
        before, begin = busy_seconds(), time.monotonic()
        child = subprocess.Popen(
            command, env=environment, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE)
        errors = child.stderr.read().decode(errors="replace")
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            return f"{' '.join(command)}\nended with {child.returncode}: {errors.strip()}"
        cpu = usage.ru_utime + usage.ru_stime
        total.wall += time.monotonic() - begin
        total.cpu += cpu
        total.memory = max(total.memory, usage.ru_maxrss / 1024)
        total.others += max(0.0, busy_seconds() - before - cpu)
    return total


def busy_seconds():
    """CPU seconds of all processes since the machine started."""
    with open("/proc/stat", encoding="ascii") as file:
        user, nice, system, _, _, interrupts, soft = map(int, file.readline().split()[1:8])
    return (user + nice + system + interrupts + soft) / os.sysconf("SC_CLK_TCK")


def log(*words):
    print(*words, file=sys.stderr, flush=True)
