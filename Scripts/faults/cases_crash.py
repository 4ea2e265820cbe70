"""Group 2.1: kills. The database and power are in files of their own."""

import signal
import time

import invariants
from catalogue import case

JOBS = 8
# Builder.mostCompleting: actions whose processes are over, and whose outputs are not yet recorded.
MOST_WAITING = 64


def interrupted(workspace, moment, send):
    """One build that is ended after so many seconds; what the actions had done is judged.

    Returns the actions whose work was done and not yet finished: these may run again.
    """
    lab = workspace.lab
    watch = invariants.Watch(workspace)
    build = workspace.start("-j", str(JOBS))
    end = time.monotonic() + moment
    while time.monotonic() < end and not build.has_ended():
        time.sleep(0.001)
    send(build)
    ended = build.ended()
    lab.faults += 1
    workspace.survivors(2)
    watch.judge()
    invariants.whole_files(workspace)
    done = {action for what, action in workspace.log(watch.lines) if what == "end"}
    recorded = workspace.recorded()
    unrecorded = workspace.told() - recorded
    if unrecorded:
        lab.flaw("lost", f"told as finished, and not recorded: {sorted(unrecorded)[:5]} ({len(unrecorded)})")
    return ended, done - recorded


def judge_lost(workspace, lost, begun):
    """Done again are at most those that ran at once, and those that waited to be published."""
    again = lost & begun.keys()
    if len(again) > JOBS + MOST_WAITING:
        workspace.lab.flaw("lost", f"{len(again)} actions were done and ran again: {sorted(again)[:9]}")


def kill(build):
    build.send(signal.SIGKILL)


@case("C01", "kill -9 at any moment of a build")
def killed_anywhere(lab):
    with lab.workspace() as workspace:
        start = time.monotonic()
        invariants.expect(workspace, workspace.dbuild("-j", str(JOBS)), 0)
        whole_seconds = time.monotonic() - start
        invariants.same_tree(workspace)
    if lab.isLong:
        # Each kill by itself: from nothing, and then to the end.
        for _ in range(200):
            with lab.workspace() as workspace:
                _, lost = interrupted(workspace, lab.random.uniform(0, whole_seconds), kill)
                judge_lost(workspace, lost, invariants.recover(workspace))
        return
    # Kill upon kill, so that each start also recovers from the one before.
    with lab.workspace() as workspace:
        lost = set()
        for _ in range(10):
            before = workspace.begun()
            _, now_lost = interrupted(workspace, lab.random.uniform(0, whole_seconds / 4), kill)
            judge_lost(workspace, lost, workspace.begun() - before)
            lost = now_lost
        judge_lost(workspace, lost, invariants.recover(workspace))
        invariants.leftovers(workspace)


@case("C03", "the whole group killed, and kill upon kill", short=False)
def killed_in_storms(lab):
    with lab.workspace() as workspace:
        _, lost = interrupted(workspace, lab.random.uniform(0.3, 1.5), lambda build: build.send_group(signal.SIGKILL))
        judge_lost(workspace, lost, invariants.recover(workspace))
    for _ in range(lab.count(1, 10)):
        with lab.workspace() as workspace:
            interrupted(workspace, lab.random.uniform(0.5, 1.5), kill)
            # Each during the recovery of the one before.
            for _ in range(20):
                interrupted(workspace, 0.05, kill)
            invariants.recover(workspace)
            invariants.leftovers(workspace)
