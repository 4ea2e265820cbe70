"""C46 and C47: secrets, and workspaces of somebody else."""

import base64
import os
import re
import shutil
import signal
import subprocess

import scene as scenes
import tree
from catalogue import case

CANARIES = {"UNDECLARED": "canary-of-nobody-8c1f", "FAULTS_SECRET": "canary-of-a-secret-d02b",
            "FAULTS_SIDE": "https://user:canary-of-a-url-77ae@example.invalid/simple"}
# What the action has seen is told in a form in which nobody searches.
USES = 'printf %s "$FAULTS_SECRET" | rev | tr a-z b-za >"$1"; [ -z "${UNDECLARED-}" ]; [ -n "$FAULTS_SIDE" ]; cat "$2" >>"$1"'


def forms(text):
    raw = text.encode()
    return {raw, raw.hex().encode(), base64.b64encode(raw).rstrip(b"="), raw[::-1]}


def leaks(lab, scene, what):
    """Where a canary is found among all that dbuild has written."""
    wanted = {form for name in CANARIES for part in (CANARIES[name], CANARIES[name].split(":")[-1].split("@")[0]) for form in forms(part)}
    for at, _, files in os.walk(scene.directory):
        for name in files:
            path = os.path.join(at, name)
            try:
                with open(path, "rb") as file:
                    content = file.read()
            except OSError:
                continue
            if any(form in content for form in wanted):
                lab.flaw("wrong", f"{what}: a secret is in {os.path.relpath(path, scene.directory)}")


@case("C46", "secrets in variables, declared and not: nothing of them is kept or shown", short=False)
def secrets(lab):
    environment = CANARIES | {"FAULTS_DECLARED": "seen"}
    with scenes.scene(lab, "built") as scene:
        for what, words, codes in (("built", USES, (0,)), ("failed", USES + "; exit 1", (1,)),
                                   ("killed", "kill -9 $$", (1,)), ("crashed", "ulimit -c 0; kill -SEGV $$", (1,)),
                                   ("built again", USES, (0,))):
            scene.behave("secretive", words)
            scene.write("data/left-0.txt", f"{what}\n")
            lab.faults += 1
            scene.expect(scene.build("secretive", environment=environment), *codes)
            for arguments in (["--explain", "secretive"], ["--explain", "--json", "secretive"], ["why", "out/secretive.bin"],
                              ["why", "--json", "out/secretive.bin"], ["status", "--json"], ["log", "secretive"], ["history"],
                              ["failures", "--json"], ["doctor"], ["params", "--json"], ["graph", "secretive"]):
                # A command that is not there yet is refused, and shows nothing either.
                scene.build(*arguments, environment=environment)
            leaks(lab, scene, what)
        # Another value is another key; and it is said without its value.
        lines = scene.lines()
        other = environment | {"FAULTS_SECRET": "canary-of-a-secret-d02b-changed"}
        ended = scene.build("-n", "--explain", "secretive", environment=other)
        scene.expect(ended, 0, says=["FAULTS_SECRET"])
        scene.expect(scene.build("secretive", environment=other), 0)
        if scene.ran(lines) != ["secretive"]:
            lab.flaw("wrong", "another secret changes nothing")
        lines = scene.lines()
        scene.expect(scene.build("secretive", environment=other | {"UNDECLARED": "", "FAULTS_SIDE": "https://elsewhere"}), 0)
        if scene.ran(lines):
            lab.flaw("wrong", "variables that are in no key count")
        leaks(lab, scene, "changed")
        mode = (scene.project / ".dbuild/secret").stat().st_mode & 0o777
        if mode != 0o600:
            lab.flaw("wrong", f".dbuild/secret has the mode {mode:o}")
        killed_with_secret(lab, scene, environment)


def killed_with_secret(lab, scene, environment):
    scene.behave("secretive", "sleep 30")
    scene.write("data/left-0.txt", "to be killed\n")
    lines = scene.lines()
    build = scene.start("secretive", environment=environment)
    build.wait_until(lambda: scene.ran(lines))
    build.send(signal.SIGKILL)
    build.ended()
    lab.faults += 1
    scene.workspace.survivors(2)
    leaks(lab, scene, "dbuild killed")


# C47

