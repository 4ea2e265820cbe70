"""One action that reads the outputs of all others: whether any step grows faster than their number."""
from __future__ import annotations

import os

from ..bench import Bench
from ..figure import Goal, Row
from ..measure import Contestant, rounds
from .null import median_seconds


def gather(bench: Bench) -> list[Row]:
    """The time for each input, beside that with a tenth of them: 1 is linear, 10 quadratic."""
    many = 9_472 if bench.is_short else 94_720
    few = many // 10
    found = rounds(
        bench.tools, [contestant(bench, few), contestant(bench, many)], 1 if bench.is_short else bench.rounds(3),
        warm=0)
    bench.tools.empty_discarded()
    values = [
        large.wall / many / (small.wall / few)
        for small, large in zip(found[str(few)], found[str(many)], strict=True)
    ]
    return [Row(
        f"one gather of {many:,} inputs that recipes make", values, to=f"for each input, to one of {few:,}",
        goal=Goal(1.3), seconds=median_seconds(found[str(many)]))]


def contestant(bench: Bench, count: int) -> Contestant:
    place = bench.place(f"gather/{count}")
    bench.dbuild.set_up(place, "dispatch", {"count": count})

    def clear(number: int) -> None:
        for name in ("recipes", "gathered"):
            bench.tools.discard(os.path.join(place, name))
        bench.dbuild.forget(place)
        os.sync()

    words = [bench.dbuild.path, "-q", "-j", str(bench.jobs), "gathered"]
    return Contestant(str(count), place, lambda number: words, clear, logs=False)
