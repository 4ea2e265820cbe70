"""C02b: a set that a kill has cut in half only moves forward."""

import sqlite3

import injection
import invariants
from catalogue import case

# Two files, each too large to be kept in the database.
ACTION, OUTPUTS = "c[n=3]", ("out/c/3.left", "out/c/3.right")
SOURCE = "data/3.txt"


def open_sets(workspace):
    """How many sets were begun and not completed: what the next start has to find."""
    connection = sqlite3.connect(workspace.project / ".dbuild/state.db")
    try:
        return connection.execute("SELECT count(*) FROM publishing").fetchone()[0]
    finally:
        connection.close()


def new_outputs(lab, made):
    """What an edit makes of the set, from a build that nobody disturbs."""
    with lab.copied(made.directory) as workspace:
        invariants.expect(workspace, workspace.dbuild("-j", "1", ACTION), 0)
        return {path: workspace.read(path) for path in OUTPUTS}


@case("C02b", "a set cut in half by a kill moves forward, without its action")
def cut_in_half(lab):
    if not injection.is_there():
        return lab.skip("strace is not there")
    with lab.workspace() as made:
        made.pause(0)
        invariants.expect(made, made.dbuild("-j", "4", ACTION), 0)
        # Another left and another right.
        made.write(SOURCE, "another source\n")
        invariants.expect(made, made.dbuild("-j", "4", "b"), 0)
        before = {path: made.read(path) for path in OUTPUTS}
        after = new_outputs(lab, made)
        if any(before[path] == after[path] for path in OUTPUTS):
            return lab.flaw("wrong", "the edit changes nothing: the case is wrong")
        for target in OUTPUTS:
            with lab.copied(made.directory) as workspace:
                ended = workspace.dbuild(
                    "-j", "1", ACTION, under=injection.under("rename", "signal=KILL", path=target))
                lab.faults += 1
                if ended.code == 0 or not open_sets(workspace):
                    lab.flaw("wrong", f"no set was cut in half: the case proves nothing\n{ended}")
                    continue
                for path in OUTPUTS:
                    if workspace.read(path) not in (before[path], after[path]):
                        lab.flaw("partial", f"{path} is neither old nor new")
                # Nothing to fall back to: only the set itself can complete it.
                workspace.remove(".dbuild/store")
                lines = len(workspace.log())
                invariants.expect(workspace, workspace.dbuild("-j", "1", ACTION), 0)
                if ACTION in workspace.begun(lines):
                    lab.flaw("lost", f"kill at the rename to {target}: the set was recorded, and its action ran again")
                for path in OUTPUTS:
                    if workspace.read(path) != after[path]:
                        lab.flaw("wrong", f"kill at the rename to {target}: {path} is not the new one")
                nothing_displaced(workspace)


def nothing_displaced(workspace):
    """Nobody has put anything in an output's place, so that nothing may go aside."""
    left = list((workspace.project / ".dbuild/displaced").rglob("*"))
    if left:
        workspace.lab.flaw("wrong", f"dbuild's own output was taken for somebody's: {left[:2]}")
