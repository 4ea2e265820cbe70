"""Group 2.4: no room, no permission, no home."""

import contextlib
import os
import pathlib
import re
import tempfile

import invariants
import mounts
from catalogue import case

MEGABYTE = 1 << 20


@contextlib.contextmanager
def on_small_disk(lab, state="fresh"):
    """A workspace on a file system of its own, and that file system."""
    place = pathlib.Path(tempfile.mkdtemp(dir=lab.root / "cases"))
    try:
        with mounts.memory(place, 512 * MEGABYTE, 1_000_000) as disk, lab.workspace(state, below=place) as workspace:
            workspace.pause(0)
            # The actions' own log is not part of the experiment.
            elsewhere = pathlib.Path(tempfile.mkdtemp(dir=lab.root / "cases"))
            if workspace.runlog.exists():
                (elsewhere / "runlog").write_bytes(workspace.runlog.read_bytes())
                workspace.runlog.unlink()
            (elsewhere / "runlog").touch()
            workspace.runlog.symlink_to(elsewhere / "runlog")
            (workspace.directory / "channels").rmdir()
            (elsewhere / "channels").mkdir()
            (workspace.directory / "channels").symlink_to(elsewhere / "channels")
            yield workspace, disk
    finally:
        place.rmdir()


def used(place):
    facts = os.statvfs(place)
    return (facts.f_blocks - facts.f_bfree) * facts.f_frsize, facts.f_files - facts.f_ffree


def judge_full(workspace, ended, kind):
    """Never exit 0 with less than everything; what could not be written is said once, and is no action's failure."""
    lab = workspace.lab
    lab.faults += 1
    workspace.survivors(2)
    invariants.expect(workspace, ended, 0, 3)
    invariants.whole_files(workspace)
    if ended.code == 0:
        invariants.same_tree(workspace)
    elif ended.code == 3 and not re.search("disk is full|want of room|space left", ended.errors):
        lab.flaw("wrong", f"{kind}: it is not said that there is no room: {ended}")


@case("C25", "a full disk at every size")
def disk_full(lab):
    if not lab.canMount:
        return lab.skip("nothing can be mounted here")
    count = lab.count(3, 100)
    for index in range(count):
        # From 64 MiB to 64 KiB, by equal factors.
        size = int(64 * MEGABYTE * (1 / 1024) ** (index / max(1, count - 1)))
        with on_small_disk(lab) as (workspace, disk):
            taken, _ = used(disk.place)
            disk.resize(taken + size, 1_000_000)
            ended = workspace.dbuild("-j", "8")
            judge_full(workspace, ended, f"{size} bytes")
            disk.resize(512 * MEGABYTE, 1_000_000)
            invariants.recover(workspace)
            invariants.leftovers(workspace)


@case("C25b", "no more files can be made", short=False)
def no_inodes(lab):
    if not lab.canMount:
        return lab.skip("nothing can be mounted here")
    for files in [3, 40, 150, 400, 900, 1500] if lab.isLong else [lab.random.choice((3, 40, 150)), 500]:
        with on_small_disk(lab) as (workspace, disk):
            _, taken = used(disk.place)
            disk.resize(512 * MEGABYTE, taken + files)
            ended = workspace.dbuild("-j", "8")
            judge_full(workspace, ended, f"{files} files")
            disk.resize(512 * MEGABYTE, 1_000_000)
            invariants.recover(workspace)


@case("C25c", "the store's disk is full, or that of temporary files", short=False)
def store_full(lab):
    if not lab.canMount:
        return lab.skip("nothing can be mounted here")
    with lab.workspace() as workspace:
        workspace.pause(0)
        with mounts.memory(workspace.project / ".dbuild/store", lab.random.choice((65536, MEGABYTE, 5 * MEGABYTE))):
            ended = workspace.dbuild("-j", "8")
            lab.faults += 1
            # A copy that cannot be made is no reason not to build.
            invariants.expect(workspace, ended, 0)
            invariants.same_tree(workspace)
            invariants.settled(workspace)
    with lab.workspace() as workspace:
        workspace.pause(0)
        with mounts.memory(workspace.directory / "temporary", 4096):
            lab.faults += 1
            invariants.expect(
                workspace,
                workspace.dbuild("-j", "8", environment={"TMPDIR": str(workspace.directory / "temporary")}), 0)


@case("C27", "places that cannot be written to, or are not there", short=False)
def read_only_places(lab):
    for path, gone in ((".dbuild", "out/g/7.bin"), ("out", "out/g"), ("out/g", "out/g/7.bin"), (".", "out")):
        with lab.workspace("built") as workspace:
            workspace.pause(0)
            workspace.remove(gone, ".dbuild/store")
            place = workspace.project / path
            place.chmod(0o555)
            lines = len(workspace.log())
            lab.faults += 1
            ended = workspace.dbuild("-j", "8")
            invariants.expect(workspace, ended, 3)
            if "permission" not in ended.errors.lower() and "writ" not in ended.errors:
                lab.flaw("wrong", f"{path}: what may not be written is not said: {ended}")
            if workspace.log(lines):
                lab.flaw("wrong", f"{path}: {len(workspace.log(lines)) // 2} actions ran, whose outputs have no place")
            place.chmod(0o755)
            invariants.recover(workspace, mayRunAgain=workspace.finished())
    with lab.workspace() as workspace:
        workspace.pause(0)
        lab.faults += 1
        nowhere = str(workspace.directory / "nowhere")
        ended = workspace.dbuild("-j", "8", environment={"HOME": nowhere, "TMPDIR": nowhere})
        invariants.expect(workspace, ended, 0)
        ended = workspace.dbuild("-j", "8", under=("env", "-u", "HOME", "-u", "TMPDIR"))
        invariants.expect(workspace, ended, 0)
        invariants.same_tree(workspace)


