"""ninja, with `restat` and actions that leave an output with the right bytes alone."""
from ..graph import Graph
from .base import Peer


class Ninja(Peer):
    name, program, touched = "ninja", "ninja", 1

    def generate(self, place: str, graph: Graph) -> None:
        lines = [f"rule act\n  command = {self.tools.act} -c $before $out $after\n  restat = 1"]
        for task in graph.tasks:
            lines.append(f"build {task.output}: act {' '.join(task.inputs)}")
            lines.append(f"  before = {' '.join(task.before)}\n  after = {' '.join(task.after)}")
        lines.append(f"default {graph.final}")
        self.write(place, "build.ninja", "\n".join(lines) + "\n")

    def build(self, graph: Graph, jobs: int) -> list[str]:
        return [self.path, f"-j{jobs}", "--quiet"]
