"""Group 2.3: who has the workspace."""

import os
import re
import shutil
import signal
import socket
import time

import injection
import invariants
import processes
from catalogue import case


def begun_building(workspace, build):
    """Whether a build came so far that actions run."""
    return build.wait_until(lambda: bool(workspace.begun()))


@case("C20", "ten builds at once")
def ten_at_once(lab):
    different = [["a"], ["b"], ["c"], ["f"], ["g[n=1*]"], ["out/g/3.bin"], ["d"], ["e"], ["f[n=7]"], []]
    for targets in ([[]] * 10, different) if lab.isLong else [different]:
        with lab.workspace() as workspace:
            workspace.pause(30)
            builds = [workspace.start("-j", "4", *words) for words in targets]
            lab.faults += len(builds)
            for build in builds:
                invariants.expect(workspace, build.ended(), 0)
            twice = {action: count for action, count in workspace.begun().items() if count > 1}
            if twice:
                lab.flaw("wrong", f"ran more than once: {sorted(twice.items())[:5]}")
            invariants.same_tree(workspace)
            invariants.settled(workspace)


@case("C20b", "who does not wait, or not so long, is told who has the workspace")
def not_waiting(lab):
    with lab.workspace() as workspace:
        workspace.pause(1500)
        build = workspace.start("-j", "2")
        if not begun_building(workspace, build):
            lab.flaw("wrong", f"no action began: {build.errors_so_far()}")
        for arguments, least, most in ((["--no-wait"], 0, 1), (["--wait", "1s"], 0.9, 2.5), (["--wait", "0s"], 0, 1)):
            lab.faults += 1
            ended = workspace.dbuild(*arguments)
            invariants.expect(workspace, ended, 4)
            if not least <= ended.seconds <= most:
                lab.flaw("wrong", f"ended after {ended.seconds:.2f} s: {ended}")
            for word in (rf"\b{build.pid}\b", re.escape(socket.gethostname()), r"since \d\d"):
                if not re.search(word, ended.errors):
                    lab.flaw("wrong", f"`{word}` is not said: {ended}")
        # Also where the rules were edited, and would have to be compiled first.
        recipes = workspace.read("rules/Recipes.swift")
        workspace.write("rules/Recipes.swift", recipes + b"// edited\n")
        ended = workspace.dbuild("--no-wait")
        invariants.expect(workspace, ended, 4)
        if ended.seconds > 1:
            lab.flaw("wrong", f"compiled before it was refused: {ended}")
        workspace.write("rules/Recipes.swift", recipes)
        # Views need no lock.
        for arguments in (["status"], ["--check"], ["-n"], ["why", "out/g/7.bin"], ["graph", "g[n=1]"]):
            lab.faults += 1
            ended = workspace.dbuild(*arguments)
            invariants.expect(workspace, ended, 1 if arguments == ["--check"] else 0)
            if ended.seconds > 5:
                lab.flaw("hang", f"a view waited: {ended}")
        # Who waits goes on as soon as it can, and says for whom.
        waiting = workspace.start("-j", "2", "a")
        if not waiting.wait_until(lambda: str(build.pid) in waiting.errors_so_far()):
            lab.flaw("wrong", f"who waits does not say for whom: {waiting.errors_so_far()}")
        workspace.pause(0)
        build.send(signal.SIGKILL)
        build.ended()
        end = time.monotonic()
        invariants.expect(workspace, waiting.ended(), 0)
        if time.monotonic() - end > 20:
            lab.flaw("hang", "a build waited for one that was gone")
        invariants.recover(workspace)