@case("C27b", "a read-only store still gives, and a read-only workspace is named", short=False)
def read_only_store(lab):
    with lab.workspace("built") as workspace:
        store = workspace.project / ".dbuild/store"
        for directory, _, _ in os.walk(store):
            os.chmod(directory, 0o555)
        workspace.remove("out/g", "out/c/7.left", "out/f/9/3.bin")
        lines = len(workspace.log())
        lab.faults += 1
        invariants.expect(workspace, workspace.dbuild(), 0)
        if workspace.log(lines):
            lab.flaw("lost", f"the store had it: {workspace.log(lines)[:3]}")
        invariants.same_tree(workspace)
        # And what it cannot take is built all the same.
        workspace.write("data/3.txt", "another source\n")
        ended = workspace.dbuild("-j", "8")
        invariants.expect(workspace, ended, 0)
    if not lab.canMount:
        return
    with lab.workspace("built") as workspace:
        with mounts.read_only(workspace.project):
            # The database's log needs a place to be read, too: who cannot have one is told so.
            for arguments in (["status"], ["--check"], ["why", "out/g/7.bin"], []):
                lab.faults += 1
                invariants.expect(workspace, workspace.dbuild(*arguments), 3)


@case("C28", "files and directories without permission, and masks", short=False)
def permissions(lab):
    for path in ("data/3.txt", "data", "rules/Recipes.swift", "scripts/step.sh"):
        with lab.workspace() as workspace:
            workspace.pause(0)
            place = workspace.project / path
            mode = place.stat().st_mode
            place.chmod(0)
            lab.faults += 1
            ended = workspace.dbuild("-j", "8")
            place.chmod(mode)
            invariants.expect(workspace, ended, 1, 3)
            if os.path.basename(path) not in ended.errors:
                lab.flaw("wrong", f"`{path}` is not named: {ended}")
            invariants.recover(workspace)
    for mask in (0o777, 0o077, 0o000):
        with lab.workspace() as workspace:
            workspace.pause(0)
            lab.faults += 1
            ended = workspace.dbuild("-j", "8", preexec=lambda: os.umask(mask))
            invariants.expect(workspace, ended, 0, 3)
            for directory, names, files in os.walk(workspace.project):
                for name in names:
                    os.chmod(os.path.join(directory, name), 0o755)
            for place in workspace.project.rglob("*"):
                place.chmod(place.stat().st_mode | 0o600)
            ended = workspace.dbuild("-j", "8")
            invariants.expect(workspace, ended, 0)
            contents = {path: facts[3] for path, facts in workspace.outputs().items() if facts[0] == "file"}
            expected = {path: facts[3] for path, facts in lab.reference.items() if facts[0] == "file"}
            if contents != expected:
                lab.flaw("wrong", f"other outputs under the mask {mask:o}")
    with lab.workspace("built") as workspace:
        (workspace.project / "out").chmod(0o1755)
        lab.faults += 1
        workspace.write("data/3.txt", "another source\n")
        workspace.pause(0)
        invariants.expect(workspace, workspace.dbuild("-j", "8"), 0)


@case("C28b", "what actions leave without permission is cleared away")
def locked_leftovers(lab):
    with lab.workspace() as workspace:
        workspace.pause(0)
        script = workspace.read("scripts/step.sh").decode()
        workspace.write(
            "scripts/step.sh",
            script + "mkdir -p deep/er; echo x >deep/er/x; echo y >deep/y; chmod 0500 deep/er; chmod 0 deep\n")
        lab.faults += 20
        invariants.expect(workspace, workspace.dbuild("-j", "8"), 0)
        invariants.same_tree(workspace)
        invariants.leftovers(workspace)
        staging = workspace.project / ".dbuild/staging"
        left = sorted(os.listdir(staging)) if staging.exists() else []
        if left:
            lab.flaw("partial", f"left in staging: {left[:3]}")
        invariants.settled(workspace)
    with lab.workspace() as workspace:
        # Trees whose directories may not be written to, half of them killed.
        (workspace.directory / "locked").touch()
        workspace.pause(20)
        lab.faults += 1
        invariants.expect(workspace, workspace.dbuild("-j", "8"), 0)
        workspace.write("data/3.txt", "another source\n")
        invariants.expect(workspace, workspace.dbuild("-j", "8"), 0)
        if workspace.dbuild("--check").code:
            lab.flaw("wrong", "trees of read-only directories are not up to date behind a build")
