"""A graph of sources and tasks that every tool gets, in its own words."""
from __future__ import annotations

import os
from dataclasses import dataclass, field


@dataclass
class Task:
    """One action. Its command line, `ACT *before OUTPUT *after`, is the same for every tool."""

    rule: str
    output: str
    inputs: list[str]  # all that it depends on, whether its words name them or not
    before: list[str]
    after: list[str]
    entity: str = ""
    date: str = ""
    level: int = 1  # 1 + the most levels below it, so that those of one level can run in any order
    milliseconds: int = 0
    megabytes: int = 0  # declared

    def words(self, act: str) -> list[str]:
        return [act, *self.before, self.output, *self.after]


@dataclass
class Graph:
    name: str
    rules: str  # the directory in Benchmarks/rules that says the same
    parameters: dict  # of those rules, but for the program
    final: str
    tasks: list[Task] = field(default_factory=list)  # each after those that it needs
    sources: dict[str, bytes] = field(default_factory=dict)  # contents by path
    facts: dict = field(default_factory=dict)  # what adapters with rules by pattern want to know
    megabytes: int = 0  # that the tasks may hold together; 0: as much as they like

    def paths(self) -> list[str]:
        """Every source and every output."""
        return [*self.sources, *(task.output for task in self.tasks)]

    def write_sources(self, place: str) -> None:
        """Writes the sources, and makes the directories of the outputs, as not every tool does that."""
        for directory in {os.path.dirname(path) for path in self.paths()}:
            os.makedirs(os.path.join(place, directory), exist_ok=True)
        for path, contents in self.sources.items():
            with open(os.path.join(place, path), "wb") as file:
                file.write(contents)

    def downstream(self, path: str) -> list[Task]:
        """The tasks that depend on a file, directly or not."""
        reached, found = {path}, []
        for task in self.tasks:
            if not reached.isdisjoint(task.inputs):
                reached.add(task.output)
                found.append(task)
        return found


def lines_for_floor(tasks: list[Task], act: str) -> str:
    """The command lines, with an empty one where the next level begins."""
    lines, level = [], None
    for task in sorted(tasks, key=lambda task: task.level):
        if level not in (None, task.level):
            lines.append("")
        level = task.level
        lines.append("\t".join(task.words(act)))
    return "".join(line + "\n" for line in lines)
