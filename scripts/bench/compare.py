"""Whether a restored folder is what was backed up."""

import os
import stat
import subprocess


def differences(original, target):
    """The first differences between a folder and what was restored of it, somewhere below `target`."""
    restored = find(original, target)
    if restored is None:
        return [f"nothing like {original} was restored"]
    content = subprocess.run(
        ["diff", "-rq", "--no-dereference", str(original), restored], capture_output=True, text=True, check=False)
    found = content.stdout.splitlines()[:5] + content.stderr.splitlines()[:5]
    for parent, folders, names in os.walk(original):
        for name in folders + names:
            path = os.path.join(parent, name)
            twin = os.path.join(restored, os.path.relpath(path, original))
            if os.path.lexists(twin) and status(path) != status(twin):
                found.append(f"mode, owner or time of {twin}")
        if len(found) > 5:
            break
    return found


def find(original, target):
    """Programs restore with the whole path, a part of it, or none."""
    parts = str(original).strip("/").split("/")
    for start in range(len(parts) + 1):
        candidate = os.path.join(target, *parts[start:])
        if start == len(parts) or os.path.isdir(candidate):
            return candidate
    return None


def status(path):
    """What has to be the same; borg and restic do not restore the times of links everywhere."""
    found = os.lstat(path)
    time = 0 if stat.S_ISLNK(found.st_mode) else found.st_mtime_ns // 1000
    return found.st_mode, found.st_uid, found.st_gid, time
