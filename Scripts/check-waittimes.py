"""Runs Examples/waittimes from outside: its numbers against a computation of its own, and what runs again, and what not.

usage: python3 Scripts/check-waittimes.py DBUILD [--data FOLDER] [--long]

FOLDER holds the waits of ten attractions (entities.csv, calendar.csv.gz, facts/); else DBUILD_WAITTIMES names it. Without
it this says so, and checks nothing. The short form takes three attractions, --long all. Nothing of what dbuild does
is used to work out what must be there: standard library only, from the raw files.
"""
import argparse, bisect, collections, csv, datetime, gzip, json, math, os, shutil, sys, tempfile

from check_examples_workspace import Checks, Workspace, families

parser = argparse.ArgumentParser(usage="check-waittimes.py DBUILD [--data FOLDER] [--long]")
parser.add_argument("dbuild")
parser.add_argument("--data", default=os.environ.get("DBUILD_WAITTIMES"))
parser.add_argument("--long", action="store_true", default=os.environ.get("DBUILD_LONG") == "1")
options = parser.parse_args()
if not options.data or not os.path.isfile(os.path.join(options.data, "calendar.csv.gz")):
    print("waits in parks: skipped, no data: --data or DBUILD_WAITTIMES names no folder with calendar.csv.gz", flush=True)
    sys.exit(0)
program = os.path.abspath(options.dbuild)
folder = os.path.realpath(options.data)
kept = os.path.join(os.path.dirname(os.path.realpath(program)), "check-examples.rules", "waittimes")
check = Checks()

AS_OF = datetime.date(2019, 11, 30)
HORIZON, PAST = (14, 7) if options.long else (5, 3)
SEASONS = ["SPRING", "SUMMER BREAK", "WINTER", "FALL", "SEPTEMBER LOW", "EASTER", "CHRISTMAS", "THANKSGIVING",
           "PRESIDENTS WEEK", "JERSEY WEEK", "MARTIN LUTHER KING JUNIOR DAY", "CHRISTMAS PEAK", "HALLOWEEN",
           "JULY 4TH", "MEMORIAL DAY", "COLUMBUS DAY", "MARDI GRAS"]
PARKS = {"Magic Kingdom": "MK", "Epcot": "EP", "Disney's Hollywood Studios": "HS", "Disney's Animal Kingdom": "AK"}
DAY = datetime.timedelta(days=1)


# --- What must be there, by the raw files -----------------------------------------------------------------------

# By park day and time. `minute` is since 06:00, `hour` the clock's.
Wait = collections.namedtuple("Wait", "day minute hour group actual posted")


def read_csv(path):
    with (gzip.open(path, "rt", newline="") if path.endswith(".gz") else open(path, newline="")) as file:
        return list(csv.DictReader(file))


calendar = {datetime.date.fromisoformat(row["date"]): row for row in read_csv(os.path.join(folder, "calendar.csv.gz"))}
entities = {row["code"]: row for row in read_csv(os.path.join(folder, "entities.csv"))}
codes = list(entities) if options.long else ["AK86", "AK85", "HS103"]


def park(code):
    return PARKS[entities[code]["park"]]


def group(day):
    return SEASONS.index(calendar[day]["season"]) * 2 + (day.weekday() >= 5)


def facts(code):
    return os.path.join("facts", entities[code]["dataset_name"] + ".csv.gz")


def park_time(moment):
    """Park day, minutes since its 06:00, and the clock's hour."""
    day = (moment - datetime.timedelta(hours=6)).date()
    return day, int((moment - datetime.datetime.combine(day, datetime.time(6))).total_seconds()) // 60, moment.hour


