"""Figures, their goals, and the table of them."""
from __future__ import annotations

import statistics
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Goal:
    bound: float
    at_least: bool = False

    def is_reached(self, value: float) -> bool:
        return value >= self.bound if self.at_least else value <= self.bound


@dataclass
class Row:
    """A line of the table: a value of each round, in `unit` (x: a ratio to what `to` names)."""

    figure: str
    values: list[float]
    unit: str = "x"
    to: str = ""
    goal: Goal | None = None
    seconds: float | None = None  # what the command took in the median round
    processor: float | None = None  # the median ratio of processor time
    missing: str = ""  # why there are no values

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def verdict(self) -> str:
        if self.goal is None:
            return ""
        if not self.values:
            return "not measured"
        return "reached" if self.goal.is_reached(self.median) else "missed"

    def cells(self) -> list[str]:
        if not self.values:
            return [self.figure, "", "", "", "", "", self.goal_text(), self.verdict or self.missing, self.to]
        spread = f"{number(min(self.values))} to {number(max(self.values))}"
        processor = "" if self.processor is None else number(self.processor) + "x"
        seconds = "" if self.seconds is None else duration(self.seconds)
        return [
            self.figure, number(self.median) + (self.unit if self.unit == "x" else " " + self.unit), spread,
            str(len(self.values)), processor, seconds, self.goal_text(), self.verdict, self.to,
        ]

    def goal_text(self) -> str:
        if self.goal is None:
            return ""
        unit = self.unit if self.unit == "x" else " " + self.unit
        return ("at least " if self.goal.at_least else "at most ") + number(self.goal.bound) + unit


HEADINGS = ["figure", "median", "least to most", "n", "processor time", "time", "goal", "", "measured as"]


def number(value: float) -> str:
    return f"{value:.3g}" if value < 1000 else f"{value:,.0f}"


def duration(seconds: float) -> str:
    if seconds < 1:
        return f"{seconds * 1000:.3g} ms"
    return f"{seconds:.1f} s"


@dataclass
class Table:
    rows: list[Row] = field(default_factory=list)

    def text(self) -> str:
        lines = [HEADINGS, *(row.cells() for row in self.rows)]
        widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
        return "".join(
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() + "\n" for line in lines)

    def markdown(self) -> str:
        lines = [HEADINGS, ["---"] * len(HEADINGS), *(row.cells() for row in self.rows)]
        return "".join("| " + " | ".join(line) + " |\n" for line in lines)
