"""The place where the cases happen: prepared workspaces, and what was found wrong."""

import contextlib
import hashlib
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

import tree
import workspace

HERE = pathlib.Path(__file__).resolve().parent
KINDS = {
    "wrong": "wrong_results", "lost": "lost_actions", "survivor": "survivors", "partial": "partial_files",
    "hang": "hangs", "crash": "crashes",
}


class Lab:
    def __init__(self, program, seed, isLong, root):
        self.program, self.seed, self.isLong = pathlib.Path(program), seed, isLong
        self.root = pathlib.Path(root)
        self.random = random.Random(seed)
        self.faults = 0
        self.flaws = []
        # Processes that somebody waits for.
        self.running = set()
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": str(self.root / "home"), "TMPDIR": str(self.root / "tmp"),
            "LANG": "C.UTF-8", "NO_COLOR": "1",
        }
        # The hook of debug builds by which `mutants` takes a protection away.
        self.broken = {name: os.environ[name] for name in ("DBUILD_TEST_BREAK",) if name in os.environ}
        self.reference, self.whole = {}, set()
        # The other prepared project, once it is wanted.
        self.scene = None
        self.canMount = False
        # Whether the case that runs could not do all that it is to do.
        self.skipped = False

    def flaw(self, kind, text):
        """Something that must not be; the kinds are those of the summary line."""
        self.flaws.append((KINDS[kind], text))
        print(f"    {kind}: {text}", file=sys.stderr, flush=True)

    def say(self, text):
        print(f"    {text}", file=sys.stderr, flush=True)

    def skip(self, why):
        """A case, or a part of it, that cannot be tried here: it has not passed."""
        self.skipped = True
        print(f"    skipped: {why}", file=sys.stderr, flush=True)

    def count(self, short, long):
        """How many faults of a kind to inject."""
        return long if self.isLong else short

    # Prepared workspaces

    def prepare(self):
        """Compiles the rules once, and builds the reference; kept for the next time where `root` is kept."""
        for name in ("home", "tmp", "cases"):
            (self.root / name).mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256(self.program.read_bytes())
        for file in sorted((HERE / "project").rglob("*")):
            digest.update(file.read_bytes() if file.is_file() else b"")
        done = self.root / f"prepared-{digest.hexdigest()[:16]}"
        if not done.exists():
            for old in self.root.glob("prepared-*"):
                shutil.rmtree(old)
            staging = self.root / "preparing"
            shutil.rmtree(staging, ignore_errors=True)
            self._make(staging)
            staging.rename(done)
        self.prepared = done
        self.environment |= self.broken
        self.reference = tree.tree(done / "built/project/out")
        self.whole = tree.digests(self.reference)

    def _make(self, place):
        fresh = place / "fresh"
        shutil.copytree(HERE / "project", fresh / "project")
        for number in range(10):
            (fresh / "project/data").mkdir(exist_ok=True)
            (fresh / f"project/data/{number}.txt").write_text(f"source {number}\n" * (number + 1))
        first = workspace.Workspace(self, fresh)
        # A target that no rule knows: the rules are compiled, and nothing is built.
        ended = first.dbuild("no-such-target", limit=600)
        if ended.code != 64 or not list((fresh / "project/.dbuild/rules").glob("?" * 32)):
            raise SystemExit(f"faults: the rules of the project cannot be compiled\n{ended}")
        shutil.rmtree(fresh / "channels")
        for name in ("plans", "lock", "runs", "logs", "state.db", "state.db-wal", "state.db-shm"):
            left = fresh / "project/.dbuild" / name
            shutil.rmtree(left) if left.is_dir() else left.unlink(missing_ok=True)
        built = place / "built"
        copy(fresh, built)
        second = workspace.Workspace(self, built)
        second.pause(0)
        ended = second.dbuild("-j", "4", limit=300)
        count = sum(second.begun().values())
        if ended.code != 0 or count != 300:
            raise SystemExit(f"faults: the reference cannot be built ({count} actions)\n{ended}")
        # What the suite believes of dbuild is this alone: if it were said otherwise, no loss would be noticed.
        if second.told() != second.begun().keys():
            raise SystemExit("faults: the events do not name the actions that finished")
        if second.recorded() != second.begun().keys():
            raise SystemExit("faults: the database does not name the actions that finished")
        shutil.rmtree(built / "channels")

    @contextlib.contextmanager
    def workspace(self, state="fresh", below=None):
        """A copy of a prepared workspace: `fresh`, or `built` already. Afterwards it is removed.

        below: an empty directory for it; else it gets one.
        """
        with self.copied(self.prepared / state, below) as made:
            yield made

    @contextlib.contextmanager
    def copied(self, origin, below=None):
        """A copy of a workspace, removed afterwards; with `FAULTS_KEEP` set one in which a flaw was found stays."""
        place = pathlib.Path(tempfile.mkdtemp(dir=below or self.root / "cases"))
        directory = place / "case"
        copy(origin, directory)
        made = workspace.Workspace(self, directory)
        before = len(self.flaws)
        try:
            yield made
        finally:
            made.survivors()
            if len(self.flaws) == before or not os.environ.get("FAULTS_KEEP"):
                remove(place)
            else:
                print(f"    kept: {directory}", file=sys.stderr)


def copy(origin, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", "--reflink=auto", origin, target], check=True)


def remove(place):
    """Also what a case has made unreadable."""
    for directory, names, _ in os.walk(place):
        for name in names:
            path = os.path.join(directory, name)
            if not os.path.islink(path):
                with contextlib.suppress(OSError):
                    os.chmod(path, 0o700)
    shutil.rmtree(place, ignore_errors=True)


