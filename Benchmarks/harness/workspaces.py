"""Workspaces of the tools, each with a graph in it; built ones are used again."""
from __future__ import annotations

import hashlib
import os
import subprocess

from .graph import Graph
from .measure import Failed, Measurement, Tools, say
from .peers.base import Peer
from .peers.dbuild import Dbuild

# Above that many actions nobody waits for a process each: one process makes all outputs, and dbuild adopts them.
MOST_PROCESSES = 200_000


class Workspaces:
    """Below `work`, by graph and tool."""

    def __init__(self, work: str, tools: Tools, jobs: int):
        self.work, self.tools, self.jobs = work, tools, jobs

    def place(self, peer: Peer, graph: Graph) -> str:
        return os.path.join(self.work, graph.name, peer.name)

    def fresh(self, peer: Peer, graph: Graph) -> str:
        """One in which nothing is built."""
        place = self.place(peer, graph)
        self.tools.discard(place)
        forget_stamp(place)
        os.makedirs(place)
        graph.write_sources(place)
        peer.generate(place, graph)
        peer.prepare(place, graph)
        return place

    def build(self, peer: Peer, graph: Graph, seconds: float = 3600) -> Measurement:
        """Builds everything, in the order of the tool's own choice.

        - Raises: `Failed` where it failed, or ran other actions than all of them.
        """
        place = self.place(peer, graph)
        measured = self.tools.measure(peer.build(graph, self.jobs), place, peer.environment(), seconds)
        if measured.exit != 0 or measured.actions != len(graph.tasks):
            raise Failed(
                f"{peer.name}: exit {measured.exit} after {measured.wall:.0f} s and {measured.actions} of"
                f" {len(graph.tasks)} actions, see {place}.out")
        with open(stamp_path(place), "w") as file:
            file.write(identity(graph, self.tools))
        return measured

    def built(self, peer: Peer, graph: Graph) -> str:
        """One in which everything is current, as it was left by an earlier run where that can be used."""
        place = self.place(peer, graph)
        if self.is_usable(place, graph):
            peer.generate(place, graph)
            if restore_sources(place, graph) and peer.name == "floor":
                self.make_outputs(peer, place, graph)
        else:
            say(f"building {graph.name} with {peer.name}: {len(graph.tasks):,} actions")
            self.fresh(peer, graph)
            if len(graph.tasks) > MOST_PROCESSES or peer.name == "floor":
                self.make_outputs(peer, place, graph)
            else:
                self.build(peer, graph)
        # A tool may finish its bookkeeping in the second run.
        measured = self.settle(peer, graph)
        if measured.exit != 0:
            forget_stamp(place)
            raise Failed(f"{peer.name}: exit {measured.exit} when nothing was to be done, see {place}.out")
        return place

    def settle(self, peer: Peer, graph: Graph) -> Measurement:
        """Brings a workspace up to date, unmeasured."""
        words = [*peer.build(graph, self.jobs)]
        if peer.name == "floor":
            words = [peer.path, "files.list"]
        return self.tools.measure(words, self.place(peer, graph), peer.environment())

    def make_outputs(self, peer: Peer, place: str, graph: Graph) -> None:
        """All outputs from one process; dbuild then takes them as built."""
        actions = place + ".actions"
        with open(actions, "w") as file:
            for task in graph.tasks:
                file.write("\t".join(task.words(self.tools.act)[1:]) + "\n")
        subprocess.run([self.tools.act, "batch", actions], cwd=place, check=True)
        if isinstance(peer, Dbuild):
            peer.adopt(place, graph)
        with open(stamp_path(place), "w") as file:
            file.write(identity(graph, self.tools))

    def is_usable(self, place: str, graph: Graph) -> bool:
        try:
            with open(stamp_path(place)) as file:
                return file.read() == identity(graph, self.tools)
        except FileNotFoundError:
            return False


def stamp_path(place: str) -> str:
    return place + ".built"


def forget_stamp(place: str) -> None:
    if os.path.exists(stamp_path(place)):
        os.unlink(stamp_path(place))


def identity(graph: Graph, tools: Tools) -> str:
    """What must be the same for a workspace to be used again: the graph, and the actions' program."""
    digest = hashlib.sha256()
    with open(tools.act, "rb") as program:
        digest.update(program.read())
    for task in graph.tasks:
        digest.update("\0".join([*task.words(""), *task.inputs]).encode() + b"\n")
    for path, contents in graph.sources.items():
        digest.update(path.encode() + b"\0" + contents)
    return digest.hexdigest()


def restore_sources(place: str, graph: Graph) -> bool:
    """Writes the sources that an earlier run has changed, and no others; whether there were any."""
    restored = False
    for path, contents in graph.sources.items():
        full = os.path.join(place, path)
        with open(full, "rb") as file:
            is_same = file.read() == contents
        if not is_same:
            with open(full, "wb") as file:
                file.write(contents)
            restored = True
    return restored
