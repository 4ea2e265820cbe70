"""The graphs that are measured. The same call gives the same graph."""
from __future__ import annotations

import math
import random

from .graph import Graph, Task

# Entities and dates, for how many artifacts; XL has a million.
SIZES = {"XXS": (3, 2), "XS": (20, 2), "S": (148, 7), "M": (148, 64), "L": (1_480, 64), "XL": (14_800, 64)}


def artifacts(size: str) -> int:
    """How many files there are of that size: per entity facts, features, two models and its forecasts."""
    entities, dates = SIZES[size]
    return entities * (4 + dates) + 3


def entities(size: str, kind: str = "b") -> Graph:
    """facts -> features -> two models -> a forecast for each date -> one file over all.

    - kind: a word of the second model's command line.
    """
    count, date_count = SIZES[size]
    names = [f"e{number:04d}" for number in range(count)]
    dates = [f"d{number:03d}" for number in range(date_count)]
    graph = Graph(
        f"entities-{size}", "entities", {"entity-count": count, "date-count": date_count, "kind": kind},
        "build/all.out", facts={"entities": names, "dates": dates, "kind": kind})
    graph.sources["calendar.txt"] = b"2013\n"
    for number, name in enumerate(names):
        generator = random.Random(number)
        rows = [f"{name},{row},{generator.randrange(10 ** 9)}\n" for row in range(60)]
        graph.sources[f"src/{name}.facts"] = "".join(rows).encode()
        features, models = f"build/features/{name}.f", [f"build/model_{which}/{name}.m" for which in "ab"]
        source = f"src/{name}.facts"
        # The calendar is read by nobody, but all depend on it.
        graph.tasks.append(Task(
            "features", features, [source, "calendar.txt"], ["strip"], [source], name, level=1))
        for which, model, word in zip("ab", models, ["a", kind]):
            graph.tasks.append(Task(
                f"model_{which}", model, [features], ["model", word], [features], name, level=2))
        for date in dates:
            graph.tasks.append(Task(
                "forecast", f"build/forecast/{name}/{date}.o", models, ["forecast", date], models, name, date,
                level=3))
    outputs = [task.output for task in graph.tasks if task.rule == "forecast"]
    graph.sources["forecasts.list"] = "".join(output + "\n" for output in outputs).encode()
    graph.tasks.append(Task(
        "agg", graph.final, ["forecasts.list", *outputs], ["agg"], ["forecasts.list"], level=4))
    return graph


def makespan(order: str, seconds: float, megabytes: int, seed: int = 7) -> Graph:
    """148 chains of two skewed (lognormal) sleeps below 8 groups and one end.

    - order: random, or adverse: the longest chains are declared last.
    - seconds: of all sleeps but those of the groups together.
    - megabytes: what the first sleeps, which declare what they hold, may hold together; 0: they declare nothing.
    """
    generator = random.Random(seed)
    rows = [
        (generator.lognormvariate(0, 1.3), 0.4 * generator.lognormvariate(0, 1.3),
         generator.lognormvariate(math.log(700), 0.9))
        for _ in range(148)
    ]
    if order == "adverse":
        rows.sort(key=lambda row: row[0] + row[1])
    scale = seconds * 1000 / sum(row[0] + row[1] for row in rows)
    fits, applies = ([max(1, round(row[column] * scale)) for row in rows] for column in (0, 1))
    # The median is 7 of 60 parts of the limit, the least 1, the most all.
    needs = [int(megabytes * min(6000, max(100, row[2])) / 6000) for row in rows]
    graph = Graph(
        f"makespan-{order}" + ("-memory" if megabytes else ""), "makespan",
        {name: ",".join(map(str, values)) for name, values in (("fits", fits), ("applies", applies), ("needs", needs))},
        "build/final", facts={"fits": fits, "applies": applies, "needs": needs}, megabytes=megabytes)
    numbers = range(len(rows))
    for number in numbers:
        source, fit, apply = f"src/{number}", f"build/fit/{number}", f"build/apply/{number}"
        graph.sources[source] = f"{number}\n".encode()
        words = ["sleep", str(fits[number]), str(needs[number])]
        graph.tasks.append(Task(
            "fit", fit, [source], words, [source], str(number), level=1, milliseconds=fits[number],
            megabytes=needs[number]))
        graph.tasks.append(Task(
            "apply", apply, [fit], ["sleep", str(applies[number]), "0"], [fit], str(number), level=2,
            milliseconds=applies[number]))
    for group in range(8):
        members = [f"build/apply/{number}" for number in numbers[group::8]]
        graph.tasks.append(Task(
            "group", f"build/group/{group}", members, ["sleep", "20", "0"], members, str(group), level=3,
            milliseconds=20))
    groups = [f"build/group/{group}" for group in range(8)]
    graph.tasks.append(Task(
        "final", graph.final, groups, ["sleep", "20", "0"], groups, level=4, milliseconds=20))
    return graph


def makespan_bound(graph: Graph, jobs: int) -> float:
    """Seconds that no schedule can fall below: the longest path, all work over the slots, and memory over its limit."""
    ends: dict[str, int] = {}
    for task in graph.tasks:
        ends[task.output] = task.milliseconds + max((ends.get(path, 0) for path in task.inputs), default=0)
    held = sum(task.milliseconds * task.megabytes for task in graph.tasks)
    bounds = [max(ends.values()), sum(task.milliseconds for task in graph.tasks) / jobs]
    return max([*bounds, held / graph.megabytes] if graph.megabytes else bounds) / 1000
