"""A workspace of a case, and the real program at work in it."""

import collections
import dataclasses
import json
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time

import processes
import tree

# A program that traps, and what Swift prints then. SIGKILL is ours, and so may be the others.
CRASHES = {signal.SIGILL, signal.SIGTRAP, signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT, signal.SIGFPE}
# Where an action of the project puts what it makes, as the packed outputs of its trace hold it.
OUTPUT = re.compile(rb"out/([a-g])/(\d+)")
CRASH_WORDS = re.compile(r"Fatal error|Illegal instruction|Program crashed|swift_task_|Backtrace took")


@dataclasses.dataclass
class Ended:
    """How an invocation ended: `code` is negative for a signal, and None for one that never ended."""

    arguments: list
    code: int | None
    output: str
    errors: str
    seconds: float

    def __str__(self):
        return f"dbuild {' '.join(self.arguments)} -> {self.code} after {self.seconds:.1f} s\n{self.errors[-1500:]}"


class Running:
    def __init__(self, workspace, arguments, under, environment, preexec, stdin, limit):
        self.workspace, self.arguments, self.limit = workspace, list(arguments), limit
        number = next(workspace.numbers)
        self.output = workspace.directory / f"channels/{number}.out"
        self.errors = workspace.directory / f"channels/{number}.err"
        self.start = time.monotonic()
        with open(self.output, "wb") as out, open(self.errors, "wb") as err:
            self.process = subprocess.Popen(
                [*under, str(workspace.lab.program), *self.arguments], cwd=workspace.project, stdin=stdin, stdout=out,
                stderr=err, env=workspace.lab.environment | (environment or {}), start_new_session=True,
                preexec_fn=preexec)
        workspace.lab.running.add(self.process.pid)

    @property
    def pid(self):
        return self.process.pid

    def send(self, number):
        try:
            os.kill(self.pid, number)
        except ProcessLookupError:
            pass

    def send_group(self, number):
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            pass

    def has_ended(self):
        return self.process.poll() is not None

    def errors_so_far(self):
        return self.errors.read_text(errors="replace")

    def wait_until(self, condition, seconds=20):
        """Whether a condition came true before the process ended and before so many seconds had passed."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if condition():
                return True
            if self.has_ended():
                return condition()
            time.sleep(0.002)
        return False

    def ended(self):
        """Waits for its end; one that goes beyond its limit hangs, is killed and counted."""
        code = None
        try:
            code = self.process.wait(max(0.1, self.limit - (time.monotonic() - self.start)))
        except subprocess.TimeoutExpired:
            self.workspace.lab.flaw("hang", f"dbuild {' '.join(self.arguments)} has not ended after {self.limit} s")
            self.send_group(signal.SIGKILL)
            self.process.wait()
        self.workspace.lab.running.discard(self.pid)
        ended = Ended(
            self.arguments, code, self.output.read_text(errors="replace"), self.errors.read_text(errors="replace"),
            time.monotonic() - self.start)
        isCrash = code is not None and code < 0 and -code in CRASHES
        # What is quoted of an action's log is the action's own crash.
        if isCrash or CRASH_WORDS.search(re.sub(r"(?m)^ *\| .*$", "", ended.errors)):
            self.workspace.lab.flaw("crash", str(ended))
        return ended


class Workspace:
    """`project` is dbuild's; what lies beside it says behind its back what ran."""

    def __init__(self, lab, directory):
        self.lab, self.directory = lab, pathlib.Path(directory)
        self.project, self.runlog = self.directory / "project", self.directory / "runlog"
        (self.directory / "channels").mkdir(exist_ok=True)
        self.numbers = iter(range(1_000_000))
        # Contents that may lie at a final path: of the reference, and of what a case has edited.
        self.whole = set(lab.whole)

    def start(self, *arguments, under=(), environment=None, preexec=None, stdin=subprocess.DEVNULL, limit=90):
        return Running(self, arguments, under, environment, preexec, stdin, limit)

    def dbuild(self, *arguments, **options):
        return self.start(*arguments, **options).ended()

    def pause(self, percent):
        """For how much of its time an action sleeps."""
        (self.directory / "pause").write_text(f"{percent}\n")

    # What ran

    def log(self, since=0):
        """(what, action) of every line of the actions' own log, `since` that many lines."""
        if not self.runlog.exists():
            return []
        lines = self.runlog.read_text().split("\n")[:-1]
        return [tuple(line.split(" ")[:2]) for line in lines[since:]]

    def begun(self, since=0):
        return collections.Counter(action for what, action in self.log(since) if what == "begin")

    def finished(self):
        """The actions that are not to run again: those that dbuild has told or recorded as finished."""
        return self.told() | self.recorded()

    def recorded(self):
        """The actions of the project that the database has a trace of, while no dbuild is at work here.

        None of them where it is not there, or is damaged.
        """
        found = set()
        with tempfile.TemporaryDirectory(dir=self.lab.root) as place:
            # Of a copy: who opens it takes in the log that a killed process left.
            for name in ("state.db", "state.db-wal"):
                if (self.project / ".dbuild" / name).is_file():
                    shutil.copy(self.project / ".dbuild" / name, place)
            if not os.path.exists(f"{place}/state.db"):
                return found
            connection = sqlite3.connect(f"{place}/state.db")
            try:
                for (outputs,) in connection.execute("SELECT outputs FROM trace"):
                    match = OUTPUT.search(outputs)
                    if match:
                        found.add(f"{match[1].decode()}[n={match[2].decode()}]")
            except sqlite3.DatabaseError:
                return set()
            finally:
                connection.close()
        return found

    def told(self):
        """The actions that dbuild has said to be finished, in any run; a line cut short by a kill says nothing, and the
        last that were finished before it may not have been told."""
        found = set()
        for file in self.project.glob(".dbuild/runs/*/events.jsonl"):
            for line in file.read_bytes().split(b"\n")[:-1]:
                try:
                    event = json.loads(line)
                except ValueError:
                    continue
                if event.get("event") == "finish":
                    found.add(event["action"])
        return found

    def read(self, path):
        return (self.project / path).read_bytes()

    def write(self, path, text):
        place = self.project / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text if isinstance(text, bytes) else text.encode())

    def remove(self, *paths):
        for path in paths:
            place = self.project / path
            if place.is_dir() and not place.is_symlink():
                shutil.rmtree(place)
            else:
                place.unlink(missing_ok=True)

    def outputs(self):
        return tree.tree(self.project / "out")

    def foreign(self):
        """Everything that no action makes and that is not dbuild's."""
        def is_foreign(path):
            return path.split(b"/")[0] not in (b"out", b".dbuild")

        return {path: facts for path, facts in tree.tree(self.project).items() if is_foreign(path)}

    def survivors(self, within=0.5):
        """Says what still runs; what belongs to a dbuild that runs is none."""
        for pid, command in processes.survivors(within, self.lab.running):
            self.lab.flaw("survivor", f"{pid} {command}")
