"""The command line of `Benchmarks/run`."""
from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time

from .bench import Bench, Options, commit, file_system, machine
from .figure import Row, Table
from .figures import FIGURES, LONG
from .measure import HERE, say

USAGE = """How fast dbuild is, beside other tools and the machine's own floors: a line for each figure.

Every ratio is of two times in the same round; the table has the median, the least and the most of the rounds. Only
ratios say something: the machine may be busy with other things. Benchmarks/peers-install gets the other tools."""


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run", description=USAGE, formatter_class=argparse.RawTextHelpFormatter)
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    parser.add_argument("binary", help="the dbuild to measure")
    parser.add_argument("--short", action="store_true", help="smaller sizes and few rounds, to see that it works")
    parser.add_argument("--only", metavar="FIGURE,…", help=f"of {', '.join(FIGURES)}")
    parser.add_argument("--peers", metavar="NAME,…", help="these tools only; default: all that are installed")
    parser.add_argument("--rounds", type=int, help="instead of each figure's own number")
    parser.add_argument("--markdown", action="store_true", help="the table as docs/performance.md has it")
    parser.add_argument(
        "--work", metavar="DIRECTORY", help="where workspaces stay, to be used again; default: a temporary one")
    parser.add_argument("--installed", default=os.path.join(cache, "dbuild", "peers"), help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> int:
    words = arguments()
    binary = os.path.abspath(words.binary)
    if not os.access(binary, os.X_OK):
        print(f"run: no program {words.binary}", file=sys.stderr)
        return 64
    chosen = words.only.split(",") if words.only else [name for name in FIGURES if not words.short or name not in LONG]
    if unknown := [name for name in chosen if name not in FIGURES]:
        print(f"run: no figure {', '.join(unknown)}; there are {', '.join(FIGURES)}", file=sys.stderr)
        return 64
    with tempfile.TemporaryDirectory(prefix="dbuild-benchmarks-") as temporary:
        work = os.path.abspath(words.work) if words.work else temporary
        os.makedirs(work, exist_ok=True)
        bench = Bench(Options(
            binary, work, words.installed, words.peers.split(",") if words.peers is not None else None, words.short,
            words.rounds))
        try:
            table, failed = measure_all(bench, chosen)
        finally:
            bench.tools.empty_discarded()
        print(heading(bench), end="")
        print(table.markdown() if words.markdown else table.text(), end="")
        return 1 if failed else 0


def measure_all(bench: Bench, chosen: list[str]) -> tuple[Table, bool]:
    """The rows, and whether a figure could not be had."""
    table, failed = Table(), False
    for name in chosen:
        say(f"{name} …")
        start = time.monotonic()
        try:
            rows = FIGURES[name](bench)
        # Whatever it is, it is of this figure: the hour that the others took is not lost with it.
        except Exception as failure:
            say(f"failed: {type(failure).__name__}: {failure}")
            rows, failed = [Row(name, [], missing="failed")], True
        table.rows += rows
        for row in rows:
            say("  " + "  ".join(cell for cell in row.cells() if cell))
        say(f"  {time.monotonic() - start:.0f} s")
    return table, failed


def heading(bench: Bench) -> str:
    day = time.strftime("%Y-%m-%d", time.gmtime())
    peers = ", ".join(peer.version() for peer in bench.peers) or "nothing"
    place = f"{machine()}, {file_system(bench.options.work)}"
    return f"{day}, commit {commit(HERE)}. {place}. Beside {peers}.\n\n"
