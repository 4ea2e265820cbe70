"""Installs dbuild, and uses it as somebody would who has nothing else of it.

usage: python3 Scripts/check-install.py BUILT

BUILT is the directory of the built program, .build/release. (In the archive of a debug build each file is an object of
its own, and a conformance that only the runtime looks for, as that of `Day` to what CSV files hold, is not linked.) The
clone is an empty directory for the commands that
come after the installation, and they run as another user, as far as whoever runs this may arrange it.
"""
import os, re, shutil, stat, subprocess, sys, tempfile

from language_server import LanguageServer
from stranger import Stranger

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
built = os.path.abspath(sys.argv[1])
PROGRAMS = ("dbuild", "dbuild-full", "dbuild-helper", "swift-backtrace")
checks = 0


def check(condition, message):
    global checks
    checks += 1
    if not condition:
        sys.exit("FAILED  " + message)


def contains(result, text, code=0):
    check(result.returncode == code and text in result.stdout,
          f"{' '.join(result.args[-3:])}: exit {result.returncode}, not {code} with `{text}`\n{result.stdout}")


def install(prefix, umask=0o022):
    return subprocess.run([os.path.join(HERE, "install"), "--built", built, prefix], text=True, umask=umask,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)


def read(*path):
    with open(os.path.join(*path)) as file:
        return file.read()


def check_installation(prefix):
    """Over what an earlier dbuild, an installation that was killed, and somebody else have left."""
    versions = os.path.join(prefix, "lib/dbuild")
    write(os.path.join(prefix, "bin/dbuild"), "of somebody else\n")
    for name in ("0.0.1-older", "0.0.2-before", "new.1"):
        write(os.path.join(versions, name, "bin/dbuild"), name)
    os.symlink("0.0.2-before", os.path.join(versions, "current"))
    in_the_way = os.path.join(prefix, "share/man/man1/dbuild.1")
    os.makedirs(in_the_way)
    contains(install(prefix), "is a directory", 3)
    check(os.readlink(os.path.join(versions, "current")) == "0.0.2-before", "a refused installation changed the version")
    os.rmdir(in_the_way)

    # With a mask that gives others nothing: what is installed is for all.
    contains(install(prefix, umask=0o077), "install  dbuild ")
    version = os.readlink(os.path.join(versions, "current"))
    check(sorted(os.listdir(versions)) == sorted(["0.0.2-before", "current", "lock", version]),
          f"there are {os.listdir(versions)}")
    places = 0
    for directory, directories, files in os.walk(os.path.join(versions, version)):
        for name in [*directories, *files]:
            status = os.lstat(os.path.join(directory, name))
            wanted = 0o055 if stat.S_ISDIR(status.st_mode) or name in PROGRAMS and \
                directory.endswith(("bin", "libexec/swift/linux")) else 0o044
            check(not stat.S_ISLNK(status.st_mode) and status.st_mode & 0o077 == wanted, f"{name}: {status.st_mode:o}")
            places += 1
    check(places > 25, f"only {places} files and directories are installed")

    before = os.stat(os.path.join(versions, version))
    contains(install(prefix), version)
    after = os.stat(os.path.join(versions, version))
    check((before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns), "the same was installed again")
    check(os.path.isdir(os.path.join(versions, "0.0.2-before")), "the same again took the version before away")


def check_backtrace(prefix):
    """A crash says where, which takes a program that the runtime has to find."""
    full = os.path.join(prefix, "lib/dbuild/current/bin/dbuild-full")
    said = subprocess.run([full, "--version"], env={**os.environ, "SWIFT_BACKTRACE": "enable=yes"}, text=True,
                          capture_output=True)
    check(said.returncode == 0 and said.stderr == "", said.stderr)


def check_shell(prefix, commands):
    """The manual page and the completions, by the links that lead to them."""
    page = read(prefix, "share/man/man1/dbuild.1")
    missing = [command for command in commands if f"\n.SS {command}\n" not in page]
    check(not missing and "\n\\fB64\\fR\n" in page, f"the manual page says nothing of {missing or 'exit 64'}")
    if shutil.which("groff"):
        said = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-z"], input=page, text=True, capture_output=True)
        check(said.returncode == 0 and not said.stderr, f"the manual page: {said.stderr}")
    script = os.path.join(prefix, "share/bash-completion/completions/dbuild")
    ask = 'source "$0"; COMP_WORDS=(dbuild st); COMP_CWORD=1; COMP_LINE="dbuild st"; COMP_POINT=9; ' \
          '"$(complete -p dbuild | sed "s/.*-F \\([^ ]*\\).*/\\1/")" dbuild st dbuild; echo "${COMPREPLY[@]}"'
    said = subprocess.run(["bash", "-c", ask, script], text=True, capture_output=True)
    check(said.stdout.split() == ["status"], f"completion of `st`: {said.stdout}{said.stderr}")
    check("#compdef dbuild" in read(prefix, "share/zsh/site-functions/_dbuild"), "no completion for zsh")
    check("complete -c 'dbuild'" in read(prefix, "share/fish/vendor_completions.d/dbuild.fish"), "no completion for fish")


