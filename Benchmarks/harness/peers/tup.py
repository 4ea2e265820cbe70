"""tup: `^o^` marks an action whose unchanged output ends the rebuild. It needs /dev/fuse."""
from __future__ import annotations

import os
import subprocess

from ..graph import Graph
from .base import Peer


class Tup(Peer):
    name, program, touched = "tup", "tup", 1

    def missing(self) -> str | None:
        return super().missing() if os.path.exists("/dev/fuse") else "no /dev/fuse"

    def generate(self, place: str, graph: Graph) -> None:
        lines = ["export BENCH_LOG"]
        for task in graph.tasks:
            words = " ".join(task.words(self.tools.act))
            if task.rule == "agg":
                # Its many inputs as a group: by name they would be a line of megabytes.
                lines.append(f": {' '.join(task.after)} | <forecasts> |> {words} |> {task.output}")
                continue
            group = " <forecasts>" if task.rule == "forecast" else ""
            lines.append(f": {' '.join(task.inputs)} |> ^o^ {words} |> {task.output}{group}")
        self.write(place, "Tupfile", "\n".join(lines) + "\n")

    def prepare(self, place: str, graph: Graph) -> None:
        if not os.path.isdir(os.path.join(place, ".tup")):
            subprocess.run([self.path, "init"], cwd=place, check=True, stdout=subprocess.DEVNULL)

    def build(self, graph: Graph, jobs: int) -> list[str]:
        return [self.path, f"-j{jobs}", "--quiet"]
