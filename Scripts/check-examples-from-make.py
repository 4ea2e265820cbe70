"""Runs the pipeline of Examples/from-make with make, Snakemake, DVC and dbuild, and compares what each does after what.

usage: python3 Scripts/check-examples-from-make.py DBUILD [--cache DIRECTORY] [--only TOOL] [--update]

Of each tool and each edit: which steps run, and whether the report is then what the scripts give for the files as they
are. The table of docs/from-make.md must say the same, and its blocks must be the files. Snakemake and DVC are installed
into the cache at the first time; a tool that cannot be had here is named and left out. --update writes both into the
page.
"""
import argparse, collections, concurrent.futures, os, re, shutil, signal, subprocess, sys, tempfile, time

from check_examples_workspace import Checks, environment, here

parser = argparse.ArgumentParser(usage="check-examples-from-make.py DBUILD [--cache DIRECTORY] [--only TOOL] [--update]")
parser.add_argument("dbuild")
parser.add_argument("--cache", default=os.path.expanduser("~/.cache/dbuild/examples"))
parser.add_argument("--only", help="the one tool that is run")
parser.add_argument("--update", action="store_true")
options = parser.parse_args()
program = os.path.abspath(options.dbuild)
kept = os.path.join(os.path.dirname(os.path.realpath(program)), "check-examples.rules", "from-make")
original = os.path.join(here, "Examples", "from-make")
page = os.path.join(here, "docs", "from-make.md")
check = Checks()
temporary = tempfile.mkdtemp(prefix="dbuild-from-make-")
surroundings = {
    # The last one is for dbuild, which compiles rules.
    "PATH": "/usr/local/bin:/usr/bin:/bin:" + os.path.dirname(shutil.which("swiftc") or ""), "HOME": temporary, "LC_ALL": "C.UTF-8", "TZ": "UTC",
    # DVC: nothing is sent anywhere, and nothing is kept outside.
    "DVC_NO_ANALYTICS": "1", "DVC_SITE_CACHE_DIR": os.path.join(temporary, "dvc"),
}


class Tool:
    def __init__(self, name, command, rules, prepare=(), after_a_kill=()):
        """
        - rules: the file that says how things are made.
        - prepare: commands of a new workspace.
        - after_a_kill: what its own messages say to do where it refuses to go on: options for one more run each.
        """
        self.name, self.command, self.rules = name, command, rules
        self.prepare, self.after_a_kill = prepare, after_a_kill


class Place:
    """A workspace of one tool."""

    def __init__(self, tool, root):
        self.tool, self.root = tool, root

    def path(self, *names):
        return os.path.join(self.root, *names)

    def read(self, name):
        with open(self.path(name)) as file:
            return file.read()

    def replace(self, name, old, new):
        text = self.read(name)
        if old not in text:
            raise RuntimeError(f"{self.tool.name}: {name} does not hold {old!r}")
        with open(self.path(name), "w") as file:
            file.write(text.replace(old, new))

    def run(self, *more):
        """Its exit code."""
        with open(self.path("said"), "ab") as said:
            return subprocess.run([*self.tool.command, *more], cwd=self.root, env=surroundings, stdin=subprocess.DEVNULL,
                                  stdout=said, stderr=said).returncode

    def take_witnesses(self):
        """The steps that ran since it was last asked, in words."""
        if not os.path.exists(self.path("witness")):
            return "nothing"
        counts = collections.Counter(self.read("witness").split())
        os.remove(self.path("witness"))
        return ", ".join(name if counts[name] == 1 else f"{counts[name]} {name}"
                         for name in ("clean", "sum", "report") if counts[name])

    def right_report(self):
        """What the scripts give for the files as they are now."""
        least = re.search(r'--least"?,? "?(\d+)', self.read(self.tool.rules)).group(1)
        with tempfile.TemporaryDirectory(dir=temporary) as folder:
            def step(script, *arguments):
                subprocess.run(["python3", self.path("scripts", script), *arguments], cwd=folder, env=surroundings,
                               check=True)
            step("clean.py", self.path("data", "orders.csv"), "clean.csv", "--least", least)
            for region in ("north", "south"):
                step("sum.py", "clean.csv", region, region)
            step("report.py", "report.txt", "north", "south")
            witness = self.path("witness")
            if os.path.exists(witness):
                os.remove(witness)
            with open(os.path.join(folder, "report.txt")) as file:
                return file.read()

    def outcome(self):
        """Runs the tool: what ran, and how that went, in words."""
        before = self.outputs()
        code = self.run()
        words = self.take_witnesses()
        if words == "nothing" and self.outputs() != before:
            words = "put back, nothing runs"
            if any(text and "by hand" in text for text in before.values()):
                words += "; the edit is " + ("kept aside" if self.keeps("by hand") else "gone")
        if code:
            words = f"refuses, exit {code}" if words == "nothing" else f"{words}, exit {code}"
            for more in self.tool.after_a_kill:
                code = self.run(more)
                words += f"; `{more}`: " + self.take_witnesses() + (f", exit {code}" if code else "")
        report = self.read("out/report.txt") if os.path.exists(self.path("out", "report.txt")) else ""
        if report != self.right_report():
            return words + " (**wrong**)"
        missing = [name for name, text in self.outputs().items() if text is None]
        return words + (f" (without {', '.join(missing)})" if missing else "")

    def keeps(self, text):
        """Whether any file below the workspace holds this text, the tool's messages aside."""
        return any(text.encode() in open(os.path.join(folder, name), "rb").read()
                   for folder, _, names in os.walk(self.root) for name in names if name != "said")

    def outputs(self):
        """Their texts; None where there is no file."""
        names = ["clean.csv", "sums/north.txt", "sums/south.txt", "report.txt"]
        return {name: self.read(f"out/{name}") if os.path.exists(self.path("out", name)) else None for name in names}


