"""File systems of a case's own, without root: in a user and mount namespace of the suite."""

import contextlib
import ctypes
import os
import pathlib

CLONE_NEWNS, CLONE_NEWUSER = 0x00020000, 0x10000000
MS_RDONLY, MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 1, 32, 4096, 16384, 1 << 18
MNT_DETACH = 2

_libc = ctypes.CDLL(None, use_errno=True)


def enter_namespace():
    """Whether this process may mount from here on.

    It keeps its user id, so that every program that it starts has no rights but that user's.
    """
    user, group = os.geteuid(), os.getegid()
    if _libc.unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0:
        return False
    pathlib.Path("/proc/self/setgroups").write_text("deny")
    pathlib.Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    pathlib.Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    _mount("none", "/", None, MS_REC | MS_PRIVATE, None)
    return True


def _mount(origin, target, kind, flags, data):
    def encoded(text):
        return None if text is None else os.fsencode(text)

    if _libc.mount(encoded(origin), encoded(target), encoded(kind), flags, encoded(data)) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), os.fspath(target))


class Memory:
    """A file system in memory, of so many bytes and files."""

    def __init__(self, place, sizeBytes, files):
        self.place = place
        _mount("faults", place, "tmpfs", 0, f"size={sizeBytes},nr_inodes={files},mode=0755")

    def resize(self, sizeBytes, files):
        _mount("faults", self.place, None, MS_REMOUNT, f"size={sizeBytes},nr_inodes={files}")


@contextlib.contextmanager
def memory(place, sizeBytes, files=1_000_000):
    place.mkdir(parents=True, exist_ok=True)
    mounted = Memory(place, sizeBytes, files)
    try:
        yield mounted
    finally:
        _unmount(place)


@contextlib.contextmanager
def read_only(place):
    _mount(place, place, None, MS_BIND, None)
    _mount("none", place, None, MS_BIND | MS_REMOUNT | MS_RDONLY, None)
    try:
        yield
    finally:
        _unmount(place)


def _unmount(place):
    if _libc.umount2(os.fsencode(place), MNT_DETACH) != 0:
        raise OSError(ctypes.get_errno(), "umount", os.fspath(place))
