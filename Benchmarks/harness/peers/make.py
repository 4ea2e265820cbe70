"""GNU make: explicit rules, and commands simple enough to run without a shell."""
from ..graph import Graph
from .base import Peer


class Make(Peer):
    name, program = "make", "make"
    touched, cut_off = None, None

    def generate(self, place: str, graph: Graph) -> None:
        lines = ["MAKEFLAGS += -rR", ".SUFFIXES:", f"all: {graph.final}", ".PHONY: all"]
        for task in graph.tasks:
            lines += [f"{task.output}: {' '.join(task.inputs)}", f"\t@{' '.join(task.words(self.tools.act))}"]
        self.write(place, "Makefile", "\n".join(lines) + "\n")

    def build(self, graph: Graph, jobs: int) -> list[str]:
        return [self.path, f"-j{jobs}"]
