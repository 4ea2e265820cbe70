"""Runs Examples/python from outside: what trains again, and what does not.

usage: python3 Scripts/check-examples.py DBUILD [--cache DIRECTORY]

The cache holds two virtual environments with different versions of scikit-learn, installed at the first time. Where
they cannot be had it says so, and checks nothing.
"""
import argparse, os, re, shutil, subprocess, sys, tempfile

from check_examples_workspace import Checks, Workspace, environment, families

parser = argparse.ArgumentParser(usage="check-examples.py DBUILD [--cache DIRECTORY]")
parser.add_argument("dbuild")
parser.add_argument("--cache", default=os.path.expanduser("~/.cache/dbuild/examples"))
options = parser.parse_args()
program = os.path.abspath(options.dbuild)
kept = os.path.join(os.path.dirname(os.path.realpath(program)), "check-examples.rules", "python")
check = Checks()
everything = {"rows": 1, "train": 4, "score": 4, "report": 1}


def libraries(version):
    return [f"scikit-learn=={version}", "numpy==2.4.6", "scipy==1.17.1", "joblib==1.6.0"]


def use(workspace, python):
    if os.path.islink(workspace.path(".venv")):
        os.remove(workspace.path(".venv"))
    if python:
        os.symlink(python, workspace.path(".venv"))


def expect(what, workspace, wanted, *arguments):
    """Builds, and compares how many actions of each rule ran."""
    ran, said = workspace.build("-j", "2", *arguments)
    check(families(ran) == dict(sorted(wanted.items())), f"{what} ran {families(ran)}, not {wanted}\n{said}")
    return said


def first_build(workspace):
    expect("the first build", workspace, everything)
    errors = [float(error) for error in re.findall(r"([0-9.]+) \|$", workspace.read("out/report.md"), re.M)]
    check(len(errors) == 2 and all(40 < error < 55 for error in errors), workspace.read("out/report.md"))
    programs = {line for kind in ("ridge", "forest") for fold in (1, 2)
                for line in workspace.dbuild("log", f"score[kind={kind},fold={fold}]").splitlines()
                if line.startswith("scored by process")}
    check(1 <= len(programs) <= 2, f"4 models were scored by {len(programs)} programs")
    leftovers = [name for name in workspace.files("diabetes") | workspace.files("steps") if not name.endswith(".py")]
    check(not leftovers, f"left among the sources: {leftovers}")
    expect("a null build", workspace, {})


def what_concerns_nobody(workspace):
    workspace.write("README.md", "Nothing here is read.\n")
    workspace.write("diabetes/notes.txt", "Nor here.\n")
    expect("a file that no step reads", workspace, {})


def modules(workspace):
    before = workspace.files("out")
    workspace.replace("diabetes/folds.py", "Rows, and which", "Rows and which")
    said = expect("a comment in an imported module", workspace, {"train": 4, "score": 4})
    check("`diabetes/folds.py` changed" in said, said)
    check(workspace.files("out") == before, "a comment gave other bytes")
    workspace.replace("diabetes/models.py", "min_samples_leaf=5", "min_samples_leaf=9")
    expect("a change in an imported module", workspace, {"train": 4, "score": 4, "report": 1})
    check(workspace.files("out")["out/models/forest/1.joblib"] != before["out/models/forest/1.joblib"],
          "other forests have the same bytes")
    workspace.replace("steps/report.py", "mean absolute error |", "error |")
    expect("a script", workspace, {"report": 1})
    expect("a parameter of forests", workspace, {"train": 2, "score": 2, "report": 1}, "--set", "trees=20")


def bytecode(workspace):
    """Python believes bytecode by the size and the whole seconds of its source: no step may."""
    workspace.build("-j", "2")
    path = workspace.path("diabetes", "models.py")
    subprocess.run([workspace.path(".venv", "bin", "python"), "-m", "compileall", "-q", "diabetes"], cwd=workspace.root,
                   check=True)
    check(os.path.isdir(workspace.path("diabetes", "__pycache__")), "there is no bytecode to be misled by")
    before, stamp = workspace.files("out"), os.stat(path)
    workspace.replace("diabetes/models.py", "min_samples_leaf=9", "min_samples_leaf=2")
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    expect("a change of the same size at the same second", workspace, {"train": 4, "score": 4, "report": 1})
    after = workspace.files("out")
    check(before["out/models/forest/1.joblib"] != after["out/models/forest/1.joblib"], "old bytecode was run")
    shutil.rmtree(workspace.path("diabetes", "__pycache__"))


def undeclared(workspace):
    workspace.write("steps/extra.py", "value = 1\n")
    text = workspace.read("steps/train.py")
    workspace.write("steps/train.py", text.replace("import joblib", "import extra\nimport joblib"))
    _, said = workspace.build("-j", "2", expect=1)
    check("No module named 'extra'" in said, said)
    os.remove(workspace.path("steps", "extra.py"))
    workspace.write("steps/train.py", text)
    expect("the script as before", workspace, {})


def other_library(workspace, first, second):
    use(workspace, second)
    said = workspace.dbuild("--explain", "train")
    check("never" not in said, said)
    said = expect("another scikit-learn", workspace, everything)
    check(re.search(r"prints\s+changed", said), said)
    use(workspace, first)
    before = workspace.files("out")
    expect("the first scikit-learn again", workspace, {})
    check(len(workspace.files("out")) == len(before), "files are missing")
    use(workspace, None)
    said = workspace.dbuild("--progress", "plain", expect=1)
    check("no program `.venv/bin/python`" in said, said)
    use(workspace, first)
    expect("with its environment again", workspace, {})


first = environment(options.cache, "scikit-learn-1.9.1", *libraries("1.9.1"))
second = first and environment(options.cache, "scikit-learn-1.9.0", *libraries("1.9.0"))
if not second:
    print("Examples/python: skipped, scikit-learn is not to be had here")
    sys.exit(0)
temporary = tempfile.mkdtemp(prefix="dbuild-examples-")
try:
    workspace = Workspace(program, "python", os.path.join(temporary, "python"), kept)
    use(workspace, first)
    first_build(workspace)
    other = Workspace(program, "python", os.path.join(temporary, "again"), kept)
    use(other, first)
    other.build("-j", "1")
    check(other.files("out") == workspace.files("out"), "a second workspace, with -j 1, has other bytes")
    what_concerns_nobody(workspace)
    modules(workspace)
    bytecode(workspace)
    undeclared(workspace)
    other_library(workspace, first, second)
finally:
    shutil.rmtree(temporary, ignore_errors=True)
print(f"Examples/python: {check.passed} passed, {check.failed} failed")
sys.exit(1 if check.failed else 0)
