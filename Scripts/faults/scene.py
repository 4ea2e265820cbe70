"""A second project: some fifty actions that do what files beside the workspace say."""

import contextlib
import hashlib
import os
import pathlib
import re
import shutil

import hostile_names
import invariants
import lab as laboratory
import tree
import workspace

HERE = pathlib.Path(__file__).resolve().parent
LEFT, RIGHT = range(20), range(20)
# What is built without a target.
ORDINARY = 20 + 8 + 4 + 4


def prepared(lab):
    """Compiles its rules once."""
    if lab.scene is not None:
        return lab.scene
    digest = hashlib.sha256(lab.program.read_bytes())
    for file in sorted([*(HERE / "scene").rglob("*"), HERE / "hostile_names.py"]):
        digest.update(file.read_bytes() if file.is_file() else b"")
    done = lab.root / f"scene-{digest.hexdigest()[:16]}"
    if not done.exists():
        for old in lab.root.glob("scene-*"):
            shutil.rmtree(old)
        staging = lab.root / "scenery"
        shutil.rmtree(staging, ignore_errors=True)
        shutil.copytree(HERE / "scene", staging / "fresh/project")
        (staging / "fresh/project/rules/Names.swift").write_text(hostile_names.swift(hostile_names.NAMES))
        (staging / "fresh/project/data").mkdir()
        (staging / "fresh/project/out").mkdir()
        (staging / "fresh/behaviour").mkdir()
        for side in ("left", "right"):
            for number in range(20):
                (staging / f"fresh/project/data/{side}-{number}.txt").write_text(f"{side} {number} at first\n")
        first = workspace.Workspace(lab, staging / "fresh")
        ended = first.dbuild("no-such-target", limit=600)
        if ended.code != 64:
            raise RuntimeError(f"the rules of the scene cannot be compiled\n{ended}")
        shutil.rmtree(staging / "fresh/channels")
        laboratory.copy(staging / "fresh", staging / "built")
        second = workspace.Workspace(lab, staging / "built")
        ended = second.dbuild("-j", "4", limit=300)
        if ended.code != 0 or sum(second.begun().values()) != ORDINARY:
            raise RuntimeError(f"the scene cannot be built\n{ended}")
        shutil.rmtree(staging / "built/channels")
        staging.rename(done)
    lab.scene = done
    return done


@contextlib.contextmanager
def scene(lab, state="fresh", below=None):
    """A copy of it: `fresh`, or `built` already. At the end no output may be anything but what its inputs make it."""
    with lab.copied(prepared(lab) / state, below) as made:
        scene = Scene(made)
        yield scene
        scene.judge_outputs(complete=False)


class Scene:
    """What its sources are, and so what its outputs must be."""

    def __init__(self, made):
        self.workspace, self.lab = made, made.lab
        self.project, self.directory = made.project, made.directory
        # Paths that a case has made something else of.
        self.strange = set()

    def build(self, *arguments, **options):
        return self.workspace.dbuild(*arguments, **options)

    def start(self, *arguments, **options):
        return self.workspace.start(*arguments, **options)

    def behave(self, action, words=None):
        """What an action does from now on; None: what is usual."""
        place = self.directory / "behaviour" / action
        place.write_text(words + "\n") if words is not None else place.unlink(missing_ok=True)

    def source(self, path):
        return (self.project / path).read_bytes()

    def write(self, path, content):
        self.workspace.write(path, content)

    # What must be there

    def expected(self):
        """The content of every ordinary output, from the sources as they are now."""
        found = {}
        left = [self.source(f"data/left-{n}.txt") for n in LEFT]
        right = [self.source(f"data/right-{n}.txt") for n in RIGHT]
        for n in range(20):
            found[f"out/join/{n}.bin"] = f"join[n={n}]\n".encode() + left[n] + right[n]
        for n in range(8):
            found[f"out/act/{n}.bin"] = f"act[n={n}]\n".encode() + left[n] + right[n]
        for n in range(4):
            name = f"pair[n={n}]\n".encode()
            found[f"out/pair/{n}.first"], found[f"out/pair/{n}.second"] = name + left[n], name + b"2\n" + left[n]
            found[f"out/after/{n}.bin"] = f"after[n={n}]\n".encode() + name + left[n] + found[f"out/join/{n}.bin"]
        return found

    def wrong_outputs(self):
        """Outputs that are not what the sources make of them now; one that is missing is wrong."""
        return [path for path, content in self.expected().items() if self.content(path) != content]

    def content(self, path):
        place = self.project / path
        try:
            return place.read_bytes() if not place.is_symlink() else None
        except (FileNotFoundError, IsADirectoryError, PermissionError, NotADirectoryError):
            return None

    def is_current(self, what, *arguments):
        """Says it where a build has not made everything of the sources as they are."""
        ended = self.build("-j", "4", *arguments)
        invariants.expect(self.workspace, ended, 0)
        wrong = self.wrong_outputs()
        if wrong:
            self.lab.flaw("wrong", f"{what}: not what the sources make: {wrong[:4]} ({len(wrong)})")
        return ended

    def judge_outputs(self, complete=True):
        """I4: each output is whole; and so is each object of the store."""
        for path, facts in tree.tree(self.project / "out").items():
            if facts[0] == "file" and facts[2] == 0 and path not in self.strange:
                self.lab.flaw("partial", f"out/{os.fsdecode(path)} is empty")
        for path, facts in tree.tree(self.project / ".dbuild/store").items():
            match = re.fullmatch(rb"[0-9a-f]{32}-(\d+)", os.path.basename(path))
            if facts[0] == "file" and match and int(match[1]) != facts[2]:
                self.lab.flaw("partial", f".dbuild/store/{os.fsdecode(path)} has {facts[2]} bytes")

    def settled(self, *targets):
        """I8: a further build runs nothing."""
        lines = len(self.workspace.log())
        invariants.expect(self.workspace, self.build(*targets), 0)
        if self.workspace.log(lines):
            self.lab.flaw("wrong", f"ran although everything was up to date: {self.workspace.log(lines)[:4]}")

    def ran(self, lines):
        """Which actions began since the log had so many lines."""
        return sorted(self.workspace.begun(lines))

    def lines(self):
        return len(self.workspace.log())

    def expect(self, ended, *codes, says=()):
        """How it ended, and what it must say."""
        invariants.expect(self.workspace, ended, *codes)
        for words in says:
            if words not in ended.errors + ended.output:
                self.lab.flaw("wrong", f"`{words}` is not said: {ended}")
