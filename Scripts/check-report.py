"""Builds the airport pipeline's report and checks from outside what it promises.

usage: python3 Scripts/check-report.py DBUILD --seed WORKSPACE

DBUILD is the built program, and in WORKSPACE raw/flights.csv was built: nothing is fetched. To be quick only the routes
with most flights are forecast. Two builds from nothing, with other widths and other environments, must give the same
bytes; the page must need no other file and must say of the forecast what the numbers beside it say; and a report must
also be possible where nothing is to be forecast.
"""
import argparse, base64, csv, html.parser, os, re, shutil, subprocess, tempfile, time
import xml.etree.ElementTree

import check_pipeline_workspace
from check_pipeline_workspace import check

options = argparse.ArgumentParser()
options.add_argument("dbuild")
options.add_argument("--seed", required=True)
options = options.parse_args()
program = os.path.abspath(options.dbuild)
FEW = ("--set", "min-observations=5000", "--set", "origins=2013-10-31,2013-11-30")
SHOWN = ("EWR-ORD", "JFK-LAX", "LGA-ATL")


class Workspace(check_pipeline_workspace.Workspace):
    def forget(self):
        """As if nothing had been built but what the seed has."""
        for name in ("out", ".dbuild/store", ".dbuild/runs", ".dbuild/plans"):
            shutil.rmtree(self.path(name), ignore_errors=True)
        for name in os.listdir(self.path(".dbuild")):
            if name.startswith("state.db"):
                os.remove(self.path(".dbuild", name))
        self.know(options.seed)

    def report(self, *arguments, environment={}):
        started = time.monotonic()
        result = subprocess.run([program, "report", *FEW, *arguments], cwd=self.root, capture_output=True, text=True,
                                env={**os.environ, **environment})
        check(result.returncode == 0, f"dbuild report: exit {result.returncode}\n{result.stderr}\n{result.stdout}")
        return time.monotonic() - started

    def read(self, name):
        with open(self.path("out", "report", name), "rb") as file:
            return file.read()


class Page(html.parser.HTMLParser):
    """What a page refers to, its images, and whether what it opens it also closes."""

    def __init__(self, text):
        super().__init__()
        self.open, self.references, self.images, self.text = [], [], [], ""
        self.feed(text)
        check(not self.open, f"the page leaves {self.open} open")

    def handle_starttag(self, tag, attributes):
        if tag not in ("meta", "img"):
            self.open.append(tag)
        check(tag not in ("script", "link", "iframe"), f"the page has a <{tag}>")
        for name, value in attributes:
            if name in ("src", "href"):
                self.references.append(value)
        if tag == "img":
            check(dict(attributes).get("alt"), "an image has no text")
            self.images.append(dict(attributes)["src"])

    def handle_endtag(self, tag):
        check(self.open and self.open.pop() == tag, f"the page closes <{tag}>, which is not open")

    def handle_data(self, data):
        self.text += data


def same_bytes_twice(w):
    seconds = w.report("-j", "2")
    first = w.files("out", "report")
    w.forget()
    w.report("-j", "1", environment={"TZ": "Asia/Tokyo", "LC_ALL": "de_DE.UTF-8", "GNUTERM": "dumb"})
    second = w.files("out", "report")
    differing = sorted(name for name in first.keys() | second.keys() if first.get(name) != second.get(name))
    check(len(first) > 15 and not differing, f"of {len(first)} files {differing} differ between two builds")
    w.report()
    last = max(w.runs())
    check(w.events(last) and not w.finished(last), f"the third build is no null build: {w.finished(last)}")
    return f"two builds from nothing: {len(first)} files the same in every byte; {seconds:.1f} s for the first"


def needs_no_other_file(w):
    page = Page(w.read("report.html").decode())
    check(page.references and all(text.startswith("data:image/svg+xml;base64,") for text in page.references),
          f"the page refers to {[text[:60] for text in page.references if not text.startswith('data:')]}")
    named = re.findall(r"!\[[^\]]*\]\(([^)]*)\)", w.read("report.md").decode())
    check(len(named) == len(page.images) == 6 + len(SHOWN), f"{len(named)} figures, and {len(page.images)} in the page")
    for name, image in zip(named, page.images):
        svg = base64.b64decode(image.split(",", 1)[1], validate=True)
        check(svg == w.read(name), f"{name} is not what is in the page")
        root = xml.etree.ElementTree.fromstring(svg)
        check(root.tag.endswith("svg") and root.get("viewBox", "").startswith("0 0 800 "), f"{name} is not 800 wide")
        text = "".join(root.itertext())
        check("minutes" in text or "share" in text or "scheduled" in text, f"{name} has no titled axes")
        check(re.search(r"\d+ (of \d+ )?(scheduled )?(flights|that departed)", text), f"{name} does not say of how many")
        check(not re.search(rb"\b20\d\d-\d\d-\d\dT|\b\d\d:\d\d:\d\d\b", svg), f"{name} says when it was made")
    return f"the page needs no other file: {len(page.images)} figures, {len(w.read('report.html'))} bytes"


def says_what_the_numbers_say(w):
    with open(w.path("out", "accuracy.csv"), newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["predictor"] == "forecast" and not row["horizon_day"]]
    text = w.read("report.md").decode()
    for row in rows:
        low, high = float(row["minus_median_low"]), float(row["minus_median_high"])
        words = ("beats the median" if high < 0 else "loses to the median" if low > 0
                 else "does not beat the median by more than noise")
        if row["origin"]:
            said = re.search(rf"As of {row['origin']}: ([^,]*), ", text)
            check(said and said[1] == words, f"of {row['origin']} is said `{said and said[1]}`, not `{words}`")
        else:
            said = re.search(r"- The forecast (.*?) by weekday group and hour( by more than noise)?\.", text)
            check(said and (said[1] + (said[2] or "")).lower() == words,
                  f"of all is said `{said and said[0]}`, not `{words}`")
        check(f"{int(row['flights']):,}" in text, f"the report does not have the {row['flights']} flights")
    check(len(rows) == 3, f"{len(rows)} rows for two days as of which")
    return "the page says of the forecast what the numbers say"


def nothing_to_forecast(w):
    w.report("--set", "as-of=2013-12-31", "--set", "report-routes=JFK-LAX,EWR-XXX")
    page = Page(w.read("report.html").decode())
    check(len(page.images) == 7 and "Not forecast: EWR-XXX." in page.text, f"{len(page.images)} figures")
    return "where no day is left to be forecast, there is a report"


temporary = tempfile.mkdtemp(prefix="dbuild-report-")
try:
    workspace = Workspace(os.path.join(temporary, "report"), options.seed)
    for part in (same_bytes_twice, needs_no_other_file, says_what_the_numbers_say, nothing_to_forecast):
        print(part(workspace), flush=True)
    check.done()
finally:
    shutil.rmtree(temporary, ignore_errors=True)
