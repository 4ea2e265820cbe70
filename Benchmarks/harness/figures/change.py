"""One source is edited among all: what must run runs, beside a loop over the files and those actions alone."""
from __future__ import annotations

import hashlib
import os
import time
from dataclasses import dataclass
from typing import Callable

from ..bench import Bench
from ..figure import Goal, Row
from ..graph import Graph, Task
from ..measure import Contestant, Failed, Measurement, processor_ratio, ratios, rounds
from ..peers.base import Peer
from ..workloads import artifacts
from .null import median_seconds


@dataclass(frozen=True)
class Edit:
    name: str
    first: int  # of the entities that it edits; no two edits in a run meet the same one
    change: Callable[[str, int], None]  # of the file, in that round
    must_run: Callable[[list[Task]], list[Task]]  # of the actions downstream
    runs: Callable[[Peer], int | None]  # how many of them the tool runs; None: all


# In every edit, so that no tool can know its results from an earlier run.
RUN = time.time_ns()


def append(text: str) -> Callable[[str, int], None]:
    def change(path: str, number: int) -> None:
        with open(path, "a") as file:
            file.write(f"{text},{RUN},{number}\n")
    return change


CHANGE = Edit("one source changed", 0, append("new"), lambda tasks: tasks, lambda peer: None)
TOUCH = Edit("one source touched", 1, lambda path, number: os.utime(path), lambda tasks: [], lambda peer: peer.touched)
# The first action drops the line, so what it makes is as before.
CUTOFF = Edit("early cutoff", 2, append("# remark"), lambda tasks: tasks[:1], lambda peer: peer.cut_off)


def change(bench: Bench) -> list[Row]:
    return edited(bench, CHANGE)


def touch(bench: Bench) -> list[Row]:
    return edited(bench, TOUCH)


def cutoff(bench: Bench) -> list[Row]:
    return edited(bench, CUTOFF)


def edited(bench: Bench, edit: Edit) -> list[Row]:
    size = bench.size("L")
    graph, count = bench.entities(size), bench.rounds(5)
    peers = [bench.floor, bench.dbuild, *bench.peers_for(size)]
    digests: dict[int, str] = {}
    contestants = [contestant(bench, graph, peer, edit, digests) for peer in peers]
    found = rounds(bench.tools, contestants, count)
    floor = found.pop("floor")
    return [
        Row(f"{edit.name} among {artifacts(size):,}: {tool}", ratios(measured, floor), to="to the loop and the actions",
            goal=Goal(1.3) if tool == "dbuild" else None, seconds=median_seconds(measured),
            processor=processor_ratio(measured, floor))
        for tool, measured in found.items()
    ]


def contestant(bench: Bench, graph: Graph, peer: Peer, edit: Edit, digests: dict[int, str]) -> Contestant:
    """- digests: of the last output by round, as the first of the contestants made it."""
    place = bench.workspaces.built(peer, graph)

    def source(number: int) -> str:
        entities = graph.facts["entities"]
        return f"src/{entities[(41 * (3 * (number + 1) + edit.first) + 11) % len(entities)]}.facts"

    def words(number: int) -> list[str]:
        if peer is bench.floor:
            return bench.floor.rebuild(place, edit.must_run(graph.downstream(source(number))), bench.jobs)
        return peer.build(graph, bench.jobs)

    def before(number: int) -> None:
        edit.change(os.path.join(place, source(number)), number)

    def after(number: int, measured: Measurement) -> None:
        with open(os.path.join(place, graph.final), "rb") as file:
            digest = hashlib.sha256(file.read()).hexdigest()
        if digests.setdefault(number, digest) != digest:
            raise Failed(f"{peer.name}: after `{edit.name}` its last output differs from the others'")

    downstream = graph.downstream(source(0))
    expected = len(edit.must_run(downstream)) if peer is bench.floor else edit.runs(peer)
    return Contestant(
        peer.name, place, words, before, after, peer.environment(),
        actions=len(downstream) if expected is None else expected, may_fail=peer not in (bench.floor, bench.dbuild))
