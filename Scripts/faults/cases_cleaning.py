"""Group 2.1 and 2.3: `clean` and `gc`, killed, and beside builds."""

import re
import signal
import sqlite3
import time

import invariants
from catalogue import case

# What a later run may have to do again once a copy of it is gone: everything.
EVERYTHING = [f"{letter}[n={number}]" for letter in "abcdefg" for number in range(100)]


def edited(workspace, text):
    """All sources with other bytes; what is built of them is whole, too."""
    for number in range(10):
        workspace.write(f"data/{number}.txt", f"{text} {number}\n")


def remember_whole(workspace):
    """What lies in the outputs now was written by actions."""
    for facts in workspace.outputs().values():
        if facts[0] == "file":
            workspace.whole.add(facts[3])


def store_agrees(workspace):
    """Each object that the database knows as a file is one, of its size; as a running sum says."""
    connection = sqlite3.connect(f"file:{workspace.project}/.dbuild/state.db?mode=ro", uri=True)
    try:
        known = connection.execute("SELECT hex(fingerprint) FROM object WHERE bytes IS NULL").fetchall()
        total, = connection.execute(
            "SELECT (SELECT coalesce(sum(sizeBytes), 0) FROM object) + (SELECT coalesce(sum(sizeBytes), 0) FROM entry)"
        ).fetchone()
        said, = connection.execute("SELECT bytes FROM storeSize").fetchone()
    finally:
        connection.close()
    files = [file for file in workspace.project.glob(".dbuild/store/??/*") if re.search(r"-\d+$", file.name)]
    if len(known) != len(files):
        workspace.lab.flaw("wrong", f"{len(known)} objects are known as files, {len(files)} lie in the store")
    if total != said:
        workspace.lab.flaw("wrong", f"the store is said to take {said} bytes, and takes {total}")


def killed_after(workspace, seconds, *arguments):
    """Whether a command was killed before its end."""
    running = workspace.start(*arguments)
    end = time.monotonic() + seconds
    while time.monotonic() < end and not running.has_ended():
        time.sleep(0.0005)
    wasRunning = not running.has_ended()
    running.send(signal.SIGKILL)
    running.ended()
    workspace.lab.faults += 1
    return wasRunning


def duration(workspace, *arguments):
    ended = workspace.dbuild(*arguments)
    invariants.expect(workspace, ended, 0)
    return ended.seconds


@case("C04", "kill -9 during clean")
def killed_clean(lab):
    with lab.workspace("built") as workspace:
        workspace.pause(0)
        seconds = duration(workspace, "clean", "--yes", "**")
        if workspace.outputs():
            lab.flaw("wrong", f"clean left {sorted(workspace.outputs())[:3]}")
        invariants.recover(workspace)
        kills = 0
        for _ in range(lab.count(10, 50)):
            kills += killed_after(workspace, lab.random.uniform(0, seconds), "clean", "--yes", "**")
            if lab.random.random() < 0.5:
                # What it left is no edit of anybody's, and nothing that nobody knows.
                ended = workspace.dbuild("clean", "--yes", "**")
                invariants.expect(workspace, ended, 0)
                if re.search("edited|no record", ended.output) or workspace.outputs():
                    lab.flaw("wrong", f"a killed clean cannot be completed: {ended.output}")
            # The store has all of it.
            begun = invariants.recover(workspace)
            if begun:
                lab.flaw("lost", f"ran although the store had it: {sorted(begun)[:5]}")
            store_agrees(workspace)
        if kills == 0:
            lab.flaw("wrong", "no clean was killed before its end")


@case("C04b", "kill -9 during gc")
def killed_gc(lab):
    with lab.workspace("built") as workspace:
        workspace.pause(0)
        kills = 0
        for round in range(lab.count(6, 50)):
            # Something to give up: what was built of other sources, and is not in place any more.
            edited(workspace, f"round {round}")
            invariants.expect(workspace, workspace.dbuild("-j", "8"), 0)
            remember_whole(workspace)
            sources_again(workspace)
            invariants.recover(workspace, mayRunAgain=EVERYTHING)
            seconds = duration(workspace, "gc", "-n", "--store-limit", "0")
            kills += killed_after(workspace, lab.random.uniform(seconds / 2, 1.5 * seconds), "gc", "--store-limit", "0")
            # No copy of what is recorded is lost.
            workspace.remove("out")
            begun = invariants.recover(workspace)
            if begun:
                lab.flaw("lost", f"gc lost what was recorded as built: {sorted(begun)[:5]}")
            invariants.expect(workspace, workspace.dbuild("gc", "--store-limit", "0"), 0)
            store_agrees(workspace)
        if kills == 0:
            lab.flaw("wrong", "no gc was killed before its end")


def sources_again(workspace):
    """The sources as the reference was built of them."""
    for number in range(10):
        workspace.write(f"data/{number}.txt", f"source {number}\n" * (number + 1))


@case("C23", "a build during gc, gc during a build, two gcs")
def beside(lab):
    with lab.workspace("built") as workspace:
        workspace.pause(0)
        for round in range(lab.count(4, 200)):
            edited(workspace, f"round {round % 3}")
            invariants.expect(workspace, workspace.dbuild("-j", "8"), 0)
            remember_whole(workspace)
            # What the next build puts back from the store is what a gc would give up first.
            sources_again(workspace)
            commands = [
                ("-j", "4"), ("gc", "--store-limit", "0"), ("gc", "--store-limit", "0"), ("clean", "--yes", "f"),
                ("gc", "-n", "--store-limit", "0"),
            ]
            lab.random.shuffle(commands)
            running = []
            for command in commands:
                running.append(workspace.start(*command))
                time.sleep(lab.random.uniform(0, 0.1))
            lab.faults += len(commands)
            for each in running:
                ended = each.ended()
                invariants.expect(workspace, ended, 0)
                if "warning" in ended.errors:
                    lab.flaw("wrong", f"something vanished: {ended}")
            # What was given up before it was needed is built again, and nothing else is wrong.
            invariants.recover(workspace, mayRunAgain=EVERYTHING)
            store_agrees(workspace)
