"""Sleeps that cost no processor, beside the shortest time in which they can be slept."""
from __future__ import annotations

import os

from ..bench import Bench
from ..figure import Goal, Row
from ..graph import Graph
from ..measure import Contestant, Failed, Measurement, rounds
from ..peers.base import Peer
from ..workloads import makespan as graph_of
from ..workloads import makespan_bound
from .null import median_seconds

JOBS = 8
NAMES = ("dbuild", "make", "ninja", "snakemake")


def makespan(bench: Bench) -> list[Row]:
    seconds, megabytes = (12, 600) if bench.is_short else (80, 1500)
    shapes = [("random", 0, 1.02), ("adverse", 0, 1.02), ("random", megabytes, 1.10)]
    return [row for order, limit, goal in shapes for row in shape(bench, order, seconds, limit, goal)]


def shape(bench: Bench, order: str, seconds: float, megabytes: int, goal: float) -> list[Row]:
    """The second build: everything runs again, and the tool has seen it once."""
    graph = graph_of(order, seconds, megabytes)
    bound = makespan_bound(graph, JOBS)
    peers = [peer for peer in [bench.dbuild, *bench.peers] if peer.name in NAMES]
    if megabytes:
        peers = [peer for peer in peers if peer.has_memory]
    contestants = [contestant(bench, graph, peer) for peer in peers]
    # The first round is the first build.
    found = rounds(bench.tools, contestants, 1 if bench.is_short else bench.rounds(3))
    name = f"makespan, {order}" + (", memory" if megabytes else "")
    rows = [
        Row(f"{name}: {tool}", [one.wall / bound for one in measured], to=f"to the bound of {bound:.1f} s",
            goal=Goal(goal) if tool == "dbuild" else None, seconds=median_seconds(measured))
        for tool, measured in found.items()
    ]
    if megabytes:
        rows += [
            Row(f"{name} held at most: {tool}", [most_held(one) / megabytes for one in measured],
                to=f"to the limit of {megabytes} MB", goal=Goal(1) if tool == "dbuild" else None)
            for tool, measured in found.items()
        ]
    return rows


def contestant(bench: Bench, graph: Graph, peer: Peer) -> Contestant:
    place = bench.workspaces.fresh(peer, graph)

    def before(number: int) -> None:
        for path, contents in graph.sources.items():
            with open(os.path.join(place, path), "wb") as file:
                file.write(contents + f"{number}\n".encode())

    return Contestant(
        peer.name, place, lambda number: peer.build(graph, JOBS), before, environment=peer.environment(),
        actions=len(graph.tasks), may_fail=peer is not bench.dbuild)


def most_held(measured: Measurement) -> int:
    """Megabytes that the running actions held together, at most.

    - Raises: `Failed` where an action did not end.
    """
    events = []
    for line in measured.log:
        kind, seconds, megabytes = line.split()
        events.append((float(seconds), int(megabytes) if kind == "S" else -int(megabytes)))
    held = most = 0
    for _, change in sorted(events):
        held += change
        most = max(most, held)
    if held != 0:
        raise Failed("makespan: an action began and did not end")
    return most
