"""Runs the airport pipeline on ten mornings and checks which models each of them trains.

usage: python3 Scripts/check-days.py DBUILD --seed WORKSPACE [--models]
       python3 Scripts/check-days.py --expect FLIGHTS [--write]

The mornings are 2013-12-01 to 2013-12-10, 06:00 in New York, each as of the day before, beginning without anything
built. Once a training waits until its newest observation is 24 h old, once until it is 6 h old; both at most 3 days.
What each morning must train is worked out here from the raw flights, without dbuild, and is written down in
check-days.txt; it must say what is worked out. What was trained is read from the events of each run.

DBUILD is the built program, WORKSPACE one in which raw/flights.csv was built. --models builds no more than the models
until the last morning, which forecasts. --expect only compares what FLIGHTS, a flights.csv, gives with check-days.txt;
--write writes it anew.
"""
import argparse, bisect, collections, csv, datetime, itertools, os, subprocess, sys, tempfile

import check_pipeline_workspace

WRITTEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "check-days.txt")
FIRST = datetime.date(2013, 12, 1)
COUNT = 10
SETTLE_HOURS = (24, 6)
LATEST_AFTER = datetime.timedelta(days=3)
MINIMUM_OBSERVATIONS = 500

# Of a route, a list each: the scheduled local dates of its flights that departed, sorted, and the newest departure
# of all up to there.
Observations = collections.namedtuple("Observations", "dates newest")


def fail(message):
    print("FAILED  " + message, flush=True)
    sys.exit(1)


# --- What must be trained, by the raw flights -------------------------------------------------------------------

def read_observations(flights):
    """By route: its observations, from the raw flights."""
    routes = collections.defaultdict(list)
    with open(flights, newline="") as file:
        for row in csv.DictReader(file):
            if row["dep_delay"] == "NA":
                continue
            scheduled = datetime.datetime.strptime(row["time_hour"], "%Y-%m-%dT%H:%M:%SZ")
            minutes = int(row["minute"]) + int(row["dep_delay"])
            date = datetime.date(int(row["year"]), int(row["month"]), int(row["day"]))
            routes[row["origin"] + "-" + row["dest"]].append((date, scheduled + datetime.timedelta(minutes=minutes)))
    for route, rows in routes.items():
        dates, departures = zip(*sorted(rows))
        routes[route] = Observations(dates, list(itertools.accumulate(departures, max)))
    return routes


def mornings(count=COUNT):
    """Each run's instant (UTC), and the last day that counts: in New York, 5 h behind in December, it is 06:00."""
    for offset in range(count):
        day = FIRST + datetime.timedelta(days=offset)
        yield datetime.datetime.combine(day, datetime.time(11)), day - datetime.timedelta(days=1)


def trainings(observations, hours, latest_after, count=COUNT):
    """For each morning, the routes that it trains, and by route how long what it then learns anew was held back."""
    trained = {}  # by route: how many of its observations the model knows
    stale_since = {}
    for now, as_of in mornings(count):
        ran = {}
        for route, seen in observations.items():
            known = bisect.bisect_right(seen.dates, as_of)
            if known < MINIMUM_OBSERVATIONS or trained.get(route) == known:
                continue
            since = stale_since.setdefault(route, now)
            is_held = seen.newest[known - 1] > now - datetime.timedelta(hours=hours)
            is_overdue = latest_after is not None and now >= since + latest_after
            if route in trained and is_held and not is_overdue:
                continue
            trained[route] = known
            ran[route] = now - stale_since.pop(route)
        yield now, ran


def expected(observations):
    """The text of check-days.txt."""
    lines = ["# Which models each morning trains; written by `check-days.py --expect FLIGHTS --write`.",
             "# settle, morning (UTC), how many, which"]
    for hours in SETTLE_HOURS:
        for now, routes in trainings(observations, hours, LATEST_AFTER):
            lines.append(f"{hours} h  {now:%Y-%m-%d %H:%M}  {len(routes):3}  {' '.join(sorted(routes))}".rstrip())
    return "\n".join(lines) + "\n"


def written():
    """What check-days.txt says: by settle hours and instant, the routes."""
    found = {}
    with open(WRITTEN) as file:
        for line in file:
            if line.startswith("#"):
                continue
            hours, _, day, time, count, *routes = line.split()
            if int(count) != len(routes):
                fail(f"check-days.txt: {day} says {count} and lists {len(routes)}")
            found[int(hours), datetime.datetime.fromisoformat(day + " " + time)] = set(routes)
    return found


