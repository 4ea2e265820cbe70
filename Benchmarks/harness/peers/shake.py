"""Shake: a compiled program that reads the tasks; it decides by contents where a time changed."""
from __future__ import annotations

import os
import subprocess

from ..graph import Graph
from .base import Peer

SOURCE = r'''import Development.Shake
import qualified Data.Map.Strict as Map
import System.Environment

main :: IO ()
main = do
  rows <- map (split '\t') . lines <$> readFile "tasks.tsv"
  let tasks = Map.fromList [(output, (words inputs, words command)) | [output, inputs, command] <- rows]
  [jobs, final] <- getArgs
  let options = shakeOptions {shakeThreads = read jobs, shakeChange = ChangeModtimeAndDigest, shakeVerbosity = Error}
  withArgs [] $ shake options $ do
    want [final]
    (`Map.member` tasks) ?> \output -> do
      let (inputs, command) = tasks Map.! output
      need inputs
      cmd_ (EchoStdout False) command

split :: Char -> String -> [String]
split separator text = case break (== separator) text of
  (word, _ : rest) -> word : split separator rest
  (word, []) -> [word]
'''


class Shake(Peer):
    name, program = "shake", "ghc"

    def missing(self) -> str | None:
        if why := super().missing():
            return why
        return None if self.version() else "no library `shake`: Benchmarks/peers-install"

    def version(self) -> str:
        found = subprocess.run(["ghc-pkg", "list", "shake", "--simple-output"], capture_output=True, text=True)
        return found.stdout.strip().replace("-", " ")

    @property
    def built(self) -> str:
        return os.path.join(self.tools.directory, "shake", "build")

    def generate(self, place: str, graph: Graph) -> None:
        rows = [
            "\t".join([task.output, " ".join(task.inputs), " ".join(task.words(self.tools.act))]) + "\n"
            for task in graph.tasks
        ]
        self.write(place, "tasks.tsv", "".join(rows))

    def prepare(self, place: str, graph: Graph) -> None:
        if os.path.exists(self.built):
            return
        directory = os.path.dirname(self.built)
        os.makedirs(directory, exist_ok=True)
        self.write(directory, "Build.hs", SOURCE)
        subprocess.run(
            [self.path, "-O", "-threaded", "-rtsopts", "Build.hs", "-o", "build"], cwd=directory, check=True,
            stdout=subprocess.DEVNULL)

    def build(self, graph: Graph, jobs: int) -> list[str]:
        return [self.built, str(jobs), graph.final]
