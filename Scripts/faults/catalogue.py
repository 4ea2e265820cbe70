"""The cases: every `cases_*.py` beside this file declares its own with `@case`."""

import dataclasses
import importlib
import pathlib
from typing import Callable

CASES = []


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    title: str
    body: Callable
    isShort: bool
    needsRoot: bool


def case(name, title, short=True, root=False):
    """Declares a case. Its function is given the `Lab`; what it finds wrong it says there.

    short: whether it is also part of the 60-second form.
    root: whether it needs the rights that the suite otherwise gives up.
    """

    def declare(body):
        CASES.append(Case(name, title, body, short, root))
        return body

    return declare


def load():
    for file in sorted(pathlib.Path(__file__).parent.glob("cases_*.py")):
        importlib.import_module(file.stem)
    CASES.sort(key=lambda case: case.name)
    return CASES