def clean(code):
    """The waits that are known by the end of AS_OF, and the counts of what is wrong with the rows."""
    counts = collections.Counter(dict.fromkeys(
        ["rows", "neither", "implausible", "actual", "posted", "late", "past_midnight"], 0))
    waits = []
    for row in read_csv(os.path.join(folder, facts(code))):
        moment = datetime.datetime.fromisoformat(row["wait_datetime"])
        filed = datetime.date.fromisoformat(row["park_date"])
        day, minute, hour = park_time(moment)
        if filed > AS_OF or day > AS_OF:
            continue
        counts["rows"] += 1
        measured = {}
        for measure in ("actual", "posted"):
            text = row["wait_minutes_" + measure]
            if text and 0 <= int(text) <= 1000:
                measured[measure] = int(text)
                counts[measure] += 1
            elif text:
                counts["implausible"] += 1
        if not row["wait_minutes_actual"] and not row["wait_minutes_posted"]:
            counts["neither"] += 1
        if not measured:
            continue
        counts["late"] += day < filed
        counts["past_midnight"] += moment.date() > day
        waits.append(Wait(day, minute, hour, group(day), measured.get("actual"), measured.get("posted")))
    waits.sort(key=lambda wait: (wait.day, wait.minute))
    return waits, {name: str(count) for name, count in counts.items()}


def weighted_median(pairs):
    """Where half of the weight lies."""
    pairs = sorted(pairs)
    half, below = math.fsum(weight for _, weight in pairs) / 2, 0.0
    for index, (value, weight) in enumerate(pairs):
        below += weight
        if abs(below - half) < 1e-9 * half and index + 1 < len(pairs):
            return (value + pairs[index + 1][0]) / 2
        if below > half:
            return value
    return pairs[-1][0]


class Levels:
    """Weighted medians by keys, the finest first; a group with fewer rows than `least` gives way to the next level."""

    def __init__(self, keys, waits, measure, as_of=None, least=1):
        self.keys, self.levels = keys, []
        for number, names in enumerate(keys):
            groups = collections.defaultdict(list)
            for wait in waits:
                value = getattr(wait, measure)
                if value is not None:
                    age = (as_of - wait.day).days if as_of else 0
                    groups[tuple(getattr(wait, name) for name in names)].append((value, 1 / (1 + age / 365)))
            is_last = number == len(keys) - 1
            self.levels.append({key: (weighted_median(rows), len(rows)) for key, rows in groups.items()
                                if is_last or len(rows) >= least})

    def __call__(self, **key):
        for names, level in zip(self.keys, self.levels):
            found = level.get(tuple(key[name] for name in names))
            if found:
                return found[0]


AGGREGATES = [("group", "hour"), ("group",), ("hour",), ()]
MEDIANS = [("group", "hour"), ("hour",), ()]


