"""What every figure needs: the tools, the workspaces, and how much time there is."""
from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass

from . import workloads
from .graph import Graph
from .measure import Contestant, Tools, say
from .peers import PEERS, Peer
from .peers.dbuild import Dbuild
from .peers.floor import Floor
from .workspaces import Workspaces

ORDER = list(workloads.SIZES)


@dataclass(frozen=True)
class Options:
    binary: str
    work: str
    installed: str  # what `Benchmarks/peers-install` has made
    peers: list[str] | None = None  # all that are there
    short: bool = False
    rounds: int | None = None
    jobs: int = 2


class Bench:
    def __init__(self, options: Options):
        self.options = options
        self.tools = Tools(options.work)
        self.dbuild = Dbuild(self.tools, options.binary)
        self.floor = Floor(self.tools)
        self.workspaces = Workspaces(options.work, self.tools, options.jobs)
        self.graphs: dict[str, Graph] = {}
        self.peers: list[Peer] = []
        for kind in PEERS:
            if options.peers is not None and kind.name not in options.peers:
                continue
            peer = kind(self.tools, options.installed)
            if why := peer.missing():
                say(f"{kind.name} is left out: {why}")
            else:
                self.peers.append(peer)

    @property
    def is_short(self) -> bool:
        return self.options.short

    @property
    def jobs(self) -> int:
        return self.options.jobs

    def rounds(self, usual: int) -> int:
        """How many rounds: what was asked for, else the figure's own number, and fewer in the short form."""
        return self.options.rounds or (min(2, usual) if self.is_short else usual)

    def size(self, usual: str) -> str:
        """A tenth of the large one in the short form."""
        return "M" if self.is_short and usual == "L" else usual

    def entities(self, size: str) -> Graph:
        if size not in self.graphs:
            # One at a time: the large ones take much memory.
            self.graphs = {size: workloads.entities(size)}
        return self.graphs[size]

    def peers_for(self, size: str) -> list[Peer]:
        """The other tools that finish such a graph."""
        return [peer for peer in self.peers if ORDER.index(peer.largest) >= ORDER.index(size)]

    def place(self, name: str) -> str:
        """A directory for a figure that has its own rules."""
        place = os.path.join(self.options.work, name)
        os.makedirs(place, exist_ok=True)
        return place

    def null(self, peer: Peer, graph: Graph, place: str) -> Contestant:
        """A build of a workspace in which all is current."""
        return Contestant(
            peer.name, place, lambda number: peer.build(graph, self.jobs), environment=peer.environment(), actions=0,
            may_fail=peer is not self.dbuild)


def machine() -> str:
    """The machine in one line: processors, memory, kernel, file system."""
    with open("/proc/cpuinfo") as file:
        models = [line.partition(":")[2].strip() for line in file if line.startswith("model name")]
    with open("/proc/meminfo") as file:
        gigabytes = int(file.readline().split()[1]) / (1 << 20)
    release = os.uname().release
    return f"{len(models)} x {models[0] if models else os.uname().machine}, {gigabytes:.0f} GiB, Linux {release}"


def file_system(path: str) -> str:
    found = subprocess.run(["stat", "-f", "-c", "%T", path], capture_output=True, text=True)
    return found.stdout.strip()


def commit(directory: str) -> str:
    found = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=directory, capture_output=True, text=True)
    return found.stdout.strip() or "no commit"
