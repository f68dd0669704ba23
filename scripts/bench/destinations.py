#!/usr/bin/env python3
"""Measures transfers to local servers beside rclone and the AWS command line, and prints medians per GiB.

    scripts/bench/destinations.py BINARY [--rounds 3] [--files 20] [--mib 50] [--work FOLDER] [--servers rclone,swift-s3,swift]

The servers are those of the tests, started here; `scripts/test-tools.sh` installs them. The AWS command line is
installed beside them. docs/benchmarks.md explains the columns.
"""

import argparse
import atexit
import hashlib
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys

from measure import log, measure

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOLS = ROOT / ".build" / "test-tools"
BENCH_TOOLS = ROOT / ".build" / "bench-tools"


class Servers:
    """Servers of the tests, until this process ends."""

    def __init__(self, kind, folder, *options):
        self.folder = folder
        script = [TOOLS / "bin/python3", ROOT / "Tests/Servers/servers.py"]
        command = [*script, "start", kind, folder, *options, "--owner", str(os.getpid())]
        self.facts = json.loads(subprocess.check_output(command))
        atexit.register(subprocess.run, [*script, "stop", folder], check=False)


class S3:
    """A bucket of a server, as each program names it."""

    def __init__(self, name, url, access_key, secret_key, region, bucket):
        self.name, self.url, self.bucket, self.region = name, url, bucket, region
        self.access_key, self.secret_key = access_key, secret_key
        self.rclone = f":s3,provider=Other,force_path_style=true,no_check_bucket=true:{bucket}"

    def dunnage(self, place):
        return f"s3://{self.bucket}/{place}"

    @property
    def options(self):
        return [f"endpoint={self.url}", f"region={self.region}", "tls=false"]

    @property
    def environment(self):
        return {
            "AWS_ACCESS_KEY_ID": self.access_key, "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_DEFAULT_REGION": self.region, "AWS_EC2_METADATA_DISABLED": "true",
            "RCLONE_S3_ACCESS_KEY_ID": self.access_key, "RCLONE_S3_SECRET_ACCESS_KEY": self.secret_key,
            "RCLONE_S3_ENDPOINT": self.url, "RCLONE_S3_REGION": self.region,
        }

    def create(self, aws, environment):
        command = [aws, "--endpoint-url", self.url, "s3api", "create-bucket", "--bucket", self.bucket]
        subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)


class Swift:
    """A container, logged in to by version 1."""

    def __init__(self, name, url, user, key, container):
        self.name, self.url, self.user, self.key, self.container = name, url, user, key, container
        self.rclone = f":swift:{container}"

    def dunnage(self, place):
        return f"openstack://{self.container}/{place}"

    @property
    def options(self):
        return [f"auth_url={self.url}/auth/v1.0"]

    @property
    def environment(self):
        return {
            "OS_USERNAME": self.user, "OS_PASSWORD": self.key, "RCLONE_SWIFT_USER": self.user,
            "RCLONE_SWIFT_KEY": self.key, "RCLONE_SWIFT_AUTH": f"{self.url}/auth/v1.0",
            "RCLONE_SWIFT_AUTH_VERSION": "1",
        }

    def create(self, _, environment):
        command = [TOOLS / "bin/rclone", "mkdir", self.rclone]
        subprocess.run(command, env=environment, check=True)


def aws_command():
    """The AWS command line, installed on first use."""
    aws = BENCH_TOOLS / "bin/aws"
    if not aws.exists():
        subprocess.run([sys.executable, "-m", "venv", BENCH_TOOLS], check=True)
        subprocess.run([BENCH_TOOLS / "bin/pip", "install", "--quiet", "awscli"], check=True)
    return aws