def slots(code, day):
    """Minutes since 06:00, every five of them from opening to closing."""
    row, prefix = calendar[day], park(code).lower()
    return range(int(row[prefix + "open"]) // 60 - 360, int(row[prefix + "close"]) // 60 - 360 + 1, 5)


def clock(minute):
    return f"{(minute // 60 + 6) % 24:02}:{minute % 60:02}"


def whole(minutes):
    return math.floor(max(0, minutes) + 0.5)


def nearest_posted(waits, day, minute):
    """What the sign said nearest in time on that day, of two as near the earlier."""
    signs = [(abs(wait.minute - minute), wait.minute, place, wait.posted)
             for place, wait in enumerate(waits) if wait.day == day and wait.posted is not None]
    return min(signs)[3] if signs else None


def errors(waits):
    """On the last 15 % of the days with actual waits: the mean absolute errors of what needs no model."""
    known = [wait for wait in waits if wait.actual is not None]
    days = sorted({wait.day for wait in known})
    train_end, test_start = days[int(len(days) * 0.7)], days[int(len(days) * (0.7 + 0.15))]
    medians = Levels(MEDIANS, [wait for wait in known if wait.day < train_end], "actual", least=10)
    last = test_start - DAY
    aggregates = Levels(AGGREGATES, [wait for wait in waits if wait.day <= last], "posted", as_of=last)
    by_day = collections.defaultdict(list)
    for wait in waits:
        by_day[wait.day].append(wait)
    sums, count = collections.Counter(), 0
    for wait in known:
        if wait.day < test_start:
            continue
        expected = aggregates(group=wait.group, hour=wait.hour)
        sign = nearest_posted(by_day[wait.day], wait.day, wait.minute)
        count += 1
        sums["median"] += abs(medians(group=wait.group, hour=wait.hour) - wait.actual)
        sums["aggregate"] += abs(expected - wait.actual)
        sums["sign"] += abs((expected if sign is None else sign) - wait.actual)
    return str(test_start), count, {name: total / count for name, total in sums.items()}


# --- What dbuild has made ---------------------------------------------------------------------------------------

def table(workspace, name):
    return read_csv(workspace.path("out", name))


def curve(workspace, kind, code, day):
    return table(workspace, f"curves/{kind}/{code}_{day}.csv")


def forecast_days():
    return [AS_OF + DAY * (number + 1) for number in range(HORIZON)]


def past_days():
    return [AS_OF - DAY * number for number in reversed(range(PAST))]


def first_build(workspace):
    started = datetime.datetime.now()
    ran, _ = workspace.build("-j", "2")
    seconds = (datetime.datetime.now() - started).total_seconds()
    cpu = sum(event["cpuSeconds"] for event in workspace.events() if event["event"] == "finish")
    parks, count = len({park(code) for code in codes}), len(codes)
    each = ["observations", "features", "with_posted", "without_posted", "medians", "aggregates", "accuracy"]
    wanted = {
        **dict.fromkeys(each, count), **dict.fromkeys(
            ["calendar", "dirt", "observed", "aggregates-csv", "index-csv", "accuracy-csv"], 1),
        "slots": parks, "forecast": count * HORIZON, "curve": count * HORIZON, "backfill": count * PAST,
        "index": parks * (HORIZON + PAST)}
    check(families(ran) == dict(sorted(wanted.items())), f"the first build ran {families(ran)}, not {wanted}")
    check(cpu < 120, f"the first build took {cpu:.0f} s of cpu")
    print(f"waits of {count} attractions, {HORIZON} days ahead: {len(ran)} actions, {seconds:.1f} s, "
          f"{cpu:.1f} s of cpu", flush=True)
    check(not workspace.build()[0], "a second build ran something")
    check(not workspace.build("--now", "2020-06-01T12:00Z")[0], "another day's clock ran something")


def cleaned(workspace, counts):
    for row in table(workspace, "dirt.csv"):
        code = row.pop("entity_code")
        check(row == counts[code], f"{code} has {row}, not {counts[code]}")
    check(len(table(workspace, "dirt.csv")) == len(codes), "not every attraction is counted")
    total = {name: sum(int(row[name]) for row in counts.values()) for name in next(iter(counts.values()))}
    print("cleaned: " + ", ".join(f"{count:,} {name}" for name, count in total.items()), flush=True)


def aggregated(workspace, code, levels):
    wanted = {}
    for number, (names, level) in enumerate(zip(AGGREGATES, levels.levels)):
        for key, (value, rows) in level.items():
            key = dict(zip(names, key))
            wanted[str(number), str(key.get("group", "")), str(key.get("hour", ""))] = value, rows
    found = {(row["level"], row["date_group"], row["hour"]): (float(row["median"]), int(row["rows"]))
             for row in table(workspace, "aggregates.csv") if row["entity_code"] == code}
    check(found == wanted, f"the aggregates of {code}: {sorted(set(found.items()) ^ set(wanted.items()))[:4]}")
    return len(wanted)


def forecast(workspace, code, waits, levels):
    """Every slot and every posted wait; actual ones where the medians make them."""
    by = next(row["forecast_by"] for row in table(workspace, "accuracy.csv") if row["entity_code"] == code)
    medians = Levels(MEDIANS, waits, "actual", least=10)
    for day in forecast_days():
        rows = curve(workspace, "forecast", code, day)
        keys = [dict(group=group(day), hour=(minute // 60 + 6) % 24) for minute in slots(code, day)]
        check([(row["entity_code"], row["park_date"], row["time_slot"]) for row in rows]
              == [(code, str(day), clock(minute)) for minute in slots(code, day)], f"the slots of {code} on {day}")
        check([int(row["posted_predicted"]) for row in rows] == [whole(levels(**key) / 5) * 5 for key in keys],
              f"the posted waits of {code} on {day}")
        actual = [int(row["actual_predicted"]) for row in rows]
        check(by == "model" or actual == [whole(medians(**key)) for key in keys], f"the waits of {code} on {day}")
        check(all(0 <= wait <= 1000 for wait in actual) and len(set(actual)) > 3, f"{code} on {day}: {actual}")
    return by


def filled(workspace, code, waits):
    """The slots of past days, and what was measured in them."""
    observed = 0
    for day in past_days():
        measured = collections.defaultdict(list)
        for wait in waits:
            if wait.day == day and wait.actual is not None:
                measured[wait.minute // 5].append(wait.actual)
        was_open = any(wait.day == day for wait in waits)
        rows = curve(workspace, "backfill", code, day)
        check([row["time_slot"] for row in rows] == [clock(minute) for minute in slots(code, day) if was_open],
              f"the filled slots of {code} on {day}")
        for minute, row in zip(slots(code, day), rows):
            values = measured.get(minute // 5)
            check(row["source"] == ("observed" if values else "imputed"), f"{code} on {day}: {row}")
            if values:
                observed += 1
                check(int(row["actual"]) == whole(sum(values) / len(values)), f"{code} on {day}: {row}, not {values}")
    return observed


def indexed(workspace):
    """Of every park, day and slot: how many curves there are, and their mean, least and largest wait."""
    wanted = {}
    for kind, column, days in (("backfill", "actual", past_days()), ("forecast", "actual_predicted", forecast_days())):
        for day in days:
            slot_waits = collections.defaultdict(list)
            for code in codes:
                for row in curve(workspace, kind, code, day):
                    slot_waits[park(code), str(day), row["time_slot"]].append(int(row[column]))
            for key, waits in slot_waits.items():
                wanted[key] = len(waits), round(sum(waits) / len(waits), 9), min(waits), max(waits)
    found = {(row["park_code"], row["park_date"], row["time_slot"]):
             (int(row["n_entities"]), round(float(row["wti"]), 9), int(row["min_actual"]), int(row["max_actual"]))
             for row in table(workspace, "index.csv")}
    check(found == wanted, f"the index: {sorted(set(found.items()) ^ set(wanted.items()))[:4]}")
    check(any(value[0] > 1 for value in wanted.values()), "no slot of the index is of more than one attraction")
    return len(wanted)


def compared(workspace, waits):
    """What needs no model is worked out here; what the models lose is printed, whichever is better."""
    rows = {row["entity_code"]: row for row in table(workspace, "accuracy.csv")}
    total, count = collections.Counter(), 0
    names = ["with_posted", "without_posted", "median", "aggregate", "sign"]
    print(f"{'':6} {'waits':>6} " + " ".join(f"{name:>15}" for name in names) + "  mean absolute error, minutes")
    for code in codes:
        row = rows[code]
        first, tested, wanted = errors(waits[code])
        check((row["tested_from"], int(row["rows"])) == (first, tested), f"the test of {code}: {row}, {first}, {tested}")
        for name, value in wanted.items():
            check(abs(float(row[name]) - value) < 1e-5, f"{code}, {name}: {row[name]}, not {value}")
        print(f"{code:6} {tested:6} " + " ".join(f"{float(row[name]):15.2f}" for name in names)
              + f"  forecast by {row['forecast_by']}")
        is_better = float(row["without_posted"]) < float(row["median"])
        check(row["forecast_by"] == ("model" if is_better else "median"), f"{code} is forecast by the worse one: {row}")
        for name in names:
            total[name] += float(row[name]) * tested
        count += tested
    print(f"{'all':6} {count:6} " + " ".join(f"{total[name] / count:15.2f}" for name in names), flush=True)
    check(total["with_posted"] < total["sign"], "the sign alone is better than the model that is told it")


def happened(workspace, waits):
    """Prints how far the curves were off on the days that came, which dbuild was not shown."""
    sums, count = collections.Counter(), 0
    for code in codes:
        medians = Levels(MEDIANS, waits[code], "actual", least=10)
        curves = {(day, minute): row for day in forecast_days()
                  for minute, row in zip(slots(code, day), curve(workspace, "forecast", code, day))}
        for row in read_csv(os.path.join(folder, facts(code))):
            if not row["wait_minutes_actual"] or not 0 <= int(row["wait_minutes_actual"]) <= 1000:
                continue
            day, minute, hour = park_time(datetime.datetime.fromisoformat(row["wait_datetime"]))
            expected = curves.get((day, minute // 5 * 5))
            if expected:
                actual = int(row["wait_minutes_actual"])
                count += 1
                sums["curve"] += abs(int(expected["actual_predicted"]) - actual)
                sums["median"] += abs(medians(group=group(day), hour=hour) - actual)
                sums["posted"] += abs(int(expected["posted_predicted"]) - actual)
    print(f"the {HORIZON} days that came, {count} waits: off by {sums['curve'] / count:.2f} minutes (curves), "
          f"{sums['median'] / count:.2f} (medians), {sums['posted'] / count:.2f} (predicted signs)", flush=True)


def same_bytes(workspace, temporary):
    reference = workspace.files("out")
    for jobs in ("1", "8"):
        other = make(os.path.join(temporary, "jobs" + jobs))
        other.build("-j", jobs)
        found = other.files("out")
        differing = sorted(name for name in reference | found if reference.get(name) != found.get(name))
        check(not differing, f"-j {jobs} gave other bytes: {differing[:5]}")
        shutil.rmtree(other.root)
    print(f"-j 1 and -j 8: {len(reference)} files, the same bytes", flush=True)


# --- What runs again --------------------------------------------------------------------------------------------

class Facts:
    """A copy of the data, whose rows can be taken away and added to."""

    def __init__(self, workspace, code):
        self.place = workspace.path("data", facts(code))
        with gzip.open(os.path.join(folder, facts(code)), "rt") as file:
            self.lines = file.readlines()

    def write(self, keep=lambda line: True, more=()):
        text = "".join([self.lines[0], *(line for line in self.lines[1:] if keep(line)), *more])
        with open(self.place, "wb") as file:
            file.write(gzip.compress(text.encode(), 1, mtime=0))


def expect(what, ran, certain, possible=()):
    """All of `certain` ran, and nothing but these and `possible`."""
    missing = [action for action in certain if action not in ran]
    others = [action for action in ran if action not in certain and action not in possible]
    check(not missing and not others, f"{what}: {missing[:5]} did not run, {others[:5]} did")


def cells(code, *rules):
    return {f"{rule}[attraction={code}]" for rule in rules}


def copy_data(workspace):
    """The data in the workspace itself, instead of a link to them."""
    os.remove(workspace.path("data"))
    os.makedirs(workspace.path("data", "facts"))
    for name in ("entities.csv", "calendar.csv.gz", *(facts(code) for code in codes)):
        shutil.copy(os.path.join(folder, name), workspace.path("data", name))


def in_another_place(workspace):
    copy_data(workspace)
    check(not workspace.build()[0], "the same data in another place ran something")


def a_new_day(workspace, code, reference):
    """The last day's rows of one attraction come; then everything is as if it had been built with them."""
    copy_data(workspace)
    rows = Facts(workspace, code)
    rows.write(keep=lambda line: line[:10] < str(AS_OF))
    workspace.build()
    before = workspace.files("out")
    rows.write()
    ran, _ = workspace.build("-j", "8")
    check(workspace.files("out") == reference, "the day's rows give other files than a build from nothing")
    changed = {name for name, digest in reference.items() if before.get(name) != digest}
    certain = cells(code, "observations", "features", "with_posted", "without_posted", "medians", "aggregates",
                    "accuracy") | {"dirt", "observed", "aggregates-csv", "accuracy-csv"}
    coming, past = [str(day) for day in forecast_days()], [str(day) for day in past_days()]
    certain |= {f"forecast[attraction={code},day={day}]" for day in coming}
    certain |= {f"backfill[attraction={code},day={day}]" for day in past}
    curves = {f"curve[attraction={code},day={day}]" for day in coming}
    index = {f"index[park={park(code)},day={day}]" for day in coming + past}
    expect(f"a day's rows of {code}", ran, certain, curves | index | {"index-csv"})
    others = [name for name in changed if name.startswith(("out/curves/", "out/models/")) and code not in name]
    check(not others, f"rows of {code} changed {others[:5]}")
    days = {name.split("_")[1][:10] for name in changed if name.startswith("out/curves/")}
    check({action.split("day=")[1][:10] for action in ran if action.startswith("index[")} == days,
          f"curves of {sorted(days)} changed, and other indices ran")
    print(f"a day's rows of {code}: {len(ran)} actions, {families(ran)}", flush=True)


def quiet_period(workspace, code):
    """The newest wait is of the evening: with 24 h no model is trained in the morning, and it is a day later."""
    rows = Facts(workspace, code)
    rows.write(more=[f"{AS_OF},{AS_OF} 12:00:00,37,\n"])
    ran, said = workspace.build("--min-age-hours", "24", "--now", "2019-12-01T11:00Z")
    check(not {"with_posted", "without_posted"} & set(families(ran)), f"trained in spite of 24 h: {families(ran)}")
    # Winter time, 5 h behind UTC, and the 24 h.
    until = newest_actual(code) + datetime.timedelta(hours=5 + 24)
    for rule in ("with_posted", "without_posted"):
        check(f"{rule} until {until.isoformat()}Z" in said, f"nobody says that {code} waits until {until}\n{said}")
    check("aggregates" in families(ran), "what does not wait did not run")
    ran, _ = workspace.build("--min-age-hours", "24", "--now", "2019-12-02T12:00Z")
    check(cells(code, "with_posted", "without_posted") <= ran, f"24 h later {families(ran)}")


def newest_actual(code):
    """When the newest actual wait was measured that is known by the end of AS_OF."""
    return max(datetime.datetime.fromisoformat(row["wait_datetime"])
               for row in read_csv(os.path.join(folder, facts(code)))
               if row["wait_minutes_actual"] and row["park_date"] <= str(AS_OF)
               and 0 <= int(row["wait_minutes_actual"]) <= 1000)


def kept_models(workspace, code):
    rows = Facts(workspace, code)
    rows.write(more=[f"{AS_OF},{AS_OF} 12:00:00,38,\n"])
    keep = "with_posted,without_posted"
    ran, said = workspace.build("--retrain-if-exists", f"false={keep}")
    check(not {"with_posted", "without_posted"} & set(families(ran)) and "kept" in said, f"kept models ran: {ran}\n{said}")
    ran, _ = workspace.build()
    check(cells(code, "with_posted", "without_posted") <= ran, f"kept no more: {families(ran)}")


def rows_that_come_late(workspace, code):
    rows = Facts(workspace, code)
    before = workspace.files("out")
    # Measured before, filed later than AS_OF: not known yet.
    rows.write(more=[f"{AS_OF + DAY * 40},2019-11-20 12:00:00,33,\n"])
    ran, _ = workspace.build()
    expect("a row of later", ran, cells(code, "observations"))
    check(workspace.files("out") == before, "a row that is not known yet changed a file")
    rows.write(more=[f"{AS_OF},2019-11-20 12:00:00,33333,\n"])
    ran, _ = workspace.build()
    expect("an implausible wait", ran, cells(code, "observations") | {"dirt", "observed"})
    counted = next(row for row in table(workspace, "dirt.csv") if row["entity_code"] == code)
    rows.write(more=[f"{AS_OF},2019-11-20 12:00:00,33,\n"])
    ran, _ = workspace.build()
    late = next(row for row in table(workspace, "dirt.csv") if row["entity_code"] == code)
    check(int(late["late"]) == int(counted["late"]) + 1 and int(late["implausible"]) == int(counted["implausible"]) - 1,
          f"{counted}, then {late}")
    check(families(ran).get("without_posted") == 1, f"a row that came late trained nothing: {families(ran)}")
    rows.write()
    workspace.build()
    check(workspace.files("out") == before, "without the row the files are not as before")


def a_longer_horizon(workspace):
    parks = {park(code) for code in codes}
    day = AS_OF + DAY * (HORIZON + 1)
    ran, _ = workspace.build("--set", f"horizon-days={HORIZON + 1}")
    wanted = {f"{rule}[attraction={code},day={day}]" for rule in ("forecast", "curve") for code in codes}
    expect("a day more", ran, wanted | {f"index[park={one},day={day}]" for one in parks} | {"index-csv"})
    workspace.build()


def too_few(workspace):
    """With too few waits a model is their mean; and what nobody has observed is not forecast."""
    def kind(code):
        with open(workspace.path("out", "models", code, "without_posted.json")) as file:
            return json.load(file)["kind"]
    check({kind(code) for code in codes} == {"trees"}, "not every model has trees")
    workspace.build("--set", "min-observations=1000000", "without_posted")
    check({kind(code) for code in codes} == {"mean"}, "there are trees of too few waits")
    workspace.build("--set", "as-of=2018-06-29")
    check("HS103" not in [row["entity_code"] for row in table(workspace, "observed.csv")],
          "HS103 is observed before it opened")
    workspace.build("--set", "as-of=2018-07-02")
    check("HS103" in [row["entity_code"] for row in table(workspace, "observed.csv")], "HS103 is not observed")
    rows = curve(workspace, "forecast", "HS103", "2018-07-05")
    check(len(rows) > 100 and kind("HS103") == "mean", f"{len(rows)} slots two days after the opening")
    said = workspace.dbuild("--set", "as-of=2019-12-30", expect=1)
    check("is not in calendar.csv.gz" in said, f"beyond the calendar\n{said}")
    said = workspace.dbuild("--set", "attractions=AK86,XX1", expect=2)
    check("no attraction `XX1`" in said, f"an attraction that is not listed\n{said}")


def make(root):
    workspace = Workspace(program, "waittimes", root, kept)
    os.symlink(folder, workspace.path("data"))
    selected = "all" if options.long else ",".join(codes)
    workspace.write("params.json", json.dumps(
        {"attractions": selected, "horizon-days": HORIZON, "backfill-days": PAST, "as-of": str(AS_OF)}))
    return workspace


with tempfile.TemporaryDirectory() as temporary:
    known = {code: clean(code) for code in codes}
    waits = {code: known[code][0] for code in codes}
    workspace = make(os.path.join(temporary, "waits"))
    first_build(workspace)
    # What was kept may have been of rules as they were: so that the other workspaces need not compile them again.
    shutil.rmtree(kept)
    shutil.copytree(workspace.path(".dbuild", "rules"), kept)
    cleaned(workspace, {code: known[code][1] for code in codes})
    groups = observed = 0
    sources = collections.Counter()
    for code in codes:
        levels = Levels(AGGREGATES, waits[code], "posted", as_of=AS_OF)
        groups += aggregated(workspace, code, levels)
        sources[forecast(workspace, code, waits[code], levels)] += 1
        observed += filled(workspace, code, waits[code])
    print(f"aggregates: {groups} groups; curves: {len(codes) * HORIZON}, of attractions by {dict(sources)}; "
          f"{observed} slots observed; index: {indexed(workspace)} rows", flush=True)
    compared(workspace, waits)
    happened(workspace, waits)
    reference = workspace.files("out")
    same_bytes(workspace, temporary)
    in_another_place(workspace)
    again = make(os.path.join(temporary, "again"))
    a_new_day(again, "AK86", reference)
    quiet_period(again, "AK86")
    kept_models(again, "AK86")
    shutil.rmtree(again.root)
    rows_that_come_late(workspace, "AK86")
    a_longer_horizon(workspace)
    too_few(workspace)
print(f"waits in parks: {check.passed} checks passed, {check.failed} failed", flush=True)
sys.exit(1 if check.failed else 0)
