"""Evaluating rules that emit many actions, from the start of the process to its end."""
from __future__ import annotations

import os

from ..bench import Bench
from ..figure import Goal, Row
from ..measure import Contestant, Measurement, rounds
from .null import median_seconds


def planning(bench: Bench) -> list[Row]:
    counts = [(100, 100, 1)] if bench.is_short else [(100, 100, 10), (100, 100, 100)]
    return [row for axes in counts for row in planned(bench, axes)]


def planned(bench: Bench, axes: tuple[int, int, int]) -> list[Row]:
    stores, products, days = axes
    count = stores * products * days
    place = bench.place(f"planning/{count}")
    os.makedirs(os.path.join(place, "sales"), exist_ok=True)
    with open(os.path.join(place, "sales", "0.csv"), "w") as file:
        file.write("day,count\n")
    parameters = {"store-count": stores, "product-count": products, "day-count": days}
    bench.dbuild.set_up(place, "planning", parameters)
    plans = os.path.join(place, ".dbuild", "plans")
    megabytes: list[float] = []

    # One action is asked for, which the word is no part of, so that nearly all of the time is the plan's.
    def words(number: int) -> list[str]:
        return [bench.dbuild.path, "-q", "--set", f"word=round-{number}", "model[product=0]"]

    def forget(number: int) -> None:
        bench.tools.discard(plans)

    def weigh(number: int, measured: Measurement) -> None:
        if number >= 0:
            sizes = [os.path.getsize(os.path.join(plans, name)) for name in os.listdir(plans)]
            megabytes.append(sum(sizes) / 1e6)

    found = rounds(bench.tools, [
        Contestant("anew", place, words, forget, weigh), Contestant("again", place, words),
    ], bench.rounds(3), warm=1)
    limits = {100_000: Goal(1), 1_000_000: Goal(5)}
    name = f"planning {count:,} actions over three axes"
    return [
        Row(name, [one.wall for one in found["anew"]], "s", "a build of one action, after a change of what the rules say",
            limits.get(count), median_seconds(found["anew"])),
        Row(f"{name}: kept", [one.wall for one in found["again"]], "s", "the same again"),
        Row(f"{name}: size", megabytes, "MB", "the kept plan"),
    ]
