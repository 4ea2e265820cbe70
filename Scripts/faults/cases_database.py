"""Group 2.1: a database that is damaged, gone or of a later dbuild."""

import re
import shutil
import signal
import sqlite3

import invariants
import tree
from catalogue import case

DATABASE = ".dbuild/state.db"
BESIDE = (DATABASE, DATABASE + "-wal", DATABASE + "-shm")


def flipped(data, offset):
    return data[:offset] + bytes([data[offset] ^ 0xFF]) + data[offset + 1:]


def damages(random, data, count):
    """(name, bytes) of a file that was damaged."""
    yield from ((f"cut to {size}", data[:size]) for size in (0, 1, 100, 4095, 4096, len(data) // 2))
    yield "a text", b"this is no database\n" * 300
    yield "zeros", bytes(len(data))
    for _ in range(count):
        kind = random.choice(("header", "byte", "page", "zeroed page"))
        page = random.randrange(max(1, len(data) // 4096)) * 4096
        if kind == "header":
            offset = random.randrange(100)
            yield f"header byte {offset}", flipped(data, offset)
        elif kind == "byte":
            offset = random.randrange(len(data))
            yield f"byte {offset}", flipped(data, offset)
        else:
            new = random.randbytes(4096) if kind == "page" else bytes(4096)
            yield f"{kind} {page // 4096}", data[:page] + new + data[page + 4096:]


def heal(workspace):
    """What the error's hint tells a person to do."""
    workspace.remove(*BESIDE)


def judge(workspace, name, expected):
    """Never a crash, never wrongly up to date: done right, or one line, exit 3, and right once it is away."""
    lab = workspace.lab
    lab.faults += 1
    # Something to do, so that `up to date` would be wrong.
    workspace.remove("out/g/7.bin")
    (workspace.project / "out/c/9.left").write_bytes(b"edited")
    ended = workspace.dbuild("-j", "4")
    invariants.expect(workspace, ended, 0, 3)
    if ended.code == 3:
        if "hint:" not in ended.errors or ended.errors.count("error:") != 1:
            lab.flaw("wrong", f"{name}: not one line and what to do: {ended}")
        heal(workspace)
        invariants.expect(workspace, workspace.dbuild("-j", "4"), 0)
    words = tree.difference(workspace.outputs(), expected)
    if words:
        lab.flaw("wrong", f"{name}: {words}")
    if workspace.dbuild("--check").code != 0:
        lab.flaw("wrong", f"{name}: not up to date behind a build")


@case("C08", "a damaged database")
def damaged(lab):
    with lab.workspace("built") as made:
        made.pause(0)
        data = made.read(DATABASE)
        variants = list(damages(lab.random, data, 400))
        if not lab.isLong:
            variants = lab.random.sample(variants, 3)
        for name, bytes_ in variants:
            with lab.copied(made.directory) as workspace:
                workspace.write(DATABASE, bytes_)
                judge(workspace, name, lab.reference)


@case("C08b", "a damaged, emptied or removed write-ahead log", short=False)
def damaged_log(lab):
    with lab.workspace() as made:
        made.pause(20)
        build = made.start("-j", "8")
        build.wait_until(lambda: len(made.told()) > 120)
        build.send(signal.SIGKILL)
        build.ended()
        made.survivors(2)
        made.pause(0)
        data = made.read(DATABASE + "-wal")
        variants = [("wal", name, bytes_) for name, bytes_ in damages(lab.random, data, 80)]
        variants += [("shm", "random", lab.random.randbytes(32768)), ("wal", "removed", None), ("shm", "removed", None)]
        if not lab.isLong:
            variants = lab.random.sample(variants, 3) + [("wal", "removed", None)]
        for part, name, bytes_ in variants:
            with lab.copied(made.directory) as workspace:
                if bytes_ is None:
                    workspace.remove(f"{DATABASE}-{part}")
                else:
                    workspace.write(f"{DATABASE}-{part}", bytes_)
                judge(workspace, f"{part} {name}", lab.reference)


@case("C09", "the database gone, the store gone, and both during a build", short=False)
def gone(lab):
    for name, paths, most in (
        # What the store holds is known by the database: without it every action runs again, and no more.
        ("database", BESIDE, 300),
        ("store", (".dbuild/store",), 0),
        ("both", (*BESIDE, ".dbuild/store"), 300),
        # But what somebody else may have put there is kept aside.
        ("everything", (".dbuild/staging", ".dbuild/logs", ".dbuild/runs", ".dbuild/store", *BESIDE), 300),
    ):
        with lab.workspace("built") as workspace:
            workspace.pause(0)
            workspace.remove(*paths)
            lab.faults += 1
            begun = invariants.recover(workspace, mayRunAgain=workspace.finished())
            if sum(begun.values()) > most:
                lab.flaw("lost", f"{name} gone: {sum(begun.values())} actions ran")
    with lab.workspace() as workspace:
        build = workspace.start("-j", "8")
        build.wait_until(lambda: len(workspace.told()) > 100)
        workspace.remove(*BESIDE)
        while (workspace.project / ".dbuild/store").exists():
            shutil.rmtree(workspace.project / ".dbuild/store", ignore_errors=True)
        lab.faults += 1
        invariants.expect(workspace, build.ended(), 0, 3)
        invariants.recover(workspace, mayRunAgain=workspace.finished())


@case("C10", "a database of a later dbuild")
def newer(lab):
    with lab.workspace("built") as workspace:
        connection = sqlite3.connect(workspace.project / DATABASE)
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        connection.execute(f"PRAGMA user_version = {version + 1}")
        connection.commit()
        connection.close()
        before = workspace.read(DATABASE)
        workspace.remove("out/g/7.bin")
        lines = len(workspace.log())
        for arguments in ([], ["--check"], ["status"], ["clean", "g"], ["why", "out/g/7.bin"]):
            lab.faults += 1
            ended = workspace.dbuild(*arguments)
            invariants.expect(workspace, ended, 3)
            if not re.search(rf"\b{version + 1}\b.*\b{version}\b|\b{version}\b.*\b{version + 1}\b", ended.errors):
                lab.flaw("wrong", f"the versions {version + 1} and {version} are not named: {ended}")
            if workspace.read(DATABASE) != before:
                lab.flaw("wrong", f"the file was changed by {ended}")
        if workspace.log(lines):
            lab.flaw("wrong", "an action ran")