def starvation(observations):
    """Says what a settle without an end would do, and checks that with one nothing waits longer than that."""
    for hours in SETTLE_HOURS:
        counts = {}
        for latest_after in (None, LATEST_AFTER):
            again = collections.Counter()
            longest = datetime.timedelta()
            for index, (_, routes) in enumerate(trainings(observations, hours, latest_after)):
                if index:
                    again.update(routes.keys())
                    longest = max([longest, *routes.values()])
            counts[latest_after] = (again, longest)
        without, _ = counts[None]
        with_end, longest = counts[LATEST_AFTER]
        routes = {route for _, first in [next(trainings(observations, hours, None))] for route in first}
        # A route that is still waiting on the last morning has not waited for so long either.
        overdue = [route for route in routes if must_have_trained(observations[route].dates) and not with_end[route]]
        if overdue or longest > LATEST_AFTER:
            fail(f"settle {hours} h: {overdue[:5]} starve, the longest wait is {longest}")
        print(f"settle {hours} h: {len(routes) - len(without)} of {len(routes)} routes are not trained again in nine "
              f"mornings; at the latest after {LATEST_AFTER.days} days it is {len(routes) - len(with_end)}, and the "
              f"longest wait {longest.days} days", flush=True)


def must_have_trained(dates):
    """Whether a route has new observations early enough that a wait for them must be over."""
    (_, first), *_, (_, last) = mornings(COUNT - LATEST_AFTER.days)
    return any(first < date <= last for date in dates)


# --- What was trained ------------------------------------------------------------------------------------------

class Workspace(check_pipeline_workspace.Workspace):
    def morning(self, program, now, hours, target):
        """One run; the routes whose training finished, all that finished, and its last words."""
        before = self.runs()
        arguments = ["--now", f"{now:%Y-%m-%dT%H:%M:%SZ}", "--set", "as-of=yesterday", "--min-age-hours", str(hours)]
        result = subprocess.run([program, "-j", "8", *arguments, target], cwd=self.root, capture_output=True,
                                text=True)
        if result.returncode != 0:
            fail(f"{now}: exit {result.returncode}\n{result.stderr}")
        (run,) = self.runs() - before
        finished = self.finished(run)
        prefix, suffix = "train[route=", "]"
        trained = {action[len(prefix):-len(suffix)] for action in finished if action.startswith(prefix)}
        return trained, finished, result.stderr.splitlines()[-1]


def replay(program, seed, only_models):
    expectations = written()
    *_, (last, _) = mornings()
    for hours in SETTLE_HOURS:
        with tempfile.TemporaryDirectory(prefix="dbuild-days-") as temporary:
            workspace = Workspace(os.path.join(temporary, "workspace"), seed)
            for now, as_of in mornings():
                expectation = expectations[hours, now]
                forecasts = now == last or not only_models
                trained, finished, summary = workspace.morning(
                    program, now, hours, "forecasts" if forecasts else "train")
                if trained != expectation:
                    fail(f"settle {hours} h, {now}: {len(trained)} trained, not {len(expectation)}; too many: "
                         f"{sorted(trained - expectation)[:5]}; too few: {sorted(expectation - trained)[:5]}")
                fourteenth = as_of + datetime.timedelta(days=14)
                if forecasts and not any(action.endswith(f",day={fourteenth}]") for action in finished):
                    fail(f"settle {hours} h, {now}: nothing was forecast for {fourteenth}")
                print(f"settle {hours:2} h, {now:%m-%d %H:%M}Z: {len(trained):3} trained as written down | {summary}",
                      flush=True)


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("dbuild", nargs="?")
    options.add_argument("--seed")
    options.add_argument("--models", action="store_true")
    options.add_argument("--expect")
    options.add_argument("--write", action="store_true")
    options = options.parse_args()
    if not options.expect and not (options.dbuild and options.seed):
        sys.exit(__doc__)
    observations = read_observations(options.expect or os.path.join(options.seed, "raw", "flights.csv"))
    text = expected(observations)
    if options.write:
        with open(WRITTEN, "w") as file:
            file.write(text)
    with open(WRITTEN) as file:
        if file.read() != text:
            fail("check-days.txt is not what the flights give")
    starvation(observations)
    sets = written()
    if all(sets[SETTLE_HOURS[0], now] == sets[SETTLE_HOURS[1], now] for now, _ in mornings()):
        fail("both settings train the same")
    if not options.expect:
        replay(os.path.abspath(options.dbuild), options.seed, options.models)
