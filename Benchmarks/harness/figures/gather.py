"""One command that gathers the outputs of all others: whether any step grows faster than their number."""
from __future__ import annotations

import os
import subprocess

from ..bench import Bench
from ..figure import Goal, Row
from ..measure import Contestant, rounds
from .null import median_seconds


def gather(bench: Bench) -> list[Row]:
    """The time for each input of the gather alone, beside that with a tenth of them: 1 is linear, 10 quadratic."""
    many = 9_472 if bench.is_short else 94_720
    few = many // 10
    found = rounds(
        bench.tools, [contestant(bench, few), contestant(bench, many)], 1 if bench.is_short else bench.rounds(3))
    values = [
        large.wall / many / (small.wall / few)
        for small, large in zip(found[str(few)], found[str(many)], strict=True)
    ]
    return [Row(
        f"one gather of {many:,} inputs", values, to=f"for each input, to one of {few:,}",
        goal=Goal(1.3), seconds=median_seconds(found[str(many)]))]


def contestant(bench: Bench, count: int) -> Contestant:
    place = bench.place(f"gather/{count}")
    bench.dbuild.set_up(place, "dispatch", {"count": count, "program": bench.tools.act})
    words = [bench.dbuild.path, "-q", "-j", str(bench.jobs), "gathered"]

    def clear(number: int) -> None:
        """What it gathers is there; the gather itself is made again."""
        if not os.path.exists(os.path.join(place, "gathered")):
            subprocess.run(words, cwd=place, check=True, capture_output=True)
        os.sync()

    return Contestant(str(count), place, lambda number: [*words, "--force"], clear, logs=False)