def check_first_rules(stranger, workspace):
    os.makedirs(workspace)
    stranger.give(workspace)
    contains(stranger.run("dbuild", "init", cwd=workspace), "wrote    rules/Rulesfile.swift")
    contains(stranger.run("dbuild", cwd=workspace), "2 built, 0 current, 0 failed")
    check(read(workspace, "out/ranking.csv") == "ride,mean_minutes\nCastle,52.5\nRailway,22.5\nCarousel,7.5\n",
          read(workspace, "out/ranking.csv"))
    contains(stranger.run("dbuild", cwd=workspace), "0 built, 2 current, 0 failed")
    contains(stranger.run("dbuild", "init", cwd=workspace), "is there already", 64)
    # The words of an error are a conformance that nothing refers to: they must be linked all the same.
    write(os.path.join(workspace, "data/waits.csv"), "name,minutes\nCastle,3\n")
    contains(stranger.run("dbuild", cwd=workspace), "data/waits.csv: column `ride`: no such column", 1)


TRAINING = """
import Forecasting
import Rules
import Tables

@main struct Pipeline: Rulesfile {
    func rules(_ build: Build) throws {
        let table = build.action("table", ReadWaits(waits: build.source("data/days.csv"), table: "out/waits.parquet"))
        build.action(
            "train",
            Train(
                features: table.table, target: "minutes", baselines: BaselineSettings(levels: [["weekday"], []]),
                settings: TrainingSettings(rounds: 20), model: "out/model.ubj", metadata: "out/model.json"))
    }
}

struct ReadWaits: Recipe {
    @Input var waits: Artifact
    @Output var table: TableFile

    func run(_ step: Step) throws {
        let schema = try Schema([Field("date", .date), Field("weekday", .int32), Field("minutes", .double)])
        try table.write(CSVReader(schema).read(waits.path))
    }
}
"""


def check_modules(stranger, workspace):
    """Rules that import all that may be imported."""
    rows = [f"2013-{1 + day // 28 % 12:02}-{1 + day % 28:02},{day % 7},{20 + 5 * (day % 7)}.0\n" for day in range(336)]
    write(os.path.join(workspace, "data/days.csv"), "date,weekday,minutes\n" + "".join(rows))
    write(os.path.join(workspace, "rules/Rulesfile.swift"), TRAINING)
    contains(stranger.run("dbuild", cwd=workspace), "2 built, 0 current, 0 failed")
    check(os.path.getsize(os.path.join(workspace, "out/model.ubj")) > 1000, "there is no model")


def check_editor(stranger, workspace):
    """What an editor says of a mistake, and of no mistake, whichever directory it has opened."""
    program = shutil.which("sourcekit-lsp", path=stranger.environment["PATH"])
    if not program:
        return print("skipped: no sourcekit-lsp beside the compiler")
    path = os.path.join(workspace, "rules/Rulesfile.swift")
    wrong = TRAINING.replace("rounds: 20", 'rounds: "20"')
    line = 1 + wrong[:wrong.index('rounds: "20"')].count("\n")
    for folder in (workspace, os.path.join(workspace, "rules"), os.path.dirname(workspace)):
        with LanguageServer(program, folder, stranger.environment, stranger.prefix) as server:
            server.open(path, TRAINING)
            said = server.diagnostics(path)
            check(said == [], f"opened in {folder}, of rules without a mistake: {said}")
            server.open(path, wrong)
            said = server.diagnostics(path)
            check([place for place, _ in said] == [line] and "'String'" in said[0][1], f"opened in {folder}: {said}")
            if folder == workspace:
                said = server.hover(path, wrong, "Train(")
                check("Trains a boosted-tree model" in said, f"of `Train` an editor shows: {said}")
                said = server.definition(path, wrong, "ReadWaits(")
                declared = 1 + wrong[:wrong.index("struct ReadWaits")].count("\n")
                check([place for _, place in said] == [declared], f"`ReadWaits` is declared at {said}")


with tempfile.TemporaryDirectory() as temporary:
    os.chmod(temporary, 0o755)
    prefix = os.path.join(temporary, "a prefix")
    check_installation(prefix)
    compiler = os.path.dirname(shutil.which("swiftc") or sys.exit("FAILED  no swiftc in PATH"))
    stranger = Stranger(HERE, os.path.join(temporary, "home"), [os.path.join(prefix, "bin"), compiler])
    for limit in stranger.limits:
        print("limited: " + limit)
    contains(stranger.run("dbuild", "--version", cwd="/"), ".")
    check_backtrace(prefix)
    check_shell(prefix, re.findall(r"^  ([a-z]+) ", stranger.run("dbuild", "--help", cwd="/").stdout, re.M))
    workspace = os.path.join(temporary, "home", "waits and more")
    check_first_rules(stranger, workspace)
    check_modules(stranger, workspace)
    check_editor(stranger, workspace)
print(f"{checks} passed, 0 failed")
