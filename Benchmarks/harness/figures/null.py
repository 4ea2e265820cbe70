"""Builds that have nothing to do, beside a loop that looks at the same files."""
from __future__ import annotations

import statistics

from ..bench import Bench
from ..figure import Goal, Row
from ..graph import Graph
from ..measure import Contestant, Measurement, check, processor_ratio, ratios, rounds
from ..workloads import artifacts

LOOP = "to one thread's fstatat of the same files"


def tiny(bench: Bench) -> list[Row]:
    """As large as DVC finishes."""
    return null(bench, "XS", 15, None)


def small(bench: Bench) -> list[Row]:
    return null(bench, "S", 25, Goal(1.5))


def large(bench: Bench) -> list[Row]:
    size = bench.size("L")
    return null(bench, size, 9, Goal(0.7)) + memory(bench, bench.entities(size), None)


def million(bench: Bench) -> list[Row]:
    return null(bench, "XL", 7, Goal(0.7)) + memory(bench, bench.entities("XL"), Goal(50))


def null(bench: Bench, size: str, usual: int, goal: Goal | None) -> list[Row]:
    graph, count = bench.entities(size), bench.rounds(usual)
    place = bench.workspaces.built(bench.dbuild, graph)
    bench.floor.generate(place, graph)
    loop = Contestant("floor", place, lambda number: bench.floor.look())
    contestants = [loop, bench.null(bench.dbuild, graph, place)]
    contestants += [bench.null(peer, graph, bench.workspaces.built(peer, graph)) for peer in bench.peers_for(size)]
    found = rounds(bench.tools, contestants, count)
    floor = found.pop("floor")
    name = f"null build, {artifacts(size):,} artifacts"
    rows = [
        Row(f"{name}: {tool}", ratios(measured, floor), to=LOOP, goal=goal if tool == "dbuild" else None,
            seconds=median_seconds(measured), processor=processor_ratio(measured, floor))
        for tool, measured in found.items()
    ]
    return rows + against_peers(name, found)


def against_peers(name: str, found: dict[str, list[Measurement]]) -> list[Row]:
    """dbuild beside the fastest of the others."""
    others = {tool: median_seconds(measured) for tool, measured in found.items() if tool != "dbuild"}
    if not others:
        return []
    fastest = min(others, key=lambda tool: others[tool])
    return [Row(
        f"{name}: dbuild to the fastest peer", ratios(found["dbuild"], found[fastest]), to=f"to {fastest}",
        goal=Goal(1))]


def memory(bench: Bench, graph: Graph, goal: Goal | None) -> list[Row]:
    """Anonymous memory of dbuild's own process, in megabytes of 10^6 bytes."""
    contestant = bench.null(bench.dbuild, graph, bench.workspaces.place(bench.dbuild, graph))
    values = []
    for _ in range(3):
        measured = bench.tools.measure(contestant.words(0), contestant.place, watches_memory=True)
        check(contestant, measured)
        values.append(measured.anonymous * 1024 / 1e6)
    return [Row(
        f"null build, {len(graph.paths()):,} artifacts: memory", values, unit="MB", to="RssAnon, at its most",
        goal=goal)]


def median_seconds(measured: list[Measurement]) -> float:
    return statistics.median(one.wall for one in measured)
