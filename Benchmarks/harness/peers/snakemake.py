"""Snakemake: rules by pattern, and its default reasons to run a job again."""
from __future__ import annotations

from ..graph import Graph
from .base import Peer


class Snakemake(Peer):
    name, program, largest = "snakemake", "snakemake", "S"
    cut_off, has_memory = None, True

    def generate(self, place: str, graph: Graph) -> None:
        rules = self.makespan(graph) if graph.rules == "makespan" else self.entities(graph)
        everything = f'rule all:\n    input: "{graph.final}"'
        self.write(place, "Snakefile", "\n".join([everything, *rules]) + "\n")

    def rule(self, name: str, inputs: str, output: str, words: str, more: str = "") -> str:
        return (
            f'rule {name}:\n    input: {inputs}\n    output: "{output}"\n{more}'
            f'    shell: "{self.tools.act} {words}"')

    def entities(self, graph: Graph) -> list[str]:
        facts = graph.facts
        features = '"build/features/{e}.f"'
        every = f'expand("build/forecast/{{e}}/{{d}}.o", e={facts["entities"]!r}, d={facts["dates"]!r})'
        return [
            self.rule("features", 'facts="src/{e}.facts", calendar="calendar.txt"', "build/features/{e}.f",
                      "strip {output} {input.facts}"),
            self.rule("model_a", features, "build/model_a/{e}.m", "model a {output} {input}"),
            self.rule("model_b", features, "build/model_b/{e}.m", f"model {facts['kind']} {{output}} {{input}}"),
            self.rule("forecast", '"build/model_a/{e}.m", "build/model_b/{e}.m"', "build/forecast/{e}/{d}.o",
                      "forecast {wildcards.d} {output} {input}"),
            self.rule("agg", f'list="forecasts.list", all={every}', graph.final, "agg {output} {input.list}"),
        ]

    def makespan(self, graph: Graph) -> list[str]:
        names = [f"{name} = {values!r}" for name, values in graph.facts.items()]
        memory = "    resources: mem_mb=lambda wc: needs[int(wc.n)]\n" if graph.megabytes else ""
        times = "    params: ms=lambda wc: {}[int(wc.n)], mb=lambda wc: needs[int(wc.n)]\n"
        members = f'lambda wc: [f"build/apply/{{n}}" for n in range(int(wc.g), {len(graph.facts["fits"])}, 8)]'
        return names + [
            self.rule("fit", '"src/{n}"', "build/fit/{n}", "sleep {params.ms} {params.mb} {output} {input}",
                      memory + times.format("fits")),
            self.rule("apply", '"build/fit/{n}"', "build/apply/{n}", "sleep {params.ms} 0 {output} {input}",
                      times.format("applies")),
            self.rule("group", members, "build/group/{g}", "sleep 20 0 {output} {input}"),
            self.rule("final", 'expand("build/group/{g}", g=range(8))', graph.final, "sleep 20 0 {output} {input}"),
        ]

    def build(self, graph: Graph, jobs: int) -> list[str]:
        memory = ["--resources", f"mem_mb={graph.megabytes}"] if graph.megabytes else []
        return [self.path, "-c", str(jobs), "--quiet", "all", *memory]
