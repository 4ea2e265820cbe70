"""No tool: the files are looked at one by one, and the actions that must run are started."""
from __future__ import annotations

from ..graph import Graph, Task, lines_for_floor
from .base import Peer


class Floor(Peer):
    name, largest = "floor", "XL"

    def __init__(self, tools):
        self.tools, self.path = tools, tools.path("floor")

    def generate(self, place: str, graph: Graph) -> None:
        self.write(place, "files.list", "".join(path + "\n" for path in graph.paths()))
        self.write(place, "no-files.list", "")
        self.write(place, "all.actions", lines_for_floor(graph.tasks, self.tools.act))

    def build(self, graph: Graph, jobs: int) -> list[str]:
        return [self.path, "no-files.list", "all.actions", str(jobs)]

    def look(self) -> list[str]:
        """A null build: it looks at every file."""
        return [self.path, "files.list"]

    def rebuild(self, place: str, tasks: list[Task], jobs: int) -> list[str]:
        """It looks at every file, and runs what must run."""
        self.write(place, "some.actions", lines_for_floor(tasks, self.tools.act))
        return [self.path, "files.list", "some.actions", str(jobs)]
