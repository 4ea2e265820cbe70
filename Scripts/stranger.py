"""Somebody who has dbuild installed, and neither its clone nor the rights of who installed it."""
import os, shutil, subprocess

NOBODY = 65534
HIDE = 'mount -t tmpfs -o size=64k,mode=755 none "$0" && exec "$@"'


class Stranger:
    """Runs commands as `nobody` where the clone is an empty directory, as far as this user may arrange that.

    `limits` says what may not be arranged.
    """

    def __init__(self, clone, home, paths):
        self.home = home
        self.limits = []
        self.environment = {"PATH": ":".join([*paths, "/usr/local/bin", "/usr/bin", "/bin"]), "HOME": home,
                            "TMPDIR": home, "LC_ALL": "C.UTF-8"}
        os.makedirs(home)
        root = os.getuid() == 0
        space = ["unshare", "--mount", "--propagation", "private"] + ([] if root else ["--user", "--map-root-user"])
        self.prefix = [*space, "sh", "-c", HIDE, clone]
        if not self.can("test", "!", "-e", os.path.join(clone, "README.md")):
            self.limits.append("the clone stays in sight: this user may not hide it")
            self.prefix = []
        changed = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--"]
        compiler = shutil.which("swiftc", path=self.environment["PATH"])
        if root and self.can(*changed, "test", "-x", compiler):
            self.prefix += changed
            self.give(home)
        else:
            self.limits.append("commands run as this user: no other one can be taken, or has the compiler")

    def give(self, directory):
        if any(word.startswith("--reuid") for word in self.prefix):
            os.chown(directory, NOBODY, NOBODY)

    def can(self, *command):
        return self.run(*command, cwd="/").returncode == 0

    def run(self, *command, cwd):
        return subprocess.run([*self.prefix, *command], cwd=cwd, env=self.environment, text=True, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
