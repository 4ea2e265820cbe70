"""A terminal for a program of a case, and what came out of it."""

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time


class Terminal:
    """A program with a terminal as its own: it leads a session, and is its foreground."""

    def __init__(self, workspace, *arguments, columns=80, under=()):
        self.workspace = workspace
        self.outside, inside = pty.openpty()
        fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))

        def lead():
            os.setsid()
            fcntl.ioctl(inside, termios.TIOCSCTTY, 0)

        environment = workspace.lab.environment | {"TERM": "xterm-256color"}
        del environment["NO_COLOR"]
        self.process = subprocess.Popen(
            [*under, str(workspace.lab.program), *arguments], cwd=workspace.project, stdin=inside, stdout=inside, stderr=inside,
            env=environment, preexec_fn=lead, close_fds=True)
        workspace.lab.running.add(self.process.pid)
        os.close(inside)
        self.shown = b""

    def read(self, seconds, until=lambda: False):
        """Takes what is shown for so long, or until something holds or the program has ended."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not until():
            ready, _, _ = select.select([self.outside], [], [], 0.02)
            if ready:
                try:
                    chunk = os.read(self.outside, 65536)
                except OSError:
                    chunk = b""
                if not chunk:
                    break
                self.shown += chunk
            elif self.process.poll() is not None:
                break

    def press(self, byte):
        os.write(self.outside, byte)

    def send_group(self, number):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)

    def close(self):
        """The window is closed."""
        os.close(self.outside)

    def ended(self, seconds):
        """Its exit code; None, and a flaw, where it hangs."""
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            code = None
            self.workspace.lab.flaw("hang", f"a program with a terminal has not ended after {seconds} s")
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.workspace.lab.running.discard(self.process.pid)
        return code
