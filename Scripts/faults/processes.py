"""Processes: what is below this one, and that orphans come to it."""

import ctypes
import os
import signal
import time

PR_SET_DUMPABLE, PR_SET_CHILD_SUBREAPER = 4, 36


def become_subreaper():
    """From here on whoever loses its parent below this process becomes its child, so that nobody gets lost."""
    _control(PR_SET_CHILD_SUBREAPER)


def own_proc_directory():
    """A process that gave up root may write to its own files in /proc again."""
    _control(PR_SET_DUMPABLE)


def _control(what):
    if ctypes.CDLL(None, use_errno=True).prctl(what, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def _table():
    """(parent, state) of every process, by its id."""
    found = {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat", "rb") as file:
                fields = file.read().rpartition(b")")[2].split()
        except OSError:
            continue
        found[int(name)] = (int(fields[1]), fields[0].decode())
    return found


def descendants(ancestor, but=()):
    """The ids of all live processes below one, without these and what is below them."""
    table = _table()
    children = {}
    for pid, (parent, _) in table.items():
        children.setdefault(parent, []).append(pid)
    found, open_ones = [], list(children.get(ancestor, []))
    while open_ones:
        pid = open_ones.pop()
        if pid in but:
            continue
        open_ones += children.get(pid, [])
        if table[pid][1] not in "ZX":
            found.append(pid)
    return found


def reap_orphans(but=()):
    """Clears away dead processes that became ours; `but` are those that somebody waits for."""
    me = os.getpid()
    for pid, (parent, state) in _table().items():
        if parent == me and state == "Z" and pid not in but:
            try:
                os.waitpid(pid, os.WNOHANG)
            except ChildProcessError:
                pass


def survivors(within_seconds, but=()):
    """What is still below this process after so many seconds; then it is killed."""
    end = time.monotonic() + within_seconds
    while True:
        reap_orphans(but)
        alive = descendants(os.getpid(), but)
        if not alive or time.monotonic() > end:
            break
        time.sleep(0.01)
    named = [(pid, command_line(pid)) for pid in alive]
    for pid in alive:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    reap_orphans(but)
    return named


def command_line(pid):
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return file.read().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return "gone"
