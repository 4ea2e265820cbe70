"""dbuild, with the rules in `Benchmarks/rules`."""
from __future__ import annotations

import json
import os
import shutil
import subprocess

from ..graph import Graph
from ..measure import HERE, Tools
from .base import Peer


class Dbuild(Peer):
    name, largest, has_memory = "dbuild", "XL", True

    def __init__(self, tools: Tools, path: str):
        self.tools, self.path = tools, path

    def generate(self, place: str, graph: Graph) -> None:
        self.set_up(place, graph.rules, graph.parameters)

    def set_up(self, place: str, rules: str, parameters: dict) -> None:
        """Lays rules and parameters into a workspace, and compiles the rules."""
        os.makedirs(place, exist_ok=True)
        shutil.copytree(os.path.join(HERE, "rules", rules), os.path.join(place, "rules"), dirs_exist_ok=True)
        if rules != "planning":
            parameters = {**parameters, "program": self.tools.act}
        self.write(place, "params.json", json.dumps(parameters))
        subprocess.run([self.path, "params"], cwd=place, check=True, capture_output=True)

    def build(self, graph: Graph, jobs: int) -> list[str]:
        memory = ["--memory", f"{graph.megabytes}M"] if graph.megabytes else []
        return [self.path, "-q", "-j", str(jobs), *memory, graph.final]

    def adopt(self, place: str, graph: Graph) -> None:
        """Records outputs that are there as if they had been built."""
        rules = list(dict.fromkeys(task.rule for task in graph.tasks))
        subprocess.run([self.path, "adopt", *rules], cwd=place, check=True, stdout=subprocess.DEVNULL)

    def forget(self, place: str) -> None:
        """As if nothing had ever been built, but for the compiled rules: those are there on every morning but the
        first."""
        state = os.path.join(place, ".dbuild")
        for entry in os.listdir(state):
            if entry != "rules":
                self.tools.discard(os.path.join(state, entry))

