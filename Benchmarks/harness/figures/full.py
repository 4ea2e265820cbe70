"""The first build, in which every action runs, beside bare processes."""
from __future__ import annotations

import os

from ..bench import Bench
from ..figure import Row
from ..measure import Failed, Measurement, processor_ratio, ratios, say
from ..workloads import artifacts
from .null import median_seconds


def small(bench: Bench) -> list[Row]:
    return full(bench, "S", bench.rounds(3))


def large(bench: Bench) -> list[Row]:
    return full(bench, bench.size("L"), bench.rounds(1))


def full(bench: Bench, size: str, count: int) -> list[Row]:
    graph = bench.entities(size)
    found: dict[str, list[Measurement]] = {}
    peers = [bench.floor, bench.dbuild, *bench.peers_for(size)]
    for _ in range(count):
        for peer in peers:
            try:
                bench.workspaces.fresh(peer, graph)
                # What the one before has written is not to be waited for by this one.
                os.sync()
                found.setdefault(peer.name, []).append(bench.workspaces.build(peer, graph))
            except Failed as failure:
                if peer in (bench.floor, bench.dbuild):
                    raise
                say(f"left out: {failure}")
                found.pop(peer.name, None)
        peers = [peer for peer in peers if peer.name in found]
    return [
        Row(f"full build, {artifacts(size):,} artifacts: {peer.name}",
            ratios(found[peer.name], found["floor"]), to="to the processes alone",
            seconds=median_seconds(found[peer.name]), processor=processor_ratio(found[peer.name], found["floor"]))
        for peer in peers
    ]
