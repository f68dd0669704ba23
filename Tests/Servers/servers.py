#!/usr/bin/env python3
"""Starts and stops the real servers of the tests.

    servers.py start KIND FOLDER [--owner PID] [NAME=VALUE ...]
    servers.py stop FOLDER

KIND is openstack, moto, rclone, tls, proxy, mail or xmpp; each module of that name says what it starts and which
options it takes. FOLDER is made, or is empty; all files of the servers are in it. Every port is free, and
bound to 127.0.0.1 before its server starts, so that any number of checkouts can test at once. `start`
returns once the servers answer, and prints one JSON object: ports, URLs and credentials. The servers end
with `stop`, and with the process that --owner names, however that one ends; then FOLDER goes too.
"""
import argparse
import importlib
import json
import sys

sys.dont_write_bytecode = True
import supervisor  # noqa: E402

KINDS = ("openstack", "moto", "rclone", "tls", "proxy", "mail", "xmpp")


def main():
    parser = argparse.ArgumentParser(description="Real servers for tests, on the loopback interface.")
    commands = parser.add_subparsers(dest="command", required=True)
    start = commands.add_parser("start")
    start.add_argument("kind", choices=KINDS)
    start.add_argument("folder")
    start.add_argument("--owner", type=int, help="the process with which the servers end")
    start.add_argument("options", nargs="*", metavar="NAME=VALUE")
    stop = commands.add_parser("stop")
    stop.add_argument("folder")
    arguments = parser.parse_args()
    if arguments.command == "stop":
        supervisor.stop(arguments.folder)
        return
    options = dict(option.split("=", 1) for option in arguments.options)

    def servers(context):
        return importlib.import_module(f"{arguments.kind}_servers").start(context)

    facts = supervisor.start(arguments.folder, arguments.owner, options, servers)
    json.dump(facts, sys.stdout)
    print()


if __name__ == "__main__":
    main()