def create(tool):
    """A workspace in which everything is built."""
    place = Place(tool, os.path.join(temporary, tool.name))
    shutil.copytree(original, place.root, ignore=shutil.ignore_patterns("out", ".dbuild", ".snakemake", ".dvc", "dvc.lock"))
    if tool.name == "dbuild" and os.path.isdir(kept):
        shutil.copytree(kept, place.path(".dbuild", "rules"))
    for name in ("clean", "sum", "report"):
        # Each step says behind its tool's back that it ran.
        place.replace(f"scripts/{name}.py", "import sys\n", f"""import sys
import os
root = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
with open(root + "/witness", "a") as witness:
    print("{name}", file=witness)
""")
    place.replace("scripts/clean.py", "            rows.writerow([region, amount])\n", """\
            rows.writerow([region, amount])
            if os.path.exists(root + "/pause"):
                import time
                target.flush()
                with open(root + "/paused", "w") as paused:
                    print(os.getpid(), file=paused)
                time.sleep(600)
""")
    for command in tool.prepare:
        subprocess.run(command, cwd=place.root, env=surroundings, check=True)
    first = place.outcome()
    check(first == "clean, 2 sum, report", f"{tool.name}, the first build: {first}\n{place.read('said')}")
    if tool.name == "dbuild" and not os.path.isdir(kept):
        shutil.copytree(place.path(".dbuild", "rules"), kept)
    return place


def killed(place):
    """Ends the tool and all that it has started, as a power cut does, while `clean` has written one row of many."""
    place.replace("data/orders.csv", "north,12", "north,13")
    open(place.path("pause"), "w").close()
    with open(place.path("said"), "ab") as said:
        child = subprocess.Popen(place.tool.command, cwd=place.root, env=surroundings, stdin=subprocess.DEVNULL,
                                 stdout=said, stderr=said, start_new_session=True)
    end = time.monotonic() + 120
    while not (os.path.exists(place.path("paused")) and place.read("paused").strip()):
        if time.monotonic() > end or child.poll() is not None:
            raise RuntimeError(f"{place.tool.name} does not run `clean`:\n{place.read('said')}")
        time.sleep(0.05)
    os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    step = int(place.read("paused"))
    try:
        os.kill(step, signal.SIGKILL)
    except ProcessLookupError:
        pass  # its tool has ended it
    os.remove(place.path("pause"))
    place.take_witnesses()


edits = {
    "nothing": lambda place: None,
    "`touch data/orders.csv`": lambda place: os.utime(place.path("data", "orders.csv")),
    "an amount in `data/orders.csv`": lambda place: place.replace("data/orders.csv", "north,12", "north,13"),
    "a row there that `clean` drops": lambda place: place.replace("data/orders.csv", "north,\n", "south,\n"),
    "a comment in `scripts/sum.py`": lambda place: place.replace("scripts/sum.py", "import csv\n", "import csv  # rows\n"),
    "`--least 1` to `10` in the rules":
        lambda place: place.replace(place.tool.rules, *(
            ('"--least", "1"', '"--least", "10"') if place.tool.name == "dbuild" else ("--least 1\n", "--least 10\n")
            if place.tool.name != "Snakemake" else ('--least 1"', '--least 10"'))),
    "`out/clean.csv` deleted": lambda place: os.remove(place.path("out", "clean.csv")),
    "`out/report.txt` deleted": lambda place: os.remove(place.path("out", "report.txt")),
    "`out/report.txt` edited by hand": lambda place: place.replace("out/report.txt", "- north", "- by hand"),
    "an amount, and `kill -9` in the middle of `clean`": killed,
}


