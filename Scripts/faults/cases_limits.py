"""Group 2.4: too few descriptors and processes."""

import re

import invariants
from catalogue import case


def judge(workspace, ended):
    """Done, or exit 3; never an action's failure."""
    lab = workspace.lab
    lab.faults += 1
    workspace.survivors(2)
    invariants.expect(workspace, ended, 0, 3)
    if re.search("(?m)^failed ", ended.errors):
        lab.flaw("wrong", f"want of descriptors or processes counts as an action's failure: {ended}")
    if ended.code == 0:
        invariants.same_tree(workspace)
    invariants.recover(workspace)


@case("C29", "too few descriptors and processes")
def too_few(lab):
    limits = ["--nofile=64", "--nofile=32", "--nproc=20", "--nproc=40", "--nproc=12"]
    for limit in limits if lab.isLong else ["--nofile=64", "--nproc=20"]:
        with lab.workspace() as workspace:
            workspace.pause(0)
            judge(workspace, workspace.dbuild("-j", "64", under=("prlimit", limit)))


@case("C29b", "descriptors and processes run out during a build", short=False)
def run_out(lab):
    faults = [
        ("openat", "EMFILE"), ("pipe2", "EMFILE"), ("socketpair", "EMFILE"), ("clone,clone3,vfork,fork", "EAGAIN"),
        ("openat", "ENFILE"), ("mmap", "ENOMEM"),
    ]
    for names, error in faults if lab.isLong else lab.random.sample(faults[:5], 2):
        for when in (5, 20, 60, 120) if lab.isLong else [lab.random.choice((5, 60))]:
            with lab.workspace() as workspace:
                workspace.pause(0)
                under = (
                    "strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={names}", "-e",
                    f"inject={names}:error={error}:when={when}+20")
                ended = workspace.dbuild("-j", "4", "b", "d", under=under)
                lab.faults += 1
                workspace.survivors(2)
                # The fault also hits the actions' own programs, and what they make of it is theirs.
                invariants.expect(workspace, ended, 0, 1, 3, 127)
                invariants.whole_files(workspace)
                invariants.recover(workspace)
