"""Makes a slice of the airport pipeline again, as CI would, and compares it with the committed lock.

usage: python3 Scripts/check-lock.py DBUILD --seed WORKSPACE [--write]

DBUILD is the built program, and in WORKSPACE raw/flights.csv was built: the package with the data is taken from there,
not fetched. The slice is what leads to the models and does no floating-point arithmetic that a processor or a library
could round otherwise: observations, routes, features, schedules. --write builds it and writes the lock anew: after a
change of rules or recipes that is meant to change what they make.
"""
import argparse, json, os, shutil, subprocess, tempfile, time

import check_pipeline_workspace

here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
options = argparse.ArgumentParser()
options.add_argument("dbuild")
options.add_argument("--seed", required=True)
options.add_argument("--write", action="store_true")
options = options.parse_args()
program = os.path.abspath(options.dbuild)
lock = os.path.join(here, "Tests", "pipeline.lock")
TARGETS = ["features[route=JFK-LAX]", "features[route=EWR-ORD]", "routes"]
PARAMETERS = ["--set", "min-observations=5000"]
# Where pip finds the pinned package, and nowhere else.
OFFLINE = {
    "PIP_FIND_LINKS": os.path.join(os.path.abspath(options.seed), "raw"), "PIP_INDEX_URL": "file:///nowhere",
    "PIP_EXTRA_INDEX_URL": "", "PIP_CONFIG_FILE": "/dev/null",
}


def run(root, command, *arguments, expect):
    ended = subprocess.run(
        [program, command, "-C", root, *arguments], capture_output=True, text=True, env={**os.environ, **OFFLINE})
    if ended.returncode != expect:
        raise SystemExit(
            f"FAILED  dbuild {command} {' '.join(arguments)}: exit {ended.returncode}, not {expect}\n{ended.stdout}{ended.stderr}")
    return ended.stdout


def verify(root, expect):
    return json.loads(run(root, "verify", "--locked", "--quiet", "--json", expect=expect))


with tempfile.TemporaryDirectory() as root:
    for name in ("rules", "scripts"):
        shutil.copytree(os.path.join(here, name), os.path.join(root, name))
    check_pipeline_workspace.take_compiled_rules(options.seed, root)
    if options.write:
        run(root, "build", *TARGETS, *PARAMETERS, "--quiet", expect=0)
        run(root, "lock", *TARGETS, *PARAMETERS, expect=0)
        shutil.copy(os.path.join(root, "dbuild.lock"), lock)
        raise SystemExit(0)
    shutil.copy(lock, os.path.join(root, "dbuild.lock"))
    start = time.monotonic()
    same = verify(root, 0)
    seconds = time.monotonic() - start
    if not same["isSame"] or same["checked"] < 20:
        raise SystemExit(f"FAILED  {same}")
    if os.path.exists(os.path.join(root, "out")) or os.path.exists(os.path.join(root, ".dbuild", "state.db")):
        raise SystemExit("FAILED  the clone itself was built in")
    # And that it could have failed: another script is another source, which is named.
    with open(os.path.join(root, "scripts", "unpack.py"), "a") as file:
        file.write("# edited\n")
    differs = verify(root, 5)
    causes = [(entry["name"], entry["cause"]) for entry in differs["differences"] if "cause" in entry]
    if causes != [("scripts/unpack.py", "data")] or len(differs["differences"]) != 1:
        raise SystemExit(f"FAILED  {differs}")
    print(f"lock: {same['checked']} artifacts made again as locked, in {seconds:.1f} s")