def measure(tool):
    base = create(tool)
    cells = []
    for number, edit in enumerate(edits.values()):
        place = Place(tool, os.path.join(temporary, f"{tool.name}-{number}"))
        shutil.copytree(base.root, place.root, symlinks=True)
        edit(place)
        cells.append(place.outcome())
        shutil.rmtree(place.root)
    return cells, base.read("out/report.txt")


def tools():
    """Those that are here; of the others their names."""
    found, absent = [], []
    make = shutil.which("make", path=surroundings["PATH"])
    if make:
        found.append(Tool("make", [make], "Makefile"))
    snakemake = options.only in (None, "Snakemake") and environment(options.cache, "snakemake-9.27.1", "snakemake==9.27.1")
    if snakemake:
        found.append(Tool("Snakemake", [snakemake + "/bin/snakemake", "--cores", "1"], "Snakefile",
                          after_a_kill=["--unlock", "--rerun-incomplete"]))
    dvc = options.only in (None, "DVC") and environment(options.cache, "dvc-3.67.1", "dvc==3.67.1")
    if dvc:
        dvc += "/bin/dvc"
        found.append(Tool("DVC", [dvc, "repro"], "dvc.yaml",
                          prepare=[[dvc, "init", "--no-scm", "--quiet"], [dvc, "config", "core.check_update", "false"]]))
    found.append(Tool("dbuild", [program], "rules/Rulesfile.swift"))
    found = [tool for tool in found if options.only in (None, tool.name)]
    names = {tool.name for tool in found}
    return found, [name for name in ("make", "Snakemake", "DVC", "dbuild") if name not in names]


def table(columns):
    lines = ["| changed | " + " | ".join(columns) + " |", "|---" * (1 + len(columns)) + "|"]
    for number, edit in enumerate(edits):
        lines.append(f"| {edit} | " + " | ".join(cells[number] for cells in columns.values()) + " |")
    return "\n".join(lines) + "\n"


def without(absent, text):
    """A table without some of its columns."""
    rows = [line.strip("|").split("|") for line in text.splitlines()]
    kept_columns = [index for index, name in enumerate(rows[0]) if name.strip() not in absent]
    return "\n".join("|" + "|".join(row[index] for index in kept_columns) + "|" for row in rows) + "\n"


def compare(measured, absent):
    with open(page) as file:
        text = file.read()
    # The files, as the page shows them.
    blocks = list(re.finditer(r"<!-- file: (\S+) -->\n```\w+\n(.*?)^```$", text, re.M | re.S))
    check(len(blocks) >= 4, f"docs/from-make.md shows {len(blocks)} files")
    place = re.search(r"<!-- measured -->\n(.*?)(?=\n\n|\Z)", text, re.S)
    said = place.group(1) + "\n" if place else ""
    if options.update and absent:
        print(measured)
        return
    if options.update:
        for start, end, new in sorted([(*match.span(2), open(os.path.join(original, match.group(1))).read())
                                       for match in blocks] + [(place.start(1), place.end(1) + 1, measured)], reverse=True):
            text = text[:start] + new + text[end:]
        with open(page, "w") as file:
            file.write(text)
        return
    for match in blocks:
        with open(os.path.join(original, match.group(1))) as file:
            check(file.read() == match.group(2), f"docs/from-make.md shows another {match.group(1)}")
    check(without(absent, said) == measured, f"docs/from-make.md says\n{without(absent, said)}and there is\n{measured}")


try:
    present, absent = tools()
    for name in absent:
        why = "not asked for" if options.only else "not to be had here"
        print(f"Examples/from-make: {name} is left out, {why}")
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        results = list(pool.map(measure, present))
    reports = {report for _, report in results}
    check(len(reports) == 1, f"not the same report everywhere: {reports}")
    columns = {tool.name: cells for tool, (cells, _) in zip(present, results)}
    compare(table(columns), absent)
finally:
    shutil.rmtree(temporary, ignore_errors=True)
print(f"Examples/from-make: {', '.join(columns)}, {len(edits)} edits each; "
      f"{check.passed} passed, {check.failed} failed")
sys.exit(1 if check.failed else 0)
