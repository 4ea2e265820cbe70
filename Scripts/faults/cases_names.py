"""C44: names that a careless program takes for something else."""

import json
import os
import re

import invariants
import scene as scenes
import tree
from cases_endings import neutral
from catalogue import case
from hostile_names import BYTES, NAMES


def pwned(scene):
    """Files that only a shell would have made."""
    found = [os.path.join(at, name) for at, _, files in os.walk(scene.directory) for name in files if name == "PWNED"]
    if found:
        scene.lab.flaw("wrong", f"a name was obeyed: {found}")


def with_sources(scene):
    (scene.project / "names").mkdir()
    for number, name in enumerate(NAMES):
        (scene.project / "names" / name).write_text(f"content {number}\n")


def copies(scene):
    """What is wrong with the outputs."""
    found = {directory: tree.tree(scene.project / directory) for directory in ("copies", "again")}
    wrong = []
    right = scene.source("data/right-0.txt")
    for number, name in enumerate(NAMES):
        content = f"content {number}\n".encode()
        for directory, expected in (("copies", content), ("again", b"again\n" + content + right)):
            if os.fsencode(name) not in found[directory] or scene.content(f"{directory}/{name}") != expected:
                wrong.append(f"{directory}/{name!a}")
    for directory, entries in found.items():
        wrong += [f"{directory}/{path!a} is there" for path in entries if os.fsdecode(path) not in NAMES]
    return wrong


@case("C44", "names with all that shells, terminals and parsers take for something else")
def hostile_names(lab):
    with scenes.scene(lab) as scene:
        with_sources(scene)
        ended = scene.build("-j", "4", "copy", "again", limit=120)
        lab.faults += len(NAMES)
        scene.expect(ended, 0)
        neutral(lab, scene, ended)
        if copies(scene):
            lab.flaw("wrong", f"not built right: {copies(scene)[:5]} ({len(copies(scene))})")
        scene.settled("copy", "again")
        events(lab, scene)
        views(lab, scene)
        targets(lab, scene)
        missing(lab, scene)
        pwned(scene)


def events(lab, scene):
    """Every line is JSON, and names every action so that nothing of its name is lost."""
    named = set()
    for file in scene.project.glob(".dbuild/runs/*/events.jsonl"):
        for number, line in enumerate(file.read_bytes().split(b"\n")[:-1], 1):
            try:
                event = json.loads(line)
            except ValueError as error:
                lab.flaw("wrong", f"{file.name}:{number}: {error}: {line[:200]}")
                continue
            if event.get("event") == "finish":
                named.add(unprintable(event.get("action")))
    lacking = [name for name in NAMES if f"copy[name={name}]".encode() not in named]
    if lacking:
        lab.flaw("wrong", f"events name other actions: {lacking[:5]!a} of {sorted(map(str, named))[:3]!a}")


def views(lab, scene):
    names = NAMES if lab.isLong else lab.random.sample(NAMES, 3)
    for arguments in (["status"], ["status", "--json"], ["graph"], ["--check", "copy"], ["-n", "copy"], ["--explain", "copy"],
                      ["--explain", "--json", "copy"]):
        ended = scene.build(*arguments)
        lab.faults += 1
        # Other targets are not built.
        invariants.expect(scene.workspace, ended, 0, 1)
        neutral(lab, scene, ended)
        if "--json" in arguments:
            try:
                json.loads(ended.output)
            except ValueError as error:
                lab.flaw("wrong", f"no JSON: {error}: {ended}")
    for name in names:
        lab.faults += 1
        for arguments in (["why", f"copies/{name}"], ["why", "--json", f"copies/{name}"]):
            ended = scene.build(*arguments)
            scene.expect(ended, 0)
            neutral(lab, scene, ended)
            if "--json" in arguments and os.fsencode(f"copies/{name}") not in {
                unprintable(text) for text in strings(json.loads(ended.output or "null"))
            }:
                lab.flaw("wrong", f"another path in JSON than {name!a}: {ended.output[:300]}")


ESCAPE = re.compile(rb"\\\\|\\x([0-9a-f]{2})|\\u\{([0-9a-f]{1,6})\}")


