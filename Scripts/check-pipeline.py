"""Runs the airport pipeline end to end and checks, from outside, what dbuild promises about it.

usage: python3 Scripts/check-pipeline.py DBUILD [--seed WORKSPACE] [--kill-hook DBUILD]

DBUILD is the built program. The workspace is a copy of rules/ and scripts/ in a temporary directory. What ran is read
from the events of each run and from the file system, never from what dbuild says of itself in words. --seed names a
workspace in which raw/flights.csv was built: then nothing is fetched. --kill-hook names a debug build, for the test
that needs one.
"""
import argparse, collections, csv, json, os, random, re, shutil, signal, subprocess, tempfile, time

import check_pipeline_workspace
from check_examples_workspace import families
from check_pipeline_workspace import check

options = argparse.ArgumentParser()
options.add_argument("dbuild")
options.add_argument("--seed")
options.add_argument("--kill-hook")
options = options.parse_args()
program = os.path.abspath(options.dbuild)


def say(text):
    print(text, flush=True)


class Workspace(check_pipeline_workspace.Workspace):
    def run(self, *arguments, expect=0, program=program, environment={}, targets=("forecasts",)):
        """One dbuild; the actions that it finished, and its output."""
        before = self.runs()
        result = subprocess.run(
            [program, *targets, *arguments], cwd=self.root, capture_output=True, text=True,
            env={**os.environ, **environment})
        check(expect is None or result.returncode == expect,
              f"dbuild {' '.join(arguments)}: exit {result.returncode}, not {expect}\n{result.stderr}\n{result.stdout}")
        new = sorted(self.runs() - before)
        return (self.finished(new[-1]) if new else set()), result

    def restored(self):
        """What the last run has put back from the store."""
        return {event["action"] for event in self.events(max(self.runs())) if event["event"] == "restore"}

    def summary(self):
        return [event for event in self.events(max(self.runs())) if event["event"] == "summary"][-1]


def first_build(w):
    started = time.monotonic()
    ran, _ = w.run("-j", "8")
    seconds = time.monotonic() - started
    counts = families(ran)
    routes = counts["train"]
    check(routes == 134, f"{routes} routes, not 134")
    check(counts["forecast"] == 134 * 14 and counts["index"] == 14, f"{counts}")
    summary = w.summary()
    check(summary["workers"] <= 8, f"{summary['workers']} worker processes for -j 8")
    finishes = [event for event in w.events(max(w.runs())) if event["event"] == "finish"]
    training = sum(event["cpuSeconds"] for event in finishes if event["action"].startswith("train["))
    everything = sum(event["cpuSeconds"] for event in finishes)
    say(f"first build: {len(ran)} actions, {routes} routes, {len(w.files('out'))} files, {seconds:.1f} s; "
        f"{everything:.1f} cpu s in actions, {training:.1f} of them in training; {summary['workers']} workers")
    with open(w.path("out", "index.csv")) as file:
        rows = list(csv.reader(file))
    check(len(rows) > 14 * 24, f"only {len(rows)} rows in out/index.csv")
    return counts


def null_build(w, second=True):
    ran, _ = w.run()
    check(not ran, f"a null build ran {sorted(ran)[:5]}")
    summary = w.summary()
    check(summary["filesHashed"] == 0 and summary["workers"] == 0, f"a null build: {summary}")
    if not second:
        return
    if shutil.which("strace") is None:
        say("null build under strace: skipped, no strace here")
        return
    log = w.path("strace.log")
    subprocess.run(["strace", "-f", "-e", "trace=openat,execve", "-o", log, program, "forecasts"], cwd=w.root,
                   capture_output=True, check=True)
    with open(log) as file:
        lines = file.read().splitlines()
    os.remove(log)
    started = [line for line in lines if "execve(" in line and "ENOENT" not in line]
    check(len(started) == 1, f"a null build started {started[1:]}")
    # Directories that names are looked up from are opened as places: nothing can be read through those.
    opened = [match.group(1) for line in lines if "O_PATH" not in line and (match := re.search(r'openat\([^,]*, "([^"]*)"', line))]
    data = [name for name in opened
            if re.search(r"(^|/)(out|raw|data)(/|$)", os.path.relpath(name, w.root) if name.startswith("/") else name)
            and not name.startswith(("/usr", "/lib", "/etc", "/opt"))]
    check(not data, f"a null build opened {data[:5]}")
    say(f"null build: 0 actions, 0 files hashed, 1 execve, no data file among {len(opened)} opened")


