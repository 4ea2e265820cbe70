"""Faults at a system call, by strace."""

import shutil

# strace counts in each thread by itself.
CALLS = {
    "open": "openat", "read": "read,pread64", "write": "write,pwrite64", "sync": "fsync,fdatasync",
    "rename": "rename,renameat,renameat2", "mkdir": "mkdir,mkdirat", "remove": "unlink,unlinkat,rmdir",
    "stat": "newfstatat,fstat,lstat,stat", "truncate": "ftruncate", "copy": "copy_file_range,sendfile",
    "lock": "flock", "link": "link,linkat,symlink,symlinkat",
}


def is_there():
    return shutil.which("strace") is not None


def under(call, what, when=None, path=None):
    """The words before a program that give it a fault.

    call: a key of CALLS. what: `error=EIO`, `signal=KILL`. when: at which call of a thread; None: at each. path: only
    calls that name it so.
    """
    names = CALLS[call]
    at = "" if when is None else f":when={when}"
    only = () if path is None else ("-P", path)
    return ("strace", "-f", "-qq", "-o", "/dev/null", *only, "-e", f"trace={names}", "-e", f"inject={names}:{what}{at}")