def unprintable(text):
    """The bytes that dbuild shows as this text: what would disturb a terminal is escaped, and backslashes beside it."""

    def plain(match):
        if match[1]:
            return bytes([int(match[1], 16)])
        return chr(int(match[2], 16)).encode() if match[2] else b"\\"

    return ESCAPE.sub(plain, text.encode())


def strings(value):
    """All texts in a JSON value."""
    if isinstance(value, str):
        return {value}
    if isinstance(value, dict):
        return {text for key, inner in value.items() for text in strings(inner) | {key}}
    if isinstance(value, list):
        return {text for inner in value for text in strings(inner)}
    return set()


def targets(lab, scene):
    for name in NAMES if lab.isLong else lab.random.sample(NAMES, 3):
        place = scene.project / "copies" / name
        place.unlink()
        lab.faults += 1
        ended = scene.build(f"./copies/{name}")
        # What is a pattern may also stand for others; then for this one, too.
        scene.expect(ended, 0)
        neutral(lab, scene, ended)
        if not place.exists():
            lab.flaw("wrong", f"the target ./copies/{name!a} was not built: {ended}")
            scene.build("copy")
        place.unlink()
        ended = scene.build("--", f"copy[name={name}]")
        neutral(lab, scene, ended)
        invariants.expect(scene.workspace, ended, 0, 64)
        if ended.code == 0 and not place.exists():
            lab.flaw("wrong", f"the target copy[name={name!a}] was not built: {ended}")
        scene.build("copy")
        for word in (name, f"out/{name}"):
            ended = scene.build("build", "-n", "--", word)
            neutral(lab, scene, ended)
            invariants.expect(scene.workspace, ended, 0, 64)
    if copies(scene):
        lab.flaw("wrong", f"behind targets: {copies(scene)[:5]}")


def missing(lab, scene):
    """An error that names it shows it so that no terminal obeys."""
    for name in ("\x1b[31mred\x1b[0m", "new\nline", "right\u202eleft"):
        place = scene.project / "names" / name
        content = place.read_bytes()
        place.unlink()
        lab.faults += 1
        ended = scene.build("copy")
        scene.expect(ended, 1)
        neutral(lab, scene, ended)
        place.write_bytes(content)
    scene.expect(scene.build("copy", "again"), 0)


@case("C44b", "names that are no text, in a directory output", short=False)
def names_of_bytes(lab):
    octal = ["".join(f"\\{byte:03o}" for byte in name) for name in (*BYTES, *(os.fsencode(name) for name in NAMES))]
    words = [f'''printf x >"$1/$(printf '{name}.')"''' for name in octal]
    with scenes.scene(lab) as scene:
        # A name of 255 bytes leaves no room for the dot behind it.
        scene.behave("tree", "\n".join(word for word in words if word.count("\\") < 250))
        scene.behave("listing", '(cd "$2" && ls | cksum) >"$1"')
        lab.faults += len(octal)
        ended = scene.build("trees", limit=120)
        scene.expect(ended, 0)
        neutral(lab, scene, ended)
        reference = scene.workspace.outputs()
        if not {b"tree/" + name + b"." for name in BYTES} <= set(reference):
            lab.flaw("wrong", f"members are missing: {sorted(reference)[-8:]}")
        scene.settled("trees")
        for path in (b"tree/\xff.", b"tree/a\x80b."):
            (scene.project / "out" / os.fsdecode(path)).write_text("edited")
            ended = scene.build("trees")
            scene.expect(ended, 0)
            neutral(lab, scene, ended)
            if scene.workspace.outputs() != reference:
                lab.flaw("wrong", f"{tree.difference(scene.workspace.outputs(), reference)}")
            for arguments in (["why", os.fsdecode(b"out/" + path)], ["why", "--json", os.fsdecode(b"out/" + path)], ["status", "--json"]):
                ended = scene.build(*arguments)
                invariants.expect(scene.workspace, ended, 0, 64)
                neutral(lab, scene, ended)
                if "--json" in arguments and ended.code == 0:
                    json.loads(ended.output)
        pwned(scene)