def same_at_any_width(w, temporary):
    reference = w.files("out")
    for jobs in ("1", "8"):
        other = Workspace(os.path.join(temporary, f"jobs-{jobs}"), seed)
        other.run("-j", jobs)
        found = other.files("out")
        differing = sorted(name for name in reference.keys() | found.keys() if reference.get(name) != found.get(name))
        check(not differing, f"-j {jobs} gave other bytes: {differing[:5]}")
        shutil.rmtree(other.root)
    say(f"clean builds with -j 1 and -j 8: {len(reference)} files, all byte-identical")


def corrected_row(w):
    """One corrected row of JFK-LAX: same count, same newest observation."""
    with open(w.path("raw", "flights.csv")) as file:
        reader = csv.reader(file)
        header = next(reader)
        at = {name: index for index, name in enumerate(header)}
        row = next(row for row in reader if row[at["origin"]] == "JFK" and row[at["dest"]] == "LAX"
                   and row[at["month"]] == "6" and row[at["dep_delay"]] != "NA")
    row[at["dep_delay"]] = str(int(row[at["dep_delay"]]) + 45)
    os.makedirs(w.path("data"), exist_ok=True)
    with open(w.path("data", "late.csv"), "w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, row])
    before = w.files("out")
    ran, _ = w.run("-j", "8")
    after = w.files("out")
    check(before["out/routes.parquet"] == after["out/routes.parquet"], "routes.parquet changed")
    # From when on routes are forecast is read while planning, off the observations of all days.
    allowed = {"observations", "routes", "happened", "established", "baselines[route=JFK-LAX]", "features[route=JFK-LAX]", "train[route=JFK-LAX]"}
    forecasts = {action for action in ran if action.startswith("forecast[route=JFK-LAX,")}
    index = {action for action in ran if action.startswith("index[")}
    others = ran - allowed - forecasts - index - {"index-csv"}
    check(not others, f"a corrected row of JFK-LAX also ran {sorted(others)[:5]}")
    check(allowed <= ran, f"a corrected row did not run {sorted(allowed - ran)}")
    changed = {name for name in after if before.get(name) != after[name]}
    days = {name.split("/")[-1] for name in changed if name.startswith("out/curves/JFK-LAX/")}
    check(len(index) == len(days), f"{len(index)} index days ran, {len(days)} curves changed")
    say(f"one corrected row: {families(ran)}")
    os.remove(w.path("data", "late.csv"))
    ran, _ = w.run("-j", "8")
    check(w.files("out") == before, "without the correction the files are not as before")


def next_day(w):
    before = w.files("out")
    ran, result = w.run("-j", "8", "--set", "as-of=2013-12-01")
    counts = families(ran)
    check(counts.get("train") == 133, f"{counts.get('train')} routes retrained, not 133")
    after = w.files("out")
    new = {name for name in after if name not in before}
    check(sum(name.startswith("out/curves/") for name in new) == 134, f"{len(new)} new files")
    check(w.summary()["orphans"] == 135, f"{w.summary()['orphans']} orphans, not 135")
    quiet = [action for action in ran if "EWR-BWI" in action]
    check(quiet == ["forecast[route=EWR-BWI,day=2013-12-15]"], f"EWR-BWI did not fly, and ran {quiet}")
    say(f"as-of a day later: {counts}; {w.summary()['orphans']} orphans; EWR-BWI: {quiet}")
    ran, _ = w.run("-j", "8")
    null_build(w, second=False)


def fewer_routes(w):
    w.run()
    before = w.summary()["orphans"]
    ran, _ = w.run("-j", "8", "--set", "min-observations=1000")
    counts = families(ran)
    check("train" not in counts and "features" not in counts, f"{counts}")
    check(counts.get("index") == 14, f"{counts}")
    # Of each route: baselines, features and upcoming, model and metadata, 14 curves.
    more = w.summary()["orphans"] - before
    check(more == 44 * (1 + 2 + 2 + 14), f"{more} more orphans")
    status = subprocess.run([program, "status", "forecasts"], cwd=w.root, capture_output=True, text=True).stdout
    routes = re.search(r"^train +(\d+)", status, re.M)
    check(routes and routes.group(1) == "90", status)
    back, _ = w.run("-j", "8")
    check("train" not in families(back), f"back to 500: {families(back)}")
    say(f"min-observations=1000: 90 routes, {counts}; {more} more orphans; back to 500: {families(back)}")


def other_eta(w):
    ran, _ = w.run("-j", "8", "--set", "eta=0.2")
    counts = families(ran)
    check(set(counts) == {"train", "forecast", "index", "index-csv"} and counts["train"] == 134, f"{counts}")
    say(f"eta 0.1 -> 0.2: {counts}")
    w.run("-j", "8")


def deleted_and_edited(w):
    before = w.files("out")
    os.remove(w.path("out", "models", "JFK-LAX", "model.ubj"))
    edited = w.path("out", "curves", "JFK-SFO", "2013-12-04.parquet")
    with open(edited, "ab") as file:
        file.write(b"by hand")
    ran, _ = w.run("-j", "8")
    check(not ran, f"{sorted(ran)} ran, and the store has what they give")
    back = {"train[route=JFK-LAX]", "forecast[route=JFK-SFO,day=2013-12-04]"}
    check(w.restored() == back, f"{sorted(w.restored())}")
    check(w.files("out") == before, "not made good")
    aside = [os.path.join(folder, name) for folder, _, names in os.walk(w.path(".dbuild", "displaced")) for name in names]
    check(len(aside) == 1 and open(aside[0], "rb").read().endswith(b"by hand"), f"kept aside: {aside}")
    say("a model deleted, a forecast edited by hand: both put back from the store, nothing ran, the edited file kept aside")


def killed(temporary, like):
    w = Workspace(os.path.join(temporary, "killed"), seed)
    w.run(targets=("observations", "schedule"))
    finished, kills = collections.Counter(), 0
    for delay in (0.4, 0.7, 1.1, 1.6, 0.3, 2.0):
        before = w.runs()
        child = subprocess.Popen([program, "-j", "8", "forecasts"], cwd=w.root, stderr=subprocess.DEVNULL)
        time.sleep(delay)
        if child.poll() is None:
            child.send_signal(signal.SIGKILL)
            kills += 1
        child.wait()
        for run in w.runs() - before:
            finished.update(w.finished(run))
    last, _ = w.run("-j", "8")
    finished.update(last)
    again = [action for action, count in finished.items() if count > 1]
    check(not again, f"finished actions ran again: {again[:5]}")
    reference = like.files("out")  # with orphans of the steps before
    differing = sorted(name for name, digest in w.files("out").items() if reference.get(name) != digest)
    check(not differing, f"after kills other bytes than in an uninterrupted build: {differing[:5]}")
    leftovers = os.listdir(w.path(".dbuild", "staging")) if os.path.isdir(w.path(".dbuild", "staging")) else []
    check(not leftovers, f"left in staging: {leftovers[:5]}")
    say(f"{kills} kill -9 in mid-build, then a completing run: {len(finished)} actions finished, none of them twice")
    shutil.rmtree(w.root)


def killed_between_renames(temporary, like, debug):
    w = Workspace(os.path.join(temporary, "renames"), seed)
    route = "JFK-LAX"
    w.run(program=debug, targets=(f"features[route={route}]",))
    w.run(program=debug, targets=(f"train[route={route}]",), expect=-signal.SIGKILL,
          environment={"DBUILD_TEST_KILL_AFTER_RENAMES": "1"})
    there = sorted(os.listdir(w.path("out", "models", route)))
    check(len(there) == 1, f"killed after one of two renames, and there are {there}")
    ran, _ = w.run(program=debug, targets=(f"train[route={route}]",))
    check(not ran, f"the next start ran {ran}")
    check(sorted(os.listdir(w.path("out", "models", route))) == ["model.json", "model.ubj"], "the set is not whole")
    check(all(like.files("out")[name] == digest for name, digest in w.files("out", "models", route).items()),
          "the completed set has other bytes")
    say("killed after the first of two renames: the next start completed the set and ran nothing")
    shutil.rmtree(w.root)


# What is only known afterwards, and what changes every day: no forecast may be made from it.
AFTERWARDS = {"unpack-weather", "weather", "weather-features", "with_weather", "backfill", "recency-means", "happened",
              "happened-weather", "score", "accuracy-table"}
FORECASTS = {"forecast", "index", "index-csv", "intervals"}


def ancestry(w, target):
    """By rule, the rules and sources that what the target needs is made from."""
    text = subprocess.run([program, "graph", "--json", target], cwd=w.root, capture_output=True, text=True, check=True)
    graph = json.loads(text.stdout)
    inputs = collections.defaultdict(set)
    for edge in graph["edges"]:
        inputs[edge["to"].partition(":")[2]].add(edge["from"].partition(":")[2])
    found = {}
    for rule in {node["id"].partition(":")[2] for node in graph["nodes"]}:
        found[rule], left = set(), [rule]
        while left:
            for name in inputs[left.pop()] - found[rule]:
                found[rule].add(name)
                left.append(name)
    return found


def no_forecast_from_afterwards(w):
    found = {**ancestry(w, "forecasts"), **ancestry(w, "intervals")}
    check(FORECASTS <= found.keys(), f"the graph has no {FORECASTS - found.keys()}")
    for rule in sorted(FORECASTS):
        check("unpack" in found[rule], f"{rule} is not made from the flights: {sorted(found[rule])}")
        wrong = found[rule] & AFTERWARDS
        check(not wrong, f"{rule} is made from {sorted(wrong)}")
    # The same of the origins' forecasts, and that this check can fail: what is told the weather is made from it.
    found = ancestry(w, "accuracy")
    for rule in ("origin-forecasts", "origin-intervals"):
        wrong = found[rule] & AFTERWARDS | {name for name in found[rule] if "weather" in name}
        check(not wrong, f"{rule} is made from {sorted(wrong)}")
    check("unpack-weather" in found["origin-weather-known"], "what is told the weather is not made from it")
    say("ancestry: no forecast, index or interval is made from weather, from what happened or from what changes daily")


# All of a flight that `schedule` keeps; the rest is known afterwards only, or not needed.
SCHEDULED = {"year", "month", "day", "hour", "minute", "time_hour", "carrier", "flight", "origin", "dest"}
HOURS = {"origin", "year", "month", "day", "hour", "time_hour"}


def scramble(path, kept, after, seed):
    """Random values, and now and then none, in every other column of the rows after a day; how many were changed."""
    draw = random.Random(seed)
    with open(path, newline="") as file:
        rows = list(csv.reader(file))
    header, changed = rows[0], 0
    at = {name: index for index, name in enumerate(header)}
    for row in rows[1:]:
        if (int(row[at["month"]]), int(row[at["day"]])) <= after:
            continue
        for index, name in enumerate(header):
            if name in kept:
                continue
            row[index] = "NA" if draw.random() < 0.2 else f"N{draw.randrange(10**5)}" if name == "tailnum" else str(
                draw.randrange(-60, 600) if "dep_delay" == name or "weather" not in path else draw.random() * 100)
            changed += 1
    with open(path + ".new", "w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    os.replace(path + ".new", path)
    return changed


class Futures:
    """A workspace in which the days after 30 November are as they were, or otherwise."""

    def __init__(self, directory, edit=None):
        self.w = Workspace(directory, seed)
        if edit:
            self.edit(*edit)
        self.raw = ("raw/flights.csv", "raw/weather.csv")
        self.w.run(targets=self.raw)
        for name in self.raw:
            shutil.copy(self.w.path(name), self.w.path(name + ".true"))

    def edit(self, name, old, new):
        with open(self.w.path("rules", name)) as file:
            text = file.read()
        check(text.count(old) == 1, f"rules/{name} has `{old}` {text.count(old)} times: mend this check")
        with open(self.w.path("rules", name), "w") as file:
            file.write(text.replace(old, new))

    def forecasts(self, targets, scrambled):
        changed = 0
        for name, kept in zip(self.raw, (SCHEDULED, HOURS)):
            os.remove(self.w.path(name))
            shutil.copy(self.w.path(name + ".true"), self.w.path(name))
            if scrambled:
                changed += scramble(self.w.path(name), kept, (11, 30), seed=2013)
        if scrambled:
            # As if they had been unpacked so: otherwise they would be moved aside and unpacked again.
            adopted = subprocess.run([program, "adopt", *self.raw], cwd=self.w.root, capture_output=True, text=True)
            check(adopted.returncode == 0, f"adopt: {adopted.stderr}")
        ran, _ = self.w.run(targets=targets)
        if scrambled:
            check("observations" in ran or "happened" in ran, "nothing has seen the other future")
        files = {}
        for folder in ("out/curves", "out/index", "out/intervals", "out/as-of/2013-11-30/forecasts",
                       "out/as-of/2013-11-30/intervals"):
            files.update(self.w.files(folder))
        return files, changed


def nothing_from_the_future(temporary):
    targets = ("forecasts", "intervals[route=JFK-*]", "origin-forecasts[origin=2013-11-30,route=JFK-LAX]",
               "origin-intervals[origin=2013-11-30,route=JFK-LAX]")
    futures = Futures(os.path.join(temporary, "futures"))
    as_it_was, _ = futures.forecasts(targets, scrambled=False)
    otherwise, changed = futures.forecasts(targets, scrambled=True)
    differing = sorted(name for name in as_it_was.keys() | otherwise.keys()
                       if as_it_was.get(name) != otherwise.get(name))
    check(not differing, f"another future changes {len(differing)} forecasts: {differing[:5]}")
    check(len(as_it_was) > 1876 + 14, f"only {len(as_it_was)} forecasts were compared")
    say(f"another future: {changed} values after as-of changed, {len(as_it_was)} forecasts the same in every byte")
    shutil.rmtree(futures.w.root)
    # Careless changes, each of which must be seen.
    for name, old, new in (
        ("Schedule.swift", "let flights = try Flights(csv: flights.path, Flights.scheduleFields)",
         "let all = try Flights(csv: flights.path, Flights.scheduleFields + [Flights.delayField]); let kept = "
         "try all.table.int32(\"dep_delay\").validity; let flights = Flights(try all.table.selecting("
         "rows: (0 ..< all.table.rowCount).filter { kept[$0] }))"),
        ("Observations.swift", "dates[$0] <= through", "dates[$0] <= through + 1"),
    ):
        futures = Futures(os.path.join(temporary, "careless"), edit=(name, old, new))
        few = ("forecast[route=JFK-LAX]",)
        as_it_was, _ = futures.forecasts(few, scrambled=False)
        otherwise, _ = futures.forecasts(few, scrambled=True)
        check(as_it_was != otherwise, f"a careless change of {name} is not seen")
        say(f"a careless change of {name} is seen")
        shutil.rmtree(futures.w.root)


def means_change_daily(w):
    w.run(targets=("recency-means",))
    ran, _ = w.run("--set", "as-of=2013-12-01", targets=("recency-means",))
    counts = families(ran)
    check(counts.get("recency-means") == 134, f"a day later {counts}: all 134 means carry the day")
    w.run(targets=("recency-means",))


temporary = tempfile.mkdtemp(prefix="dbuild-pipeline-")
try:
    seed = options.seed
    if not seed:
        seed = Workspace(os.path.join(temporary, "seed")).root
        subprocess.run([program, "--quiet", "raw/flights.csv"], cwd=seed, check=True)
    workspace = Workspace(os.path.join(temporary, "main"), seed)
    first_build(workspace)
    null_build(workspace)
    no_forecast_from_afterwards(workspace)
    same_at_any_width(workspace, temporary)
    corrected_row(workspace)
    next_day(workspace)
    fewer_routes(workspace)
    other_eta(workspace)
    deleted_and_edited(workspace)
    means_change_daily(workspace)
    null_build(workspace, second=False)
    nothing_from_the_future(temporary)
    killed(temporary, workspace)
    if options.kill_hook:
        killed_between_renames(temporary, workspace, os.path.abspath(options.kill_hook))
    check.done()
finally:
    shutil.rmtree(temporary, ignore_errors=True)
