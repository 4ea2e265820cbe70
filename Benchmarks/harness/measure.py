"""What a command takes, and rounds in which several take turns."""
from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import Callable

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Failed(Exception):
    """A command did something else than it was to do, so there is no figure."""


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


@dataclass(frozen=True)
class Measurement:
    """Times in seconds, of the command with all its processes; memory in KiB, of its largest process."""

    wall: float
    user: float
    system: float
    largest: int
    anonymous: int  # 0 where it was not asked for
    exit: int
    late: bool
    log: list[str] = field(default_factory=list, repr=False)  # what the actions have written down

    @property
    def processor(self) -> float:
        return self.user + self.system

    @property
    def actions(self) -> int:
        return sum(line[0] in "AS" for line in self.log)


class Tools:
    """The C programs, compiled once below the directory of all that is measured."""

    def __init__(self, work: str):
        self.directory, self.discarded = os.path.join(work, "bin"), os.path.join(work, "discarded")
        os.makedirs(self.directory, exist_ok=True)
        for name in ("act", "floor", "measure"):
            source, program = os.path.join(HERE, "tools", name + ".c"), self.path(name)
            if not os.path.exists(program) or os.path.getmtime(program) < os.path.getmtime(source):
                subprocess.run(["cc", "-O2", "-static", "-o", program, source], check=True)

    def path(self, name: str) -> str:
        return os.path.join(self.directory, name)

    @property
    def act(self) -> str:
        return self.path("act")

    def discard(self, path: str) -> None:
        """Moves a file or directory away, if it is there. An ext4 without a journal looks past every inode that was freed
        of late whenever a file is made, so what is removed behind one figure is measured in the next."""
        if os.path.lexists(path):
            os.makedirs(self.discarded, exist_ok=True)
            os.rename(path, os.path.join(self.discarded, str(time.monotonic_ns())))

    def empty_discarded(self) -> None:
        """When nothing is measured any more."""
        shutil.rmtree(self.discarded, ignore_errors=True)

    def measure(
        self, words: list[str], place: str, environment: dict | None = None, seconds: float = 3600,
        watches_memory: bool = False, logs: bool = True,
    ) -> Measurement:
        """Runs a command in a directory; beside the directory lie its `.out` and the actions' `.log`.

        - seconds: after which it is ended.
        - watches_memory: also the anonymous memory; the times are not to be used then.
        - logs: whether its actions write down that they ran.
        """
        result, log = place + ".json", place + ".log"
        open(log, "w").close()
        environment = {**os.environ, **(environment or {})}
        if logs:
            environment["BENCH_LOG"] = log
        command = [self.path("measure"), *(["-a"] if watches_memory else []), str(int(seconds)), result, *words]
        with open(place + ".out", "w") as output:
            ended = subprocess.run(
                command, cwd=place, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        if ended.returncode != 0:
            raise Failed(f"measure: exit {ended.returncode}, see {place}.out")
        with open(result) as file, open(log) as lines:
            return Measurement(**json.load(file), log=lines.read().splitlines())


@dataclass
class Contestant:
    """A command that takes part in rounds."""

    name: str
    place: str
    words: Callable[[int], list[str]]
    before: Callable[[int], None] = lambda number: None  # what is not measured
    after: Callable[[int, Measurement], None] = lambda number, measured: None
    environment: dict = field(default_factory=dict)
    actions: int | None = None  # how many are to run each time
    logs: bool = True
    may_fail: bool = False  # it is left out then, instead of failing the figure


def check(contestant: Contestant, measured: Measurement) -> None:
    """
    - Raises: `Failed` where the command failed, or ran other actions than it was to.
    """
    wrong = None
    if measured.late or measured.exit != 0:
        wrong = f"exit {measured.exit} after {measured.wall:.1f} s"
    elif contestant.actions is not None and measured.actions != contestant.actions:
        wrong = f"{measured.actions} actions ran instead of {contestant.actions}"
    if wrong:
        with open(contestant.place + ".out", errors="replace") as output:
            raise Failed(f"{contestant.name}: {wrong}\n{output.read()[-2000:]}")


def rounds(
    tools: Tools, contestants: list[Contestant], count: int, warm: int = 1
) -> dict[str, list[Measurement]]:
    """Each once in every round, so that what else the machine does meets all alike.

    - warm: rounds before those, which warm caches and do not count.
    - Raises: `Failed`
    """
    found: dict[str, list[Measurement]] = {contestant.name: [] for contestant in contestants}
    for number in range(-warm, count):
        for contestant in contestants:
            if contestant.name not in found:
                continue
            try:
                measured = turn(tools, contestant, number)
            except Failed as failure:
                if not contestant.may_fail:
                    raise
                say(f"left out: {failure}")
                del found[contestant.name]
                continue
            if number >= 0:
                found[contestant.name].append(measured)
    return found


def turn(tools: Tools, contestant: Contestant, number: int) -> Measurement:
    contestant.before(number)
    measured = tools.measure(
        contestant.words(number), contestant.place, contestant.environment, logs=contestant.logs)
    check(contestant, measured)
    contestant.after(number, measured)
    return measured


def ratios(measured: list[Measurement], floor: list[Measurement]) -> list[float]:
    """Of wall time, each to the floor's of the same round."""
    return [one.wall / other.wall for one, other in zip(measured, floor, strict=True)]


def processor_ratio(measured: list[Measurement], floor: list[Measurement]) -> float:
    """The median ratio of processor time: steadier than wall time where the machine is busy."""
    return statistics.median(
        one.processor / max(other.processor, 1e-6) for one, other in zip(measured, floor, strict=True))
