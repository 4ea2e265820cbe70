"""What lies in a directory, as the file system says it."""

import hashlib
import os
import stat


def tree(root):
    """By relative path: type, permission bits, size, SHA-256 of a file's bytes, target of a link."""
    found = {}
    pending = [b""]
    root = os.fsencode(root)
    while pending:
        directory = pending.pop()
        try:
            entries = sorted(os.scandir(os.path.join(root, directory)), key=lambda entry: entry.name)
        except FileNotFoundError:
            continue
        for entry in entries:
            path = os.path.join(directory, entry.name)
            facts = entry.stat(follow_symlinks=False)
            mode = stat.S_IMODE(facts.st_mode)
            if stat.S_ISDIR(facts.st_mode):
                found[path] = ("directory", mode)
                pending.append(path)
            elif stat.S_ISLNK(facts.st_mode):
                found[path] = ("link", os.readlink(os.path.join(root, path)))
            elif stat.S_ISREG(facts.st_mode):
                found[path] = ("file", mode, facts.st_size, digest(os.path.join(root, path)))
            else:
                found[path] = ("other", facts.st_mode)
    return found


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digests(found):
    """The contents of all files."""
    return {facts[3] for facts in found.values() if facts[0] == "file"}


def difference(found, expected, limit=3):
    """The first differences in words; empty where there is none."""
    words = []
    for path in sorted(found.keys() | expected.keys()):
        if found.get(path) != expected.get(path):
            words.append(f"{os.fsdecode(path)}: {found.get(path)} instead of {expected.get(path)}")
    return words[:limit] + ([f"and {len(words) - limit} more"] if len(words) > limit else [])
