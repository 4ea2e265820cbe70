"""What holds after every case, judged from the file system and the actions' own log: I1 to I9 of the plan."""

import os
import re

import tree


def whole_files(workspace):
    """I4: no partial or empty file at a final path or in the store."""
    for path, facts in workspace.outputs().items():
        if facts[0] == "file" and facts[3] not in workspace.whole:
            workspace.lab.flaw("partial", f"out/{os.fsdecode(path)} has {facts[2]} bytes that no action wrote")
    for path, facts in tree.tree(workspace.project / ".dbuild/store").items():
        name = os.path.basename(path)
        match = re.fullmatch(rb"[0-9a-f]{32}-(\d+)", name)
        if facts[0] == "file" and match and (int(match[1]) != facts[2] or facts[3] not in workspace.whole):
            workspace.lab.flaw("partial", f".dbuild/store/{os.fsdecode(path)} has {facts[2]} other bytes")


def nothing_left(workspace, within=0.5):
    """I5: no descendant is left."""
    workspace.survivors(within)


def expect(workspace, ended, *codes):
    """I1, I7: it ended as it should; an error is a line that says what, without a crash."""
    lab = workspace.lab
    if ended.code is None:
        return
    if ended.code not in codes:
        lab.flaw("wrong", f"expected exit {' or '.join(map(str, codes))}: {ended}")
    if ended.code in (2, 3, 4, 64) and not re.search(r"(?m)^error: \S", ended.errors):
        lab.flaw("wrong", f"no line says what is wrong: {ended}")


class Watch:
    """What is true before an invocation, to be held against what is true behind it."""

    def __init__(self, workspace):
        self.workspace = workspace
        self.finished = workspace.finished()
        self.lines = len(workspace.log())
        self.foreign = workspace.foreign()

    def judge(self, mayRunAgain=()):
        """I3 and I6: nothing that was finished ran again, nobody else's file changed.

        Returns the actions that began.
        """
        lab = self.workspace.lab
        begun = self.workspace.begun(self.lines)
        again = sorted((begun.keys() & self.finished) - set(mayRunAgain))
        if again:
            lab.flaw("lost", f"finished, and ran again: {again[:5]} ({len(again)})")
        words = tree.difference(self.workspace.foreign(), self.foreign)
        if words:
            lab.flaw("wrong", f"changed outside the outputs: {words}")
        return begun


def recover(workspace, *arguments, expected=None, mayRunAgain=(), codes=(0,)):
    """The next build completes: I1 to I6, I8, I9.

    expected: the outputs as they should be; None: those of the reference.
    """
    lab = workspace.lab
    whole_files(workspace)
    watch = Watch(workspace)
    ended = workspace.dbuild("-j", "8", *arguments)
    expect(workspace, ended, *codes)
    begun = watch.judge(mayRunAgain)
    nothing_left(workspace)
    same_tree(workspace, expected)
    whole_files(workspace)
    settled(workspace)
    return begun


def same_tree(workspace, expected=None):
    """I2: the outputs are those of an uninterrupted build."""
    words = tree.difference(workspace.outputs(), workspace.lab.reference if expected is None else expected)
    if words:
        workspace.lab.flaw("wrong", f"outputs differ: {words}")


def settled(workspace):
    """I8: a further build runs nothing, and says so."""
    watch = Watch(workspace)
    expect(workspace, workspace.dbuild(), 0)
    begun = watch.judge()
    if begun:
        workspace.lab.flaw("wrong", f"ran although everything was up to date: {sorted(begun)[:5]} ({len(begun)})")
    expect(workspace, workspace.dbuild("--check"), 0)


def leftovers(workspace):
    """Nothing unfinished lies about between runs."""
    for name in ("staging", "places", "discarded", "store/new"):
        found = tree.tree(workspace.project / ".dbuild" / name)
        if any(facts[0] != "directory" for facts in found.values()):
            workspace.lab.flaw("partial", f".dbuild/{name} still holds {sorted(found)[:3]}")
