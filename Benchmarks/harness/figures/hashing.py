"""Fingerprints of large files that are in memory, beside xxhsum."""
from __future__ import annotations

import os
import shutil

from ..bench import Bench
from ..figure import Goal, Row
from ..measure import Contestant, processor_ratio, ratios, rounds
from .null import median_seconds

FILES = 64


def hashing(bench: Bench) -> list[Row]:
    megabytes = 4 if bench.is_short else 64
    name, goal = f"fingerprints of {FILES * megabytes / 1024:.3g} GiB in {FILES} files", Goal(1.15)
    if not shutil.which("xxhsum"):
        return [Row(name, [], goal=goal, to="xxhsum is not installed")]
    place = bench.place("hashing")
    write_files(os.path.join(place, "data"), megabytes << 20)
    with open(os.path.join(place, "files.list"), "w") as file:
        file.write("".join(f"data/{number}\n" for number in range(FILES)))
    bench.dbuild.set_up(place, "hashing", {"file-count": FILES})

    def clear(number: int) -> None:
        bench.tools.discard(os.path.join(place, "build"))
        bench.dbuild.forget(place)

    each = str(FILES // 8)
    summing = ["xargs", "-a", "files.list", "-P", str(bench.jobs), "-n", each, "xxhsum", "-H2"]
    building = [bench.dbuild.path, "-q", "-j", str(bench.jobs)]
    # What would run: every file is hashed to say so, and nothing else is done.
    looking = [*building, "-n"]
    found = rounds(bench.tools, [
        Contestant("xxhsum", place, lambda number: summing),
        Contestant("look", place, lambda number: looking, clear, logs=False),
        Contestant("build", place, lambda number: building, clear, actions=FILES),
    ], bench.rounds(7))
    return [
        Row(title, ratios(found[kind], found["xxhsum"]), to=f"to xxhsum -H2 under xargs -P {bench.jobs}",
            goal=aim, seconds=median_seconds(found[kind]),
            processor=processor_ratio(found[kind], found["xxhsum"]))
        for kind, title, aim in (("look", name, goal), ("build", f"{name}, and an action for each", None))
    ]


def write_files(directory: str, size: int) -> None:
    """Random bytes, as nothing is to be gained from them; files of this size stay as they are."""
    os.makedirs(directory, exist_ok=True)
    for number in range(FILES):
        path = os.path.join(directory, str(number))
        if os.path.exists(path) and os.path.getsize(path) == size:
            continue
        with open(path, "wb") as file:
            for _ in range(size >> 20):
                file.write(os.urandom(1 << 20))
