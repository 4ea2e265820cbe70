"""C30: large things. What it costs is said, and judged only against a generous limit."""

import os
import resource
import shutil

import invariants
import workspace as workspaces
from catalogue import case
from lab import HERE

# Bytes of memory that no case may need.
MOST_BYTES = 3 << 30


def limited():
    """A program that needs more memory fails, and is found out."""
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_BYTES, MOST_BYTES))


class Scale:
    def __init__(self, lab, directory):
        self.lab = lab
        shutil.copytree(HERE / "scale", directory / "project")
        self.workspace = workspaces.Workspace(lab, directory)
        self.workspace.write("data/seed.txt", "seed\n")

    def build(self, shape, size, *arguments, codes=(0,), limit=900, under=()):
        self.lab.faults += 1
        ended = self.workspace.dbuild(
            "--set", f"shape={shape}", "--set", f"size={size}", *arguments, preexec=limited, limit=limit,
            under=under)
        invariants.expect(self.workspace, ended, *codes)
        return ended

    def judge(self, shape, size, path, text):
        first = self.build(shape, size, "-j", "2")
        found = self.workspace.read(path).decode()
        if found != text:
            self.lab.flaw("wrong", f"{shape} {size}: {path} holds {found[:80]!r}")
        null = self.build(shape, size)
        if " 0 built" not in null.errors:
            self.lab.flaw("wrong", f"{shape} {size}: built again: {null}")
        self.lab.say(f"{shape} {size:,}: {first.seconds:.1f} s, null build {null.seconds:.2f} s")
        self.workspace.remove("out", ".dbuild/state.db")


@case("C30", "100,000 files, actions and links of a chain, large files, long arguments", short=False)
def scale(lab):
    directory = lab.root / "cases/scale"
    directory.mkdir()
    try:
        bench = Scale(lab, directory)
        bench.judge("chain", 20_000, "out/chain/19999", "seed\nand one more\n")
        bench.judge("wide", 100_000, "out/wide/77777", "seed\nand one more\n")
        bench.judge("tree", 100_000, "out/count", "100000\n")
        for shape, size in (("argument", 3_000_000), ("arguments", 200_000)):
            ended = bench.build(shape, size, codes=(1,))
            if "long" not in ended.errors or "argument" not in ended.errors.lower():
                lab.flaw("wrong", f"{shape} {size}: too long arguments are not named: {ended.errors[-300:]}")
        many_inputs(bench)
        large_files(bench)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def many_inputs(bench):
    """C29: one action with 5,000 inputs, where few files may be open."""
    for number in range(5000):
        bench.workspace.write(f"data/in/{number}", f"{number}\n")
    ended = bench.build("inputs", 5000, "-j", "64", under=("prlimit", "--nofile=64"))
    if ended.code == 0 and len(bench.workspace.read("out/inputs").split()) != 5000:
        bench.lab.flaw("wrong", "not all of 5,000 inputs were read")
    bench.workspace.remove("out", ".dbuild/state.db")


def large_files(bench):
    """Sizes that 32 bits do not hold, with and without blocks."""
    place = bench.workspace.project / "data"
    sparse = place / "sparse"
    with open(sparse, "wb") as file:
        file.truncate(6 << 30)
    # As much as fits: 5 GiB where there is room for it.
    megabytes = min(5 << 10, shutil.disk_usage(place).free >> 22)
    block = os.urandom(1 << 20)
    with open(place / "full", "wb") as file:
        for _ in range(megabytes):
            file.write(block)
    first = bench.build("files", 1, limit=600)
    # One byte beyond what 32 bits can say, of the same size.
    with open(sparse, "r+b") as file:
        file.seek((4 << 30) + 5)
        file.write(b"x")
    ended = bench.build("files", 1, limit=600)
    if " 1 built" not in ended.errors:
        bench.lab.flaw("wrong", f"an edit beyond 4 GiB was not seen: {ended}")
    bench.lab.say(f"large files: {first.seconds:.1f} s, again {ended.seconds:.1f} s")