def make_files(folder, count, size):
    """Files of noise, named as a store's volumes."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        name = hashlib.md5(str(number).encode()).hexdigest()
        path = folder / f"duplicati-b{name}.dblock.zip.aes"
        if not path.exists() or path.stat().st_size != size:
            with open(path, "wb") as file:
                for _ in range(size >> 20):
                    file.write(os.urandom(1 << 20))


def commands(program, place, server, files, target, binary, aws):
    """How a program sends a folder to a place and fetches it."""
    if program == "dunnage":
        options = [word for option in server.options for word in ("--option", option)]
        base = [binary, "destination", "sync"]
        return (
            [*base, f"file://{files}", server.dunnage(place), *options, "-q"],
            [*base, server.dunnage(place), f"file://{target}", *options, "-q"],
        )
    if program == "rclone":
        base = [TOOLS / "bin/rclone", "copy", "--transfers", "4", "--checkers", "4"]
        return [*base, files, f"{server.rclone}/{place}"], [*base, f"{server.rclone}/{place}", target]
    base = [aws, "--endpoint-url", server.url, "s3", "cp", "--recursive", "--only-show-errors"]
    remote = f"s3://{server.bucket}/{place}/"
    return [*base, f"{files}/", remote], [*base, remote, target]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--files", type=int, default=20)
    parser.add_argument("--mib", type=int, default=50)
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path("/var/tmp/dunnage-bench-destinations"))
    parser.add_argument("--servers", default="rclone,swift-s3,swift")
    arguments = parser.parse_args()
    work, binary, aws = arguments.work.resolve(), arguments.binary.resolve(), aws_command()
    shutil.rmtree(work / "fetched", ignore_errors=True)
    make_files(work / "files", arguments.files, arguments.mib << 20)
    gibibytes = arguments.files * arguments.mib / 1024
    places = []
    wanted = arguments.servers.split(",")
    if "rclone" in wanted:
        facts = Servers("rclone", work / "rclone").facts
        places.append(
            S3("rclone serve s3", facts["url"], facts["access_key"], facts["secret_key"], facts["region"], "bench"))
    if {"swift", "swift-s3"} & set(wanted):
        facts = Servers("openstack", work / "openstack", "keystone=no").facts
        user, key, url = facts["swift"]["user"], facts["swift"]["key"], facts["proxies"]["main"]
        if "swift-s3" in wanted:
            places.append(S3("Swift's S3", url, user, key, facts["swift"]["region"], "bench-s3"))
        if "swift" in wanted:
            places.append(Swift("Swift", url, user, key, "bench-swift"))
    print("| server | | program | CPU s/GiB | wall s/GiB | peak MiB |\n| --- | --- | --- | --- | --- | --- |")
    for server in places:
        environment = {
            "PATH": "/usr/bin:/bin", "HOME": str(work), "LANG": "C.UTF-8", "TMPDIR": str(work), **server.environment}
        server.create(aws, environment)
        programs = ["dunnage", "rclone"] + (["aws"] if isinstance(server, S3) else [])
        costs = {}
        for number in range(arguments.rounds):
            for program in programs[number % len(programs) :] + programs[: number % len(programs)]:
                place, target = f"{program}-{number}", work / "fetched" / f"{program}-{number}"
                target.mkdir(parents=True)
                both = commands(program, place, server, work / "files", target, binary, aws)
                for step, command in zip(("send", "fetch"), both):
                    # What was fetched counts when it is on the disk, which only Dunnage sees to by itself.
                    settled = [["sync", "-f", str(target)]] if step == "fetch" else []
                    cost = measure([list(map(str, command)), *settled], environment, work)
                    if isinstance(cost, str):
                        log(f"{server.name}, {program}, {step}: {cost}")
                        sys.exit(1)
                    costs.setdefault((step, program), []).append(cost)
                fetched = sum(path.stat().st_size for path in target.glob("duplicati-*"))
                if fetched != arguments.files * arguments.mib << 20:
                    log(f"{server.name}, {program}: {fetched} bytes came back")
                    sys.exit(1)
        # Not sooner: a virtual machine's host may take freed memory back, and whoever writes next pays for getting it.
        shutil.rmtree(work / "fetched")
        for step in ("send", "fetch"):
            for program in programs:
                runs = costs[(step, program)]
                row = [
                    f"{statistics.median(run.cpu for run in runs) / gibibytes:.2f}",
                    f"{statistics.median(run.wall for run in runs) / gibibytes:.2f}",
                    f"{statistics.median(run.memory for run in runs):.0f}",
                ]
                print(f"| {server.name} | {step} | {program} | {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    main()
