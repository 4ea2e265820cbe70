"""Many trivial actions: dbuild's commands and recipes, other tools' commands, and a bare spawn loop."""
from __future__ import annotations

import os

from ..bench import Bench
from ..figure import Goal, Row
from ..measure import Contestant, Failed, Measurement, processor_ratio, ratios, rounds
from .null import median_seconds


class Arena:
    """Workspaces in each of which the same files are made, from nothing in every round."""

    def __init__(self, bench: Bench, count: int):
        self.bench, self.count = bench, count
        self.paths = [f"commands/{number}" for number in range(count)]
        self.act = bench.tools.act

    def contestant(self, name: str, words: list[str], outputs: str, clear=lambda: None) -> Contestant:
        place = self.bench.place(f"dispatch/{name}")

        def before(number: int) -> None:
            self.bench.tools.discard(os.path.join(place, outputs))
            clear()
            os.sync()

        def after(number: int, measured: Measurement) -> None:
            made = len(os.listdir(os.path.join(place, outputs)))
            if made != self.count:
                raise Failed(f"{name}: {made} of {self.count} files")

        return Contestant(name, place, lambda number: words, before, after, logs=False)

    def spawning(self) -> Contestant:
        place = self.bench.place("dispatch/spawn loop")
        self.write(place, "none.list", "")
        self.write(place, "all.actions", "".join(f"{self.act}\twrite\t{path}\n" for path in self.paths))
        words = [self.bench.floor.path, "none.list", "all.actions", str(self.bench.jobs)]
        return self.contestant(
            "spawn loop", words, "commands", lambda: os.makedirs(os.path.join(place, "commands")))

    def dbuild(self, outputs: str) -> Contestant:
        place = self.bench.place(f"dispatch/dbuild {outputs}")
        dbuild = self.bench.dbuild
        dbuild.set_up(place, "dispatch", {"count": self.count})
        words = [dbuild.path, "-q", "-j", str(self.bench.jobs), outputs]
        return self.contestant(f"dbuild {outputs}", words, outputs, lambda: dbuild.forget(place))

    def make(self) -> Contestant:
        place = self.bench.place("dispatch/make")
        lines = ["MAKEFLAGS += -rR", f"all: {' '.join(self.paths)}"]
        lines += [f"{path}:\n\t@{self.act} write {path}" for path in self.paths]
        self.write(place, "Makefile", "\n".join(lines) + "\n")
        words = ["make", f"-j{self.bench.jobs}"]
        return self.contestant("make", words, "commands", lambda: os.makedirs(os.path.join(place, "commands")))

    def ninja(self, path: str) -> Contestant:
        place = self.bench.place("dispatch/ninja")
        lines = [f"rule write\n  command = {self.act} write $out"]
        lines += [f"build {path}: write" for path in self.paths]
        self.write(place, "build.ninja", "\n".join(lines) + "\n")

        def clear() -> None:
            for name in (".ninja_log", ".ninja_deps"):
                self.bench.tools.discard(os.path.join(place, name))

        return self.contestant("ninja", [path, "--quiet", f"-j{self.bench.jobs}"], "commands", clear)

    def write(self, place: str, name: str, text: str) -> None:
        with open(os.path.join(place, name), "w") as file:
            file.write(text)


def commands(bench: Bench) -> list[Row]:
    """Commands to the spawn loop; make and ninja beside them."""
    arena = Arena(bench, 1_000 if bench.is_short else 10_000)
    contestants = [arena.spawning(), arena.dbuild("commands")]
    for peer in bench.peers:
        if peer.name == "make":
            contestants.append(arena.make())
        if peer.name == "ninja":
            contestants.append(arena.ninja(peer.path))
    found = rounds(bench.tools, contestants, bench.rounds(5))
    floor = found.pop("spawn loop")
    return [
        Row(f"{arena.count:,} trivial commands, -j {bench.jobs}: {name.split()[0]}", ratios(measured, floor),
            to="to a bare spawn loop", goal=Goal(1.3) if name.startswith("dbuild") else None,
            seconds=median_seconds(measured), processor=processor_ratio(measured, floor))
        for name, measured in found.items()
    ]


def recipes(bench: Bench) -> list[Row]:
    """How many recipes dbuild runs in the time of one of ninja's commands."""
    count = 1_000 if bench.is_short else 10_000
    arena = Arena(bench, count)
    name, goal = f"{count:,} trivial recipes, -j {bench.jobs}", Goal(5, at_least=True)
    ninja = next((peer for peer in bench.peers if peer.name == "ninja"), None)
    if ninja is None:
        return [Row(name, [], goal=goal, to="ninja is not installed")]
    found = rounds(bench.tools, [arena.ninja(ninja.path), arena.dbuild("recipes")], bench.rounds(5))
    return [Row(
        name, ratios(found["ninja"], found["dbuild recipes"]), to="as many a second as ninja's commands", goal=goal,
        seconds=median_seconds(found["dbuild recipes"]),
        processor=processor_ratio(found["ninja"], found["dbuild recipes"]))]
