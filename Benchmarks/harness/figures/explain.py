"""`--explain` where everything is stale through one source."""
from __future__ import annotations

import os

from ..bench import Bench
from ..figure import Goal, Row
from ..measure import Contestant, Failed, Measurement, processor_ratio, ratios, rounds
from .null import median_seconds


def explain(bench: Bench) -> list[Row]:
    size = bench.size("L")
    graph = bench.entities(size)
    place = bench.workspaces.built(bench.dbuild, graph)
    calendar = os.path.join(place, "calendar.txt")

    def write(contents: bytes) -> None:
        with open(calendar, "wb") as file:
            file.write(contents)

    def restore(number: int, measured: Measurement) -> None:
        with open(place + ".out") as output:
            first = output.readline()
        if not first.startswith(f"{len(graph.tasks):,} actions: 0 current"):
            raise Failed(f"explain: not everything is stale: {first}")
        write(graph.sources["calendar.txt"])
        bench.workspaces.settle(bench.dbuild, graph)

    null = bench.null(bench.dbuild, graph, place)
    asked = Contestant(
        "explain", place, lambda number: [bench.dbuild.path, "--explain", graph.final],
        # The warm round is -1, and 2013 is what it holds else.
        lambda number: write(f"{2015 + number}\n".encode()), restore, actions=0)
    found = rounds(bench.tools, [null, asked], bench.rounds(5))
    return [Row(
        f"--explain, {len(graph.paths()):,} artifacts, all stale through one source",
        ratios(found["explain"], found["dbuild"]), to="to the null build", goal=Goal(3),
        seconds=median_seconds(found["explain"]), processor=processor_ratio(found["explain"], found["dbuild"]))]