UNFIT = ["/tmp/faults-pwned", "../pwned", "out/../../pwned", "out/./x", "out//x", ".", "..", "out/", "/", ".dbuild/state.db",
         ".dbuild/x", "data/left-0.txt", "data/left-0.txt/x", "out/join/3.bin", "out/join/3.bin/x", "out/tree/x", "a" * 256,
         "b/" * 2100 + "b", "rules/Rulesfile.swift", "scripts/act.sh"]


@case("C47", "outputs that no rules may have", short=False)
def unfit_outputs(lab):
    with scenes.scene(lab, "built") as scene:
        before = tree.tree(scene.project)
        for path in UNFIT:
            lab.faults += 1
            ended = scene.build("--set", f"hostile={path}")
            scene.expect(ended, 2)
            if not re.search(r"rules/\w+\.swift:\d+", ended.errors):
                lab.flaw("wrong", f"`{path[:60]}`: the place in the rules is not named: {ended}")
            now = tree.tree(scene.project)
            changed = [name for name in now.keys() | before.keys()
                       if not name.startswith(b".dbuild") and now.get(name) != before.get(name)]
            outside = [name for name in ("/tmp/faults-pwned", scene.directory / "pwned") if os.path.exists(name)]
            if changed or outside:
                lab.flaw("wrong", f"`{path[:60]}` was made: {changed} {outside}")
        scene.is_current("without unfit outputs")
        scene.settled()


@case("C47b", "a search path that begins in the workspace", short=False)
def search_path(lab):
    fakes = ("sh", "cat", "cp", "dirname", "readlink", "swiftc", "swift-frontend", "swift-autolink-extract", "clang", "ld", "dbuild-helper", "python3", "git", "uname")
    with scenes.scene(lab, "built") as scene:
        for name in fakes:
            place = scene.project / name
            place.write_text(f"#!/bin/sh\ntouch '{scene.directory}/PWNED-{name}'\nexit 1\n")
            place.chmod(0o755)
        # An absolute directory is the user's own word.
        for first in (".:", ":", "./:", "bin:"):
            environment = {"PATH": first + lab.environment["PATH"]}
            scene.write("data/left-3.txt", f"with {first}\n")
            lab.faults += 1
            scene.expect(scene.build("-j", "4", environment=environment), 0)
            for arguments in (["status"], ["doctor"], ["why", "out/join/3.bin"]):
                scene.build(*arguments, environment=environment)
            if first in (".:", ":"):
                # The compiler, too, and its parts.
                scene.write("rules/More.swift", f"// {first}\n")
                scene.expect(scene.build("-j", "4", environment=environment, limit=200), 0)
        done = sorted(os.path.basename(path) for path in scene.directory.glob("PWNED-*"))
        if done:
            lab.flaw("wrong", f"programs of the workspace were run: {done}")
        for name in fakes:
            (scene.project / name).unlink()
        scene.is_current("behind it")


@case("C47c", "a workspace that belongs to somebody else", short=False, root=True)
def of_somebody_else(lab):
    """As root: whoever can leave a workspace where another one works must not have his rules run with the other's rights."""
    lab.root.chmod(0o755)
    place = lab.root / "somebody"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(mode=0o755)
    rules = place / "rules"
    rules.mkdir()
    (rules / "Rulesfile.swift").write_text(
        'import Glibc\nimport Rules\n@main struct Theirs: Rulesfile {\n    func rules(_ build: Build) throws {\n'
        f'        mkdir("{place}/PWNED", 0o777)\n    }}\n}}\n')
    inside = place / "deep/er"
    inside.mkdir(parents=True)
    environment = {"PATH": os.environ["PATH"], "HOME": "/root", "TMPDIR": str(lab.root), "NO_COLOR": "1"}
    for at in (place, rules, rules / "Rulesfile.swift", inside.parent, inside):
        os.chown(at, 12345, 12345)
    lab.faults += 1
    ended = subprocess.run([lab.program, "status"], cwd=inside, env=environment, capture_output=True, text=True, timeout=300)
    if (place / "PWNED").exists() or ended.returncode != 3 or "belongs to" not in ended.stderr:
        lab.flaw("wrong", f"somebody else's rules: {ended.returncode} {ended.stderr[-500:]}")
    # Named, it is wanted.
    ended = subprocess.run(
        [lab.program, "-C", str(place), "status"], cwd=inside, env=environment, capture_output=True, text=True, timeout=300)
    if "belongs to" in ended.stderr:
        lab.flaw("wrong", f"a workspace that is named: {ended.stderr[-500:]}")
