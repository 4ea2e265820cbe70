"""Group 2.1: what `verify` does to a workspace that is killed under it, and what it finds in a store that rots."""

import json
import os
import re

import invariants
from cases_cleaning import killed_after
from catalogue import case

OBJECT = re.compile(r"[0-9a-f]{32}-\d+")


def objects(workspace):
    """The stored copies that are files."""
    return sorted(file for file in workspace.project.glob(".dbuild/store/??/*") if OBJECT.fullmatch(file.name))


@case("C04c", "kill -9 during verify")
def killed_verify(lab):
    with lab.workspace("built") as workspace:
        workspace.pause(0)
        kills = 0
        for round in range(lab.count(6, 50)):
            # Built again, its actions write their log where the sandbox lets nobody write: that they fail is no matter here.
            arguments = ("verify", "--store") if round % 2 else ("verify", "-j", "8", "--times", "1")
            kills += killed_after(workspace, lab.random.uniform(0, 1.5 if round % 2 == 0 else 0.3), *arguments)
            begun = invariants.recover(workspace)
            if begun:
                lab.flaw("lost", f"a killed verify lost what was built: {sorted(begun)[:5]}")
        if kills == 0:
            lab.flaw("wrong", "no verify was killed before its end")


def damage(lab, file, others):
    """Makes one copy another one than its name says, in one of the ways in which disks do."""
    held = bytearray(file.read_bytes())
    place = lab.random.randrange(max(1, len(held)))
    ways = ["bit", "truncated", "empty", "appended", "swapped", "gone"]
    way = lab.random.choice(ways)
    os.chmod(file, 0o644)
    if way == "bit":
        held[place] ^= 1 << lab.random.randrange(8)
        file.write_bytes(held)
    elif way == "truncated":
        file.write_bytes(held[:place])
    elif way == "empty":
        file.write_bytes(b"")
    elif way == "appended":
        file.write_bytes(held + b"\0")
    elif way == "swapped":
        file.write_bytes(lab.random.choice([other for other in others if other != file]).read_bytes())
    else:
        file.unlink()
    lab.faults += 1
    return way


def verified(workspace, *codes):
    ended = workspace.dbuild("verify", "--store", "--json")
    invariants.expect(workspace, ended, *codes)
    return json.loads(ended.output)


@case("C06", "bit rot in the store: all of it is named, and nothing else")
def rotten(lab):
    with lab.workspace("built") as workspace:
        files = objects(workspace)
        whole = verified(workspace, 0)
        if whole["damaged"] or whole["checked"] < len(files) or len(files) < 20:
            lab.flaw("wrong", f"{len(files)} files, and a whole store is {str(whole)[:300]}")
        for _ in range(lab.count(4, 60)):
            # Those that others are not swapped with.
            chosen = lab.random.sample(files, 10)
            others = [file for file in files if file not in chosen]
            kept = {file: file.read_bytes() for file in chosen}
            ways = {file.name: damage(lab, file, others) for file in chosen}
            named = {os.path.basename(entry["path"]) for entry in verified(workspace, 5)["damaged"]}
            if named != set(ways):
                missed = {name: ways[name] for name in set(ways) - named}
                lab.flaw("wrong", f"damaged and not named: {missed}; named and whole: {sorted(named - set(ways))}")
            for file, held in kept.items():
                file.write_bytes(held)
        verified(workspace, 0)
        invariants.recover(workspace)


@case("C07", "what rotted in the store is built again, and never put in place")
def repaired(lab):
    with lab.workspace("built") as workspace:
        workspace.pause(0)
        for _ in range(lab.count(2, 20)):
            files = objects(workspace)
            chosen = lab.random.sample(files, 10)
            others = [file for file in files if file not in chosen]
            for file in chosen:
                damage(lab, file, others)
            workspace.remove("out")
            # Whatever it builds for want of a copy, at the end it is what it was, and so is the store.
            invariants.expect(workspace, workspace.dbuild("-j", "8"), 0)
            invariants.same_tree(workspace, None)
            invariants.whole_files(workspace)
            invariants.settled(workspace)
            if verified(workspace, 0)["damaged"]:
                lab.flaw("wrong", "a damaged copy is still taken for one")
