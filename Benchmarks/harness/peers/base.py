"""What the harness wants of a tool."""
from __future__ import annotations

import os
import re
import shutil
import subprocess

from ..graph import Graph
from ..measure import Tools


class Peer:
    name = ""
    program = ""  # in the cache of Python environments, else on PATH
    largest = "L"  # the largest size that it finishes in minutes
    touched = 0  # actions that a touched source gives; None: as many as a changed one
    cut_off = 1  # actions that a change gives which the first of them drops; None likewise
    has_memory = False  # keeps to declared memory

    def __init__(self, tools: Tools, installed: str):
        """- installed: the directory of `Benchmarks/peers-install`."""
        self.tools = tools
        own = os.path.join(installed, self.name, "bin", self.program)
        self.path = own if os.access(own, os.X_OK) else shutil.which(self.program)

    def missing(self) -> str | None:
        """Why it cannot be measured here."""
        return None if self.path else f"no program `{self.program}`: Benchmarks/peers-install"

    def version(self) -> str:
        """As it says itself, with its name."""
        said = subprocess.run([self.path, "--version"], capture_output=True, text=True, check=True).stdout
        number = re.search(r"\d+(\.\d+)+", said)
        return f"{self.name} {number[0] if number else said.strip()}"

    def generate(self, place: str, graph: Graph) -> None:
        """Writes its rules into a workspace where the sources lie."""
        raise NotImplementedError

    def prepare(self, place: str, graph: Graph) -> None:
        """What is done once after that, and not measured."""

    def build(self, graph: Graph, jobs: int) -> list[str]:
        """The command line of every build."""
        raise NotImplementedError

    def environment(self) -> dict:
        return {}

    def write(self, place: str, name: str, text: str) -> None:
        with open(os.path.join(place, name), "w") as file:
            file.write(text)
