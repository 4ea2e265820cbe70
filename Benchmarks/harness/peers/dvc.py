"""DVC: a stage for each task, outputs not cached, which is its best case; it runs one stage at a time."""
import json
import os
import subprocess

from ..graph import Graph
from .base import Peer


class DVC(Peer):
    name, program, largest = "dvc", "dvc", "XS"

    def generate(self, place: str, graph: Graph) -> None:
        stages = {
            f"s{number}": {
                "cmd": " ".join(task.words(self.tools.act)), "deps": task.inputs,
                "outs": [{task.output: {"cache": False}}],
            }
            for number, task in enumerate(graph.tasks)
        }
        # JSON is YAML.
        self.write(place, "dvc.yaml", json.dumps({"stages": stages}, indent=0) + "\n")

    def prepare(self, place: str, graph: Graph) -> None:
        if os.path.isdir(os.path.join(place, ".dvc")):
            return
        for words in (["init", "--no-scm", "-q"], ["config", "core.analytics", "false"],
                      ["config", "core.check_update", "false"]):
            subprocess.run(
                [self.path, *words], cwd=place, check=True, env={**os.environ, **self.environment()})

    def build(self, graph: Graph, jobs: int) -> list[str]:
        return [self.path, "repro", "-q"]

    def environment(self) -> dict:
        return {"DVC_NO_ANALYTICS": "1"}