@case("C21", "a holder that was killed, and an action that outlives it")
def stale(lab):
    with lab.workspace() as workspace:
        workspace.pause(300)
        build = workspace.start("-j", "4")
        build.wait_until(lambda: len(workspace.begun()) > 12)
        # Stopped, so that they outlive dbuild, and write when others have begun.
        stopped = [pid for pid in processes.descendants(os.getpid()) if pid != build.pid]
        for pid in stopped:
            try:
                os.kill(pid, signal.SIGSTOP)
            except ProcessLookupError:
                pass
        build.send(signal.SIGKILL)
        build.ended()
        lab.faults += 1
        workspace.pause(30)
        following = workspace.start("-j", "4")
        before = len(workspace.log())
        start = time.monotonic()
        following.wait_until(lambda: len(workspace.log()) > before)
        if time.monotonic() - start > 5:
            lab.flaw("hang", f"the next build began after {time.monotonic() - start:.1f} s")
        for pid in stopped:
            try:
                os.kill(pid, signal.SIGCONT)
            except ProcessLookupError:
                pass
        invariants.expect(workspace, following.ended(), 0)
        workspace.survivors(2)
        invariants.same_tree(workspace)
        invariants.settled(workspace)
    with lab.workspace() as workspace:
        # A lock file that somebody left: it says nothing by itself.
        workspace.write(".dbuild/lock", f"process {os.getpid()} on elsewhere since 1999\n")
        ended = workspace.dbuild("a", "--no-wait")
        lab.faults += 1
        invariants.expect(workspace, ended, 0)


@case("C22", "a file system that knows no locks")
def no_locks(lab):
    for error in ("ENOLCK", "EOPNOTSUPP", "ENOSYS", "EIO"):
        with lab.workspace() as workspace:
            lab.faults += 1
            ended = workspace.dbuild("a", under=injection.under("lock", f"error={error}"))
            invariants.expect(workspace, ended, 3)
            # A device that fails is no file system without locks: there is nothing to advise.
            if "lock" not in ended.errors or error != "EIO" and "hint:" not in ended.errors:
                lab.flaw("wrong", f"{error}: neither what nor what to do: {ended}")
            if workspace.begun():
                lab.flaw("wrong", f"{error}: built without a lock")


@case("C24", "the rules edited, the workspace renamed, removed or left during a build", short=False)
def under_its_feet(lab):
    edited_rules(lab)
    renamed(lab)
    removed(lab)
    with lab.workspace() as workspace:
        lab.faults += 1
        gone = workspace.directory / "gone"
        gone.mkdir()
        ended = workspace.dbuild(under=("sh", "-c", 'cd "$0" && rmdir "$0" && exec "$@"', str(gone)))
        invariants.expect(workspace, ended, 3, 64)


def edited_rules(lab):
    with lab.workspace() as workspace:
        workspace.pause(50)
        build = workspace.start("-j", "4")
        begun_building(workspace, build)
        recipes = workspace.read("rules/Recipes.swift").decode()
        workspace.write("rules/Recipes.swift", recipes.replace('("left", left)', '("links", left)'))
        lab.faults += 1
        invariants.expect(workspace, build.ended(), 0)
        # All of one version: that which it began with.
        invariants.same_tree(workspace)
        workspace.write("rules/Recipes.swift", recipes)
        invariants.settled(workspace)


def renamed(lab):
    with lab.workspace() as workspace:
        workspace.pause(100)
        build = workspace.start("-j", "4")
        build.wait_until(lambda: len(workspace.begun()) > 30)
        elsewhere = workspace.directory / "elsewhere"
        workspace.project.rename(elsewhere)
        lab.faults += 1
        ended = build.ended()
        if workspace.project.exists():
            left = sorted(str(path.relative_to(workspace.project)) for path in workspace.project.rglob("*"))
            lab.flaw("wrong", f"made again where nothing was: {left[:5]}")
            shutil.rmtree(workspace.project)
        elsewhere.rename(workspace.project)
        invariants.expect(workspace, ended, 0, 1, 3)
        workspace.pause(0)
        invariants.recover(workspace)


def removed(lab):
    with lab.workspace() as workspace:
        workspace.pause(100)
        build = workspace.start("-j", "4")
        build.wait_until(lambda: len(workspace.begun()) > 30)
        beside = set(os.listdir(workspace.directory))
        while workspace.project.exists():
            shutil.rmtree(workspace.project, ignore_errors=True)
        lab.faults += 1
        ended = build.ended()
        invariants.expect(workspace, ended, 1, 3)
        if workspace.project.exists():
            left = sorted(str(path.relative_to(workspace.project)) for path in workspace.project.rglob("*"))
            lab.flaw("wrong", f"made again where nothing was: {left[:5]}")
        if set(os.listdir(workspace.directory)) - beside:
            lab.flaw("wrong", "something was made beside the workspace")
        workspace.project.mkdir(exist_ok=True)
