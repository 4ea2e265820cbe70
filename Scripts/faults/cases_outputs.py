"""C15 and C16: outputs that somebody has changed, and actions that fail with half of theirs."""

import hashlib
import os
import shutil

import invariants
import scene as scenes
import tree
from catalogue import case

JOIN, ACT, FIRST = "out/join/3.bin", "out/act/3.bin", "out/pair/3.first"


# C15

def edited_in_place(place):
    content = place.read_bytes()
    facts = place.stat()
    place.write_bytes(content[:-3] + b"xx\n")
    # As large and as old as before.
    os.utime(place, ns=(facts.st_atime_ns, facts.st_mtime_ns))


def replaced(place):
    beside = place.with_name(place.name + ".new")
    beside.write_bytes(b"y" * place.stat().st_size)
    facts = place.stat()
    os.utime(beside, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    beside.rename(place)


def truncated(place):
    os.truncate(place, 3)


def emptied(place):
    os.truncate(place, 0)


def made_executable(place):
    place.chmod(0o755)


def linked_elsewhere(place):
    place.unlink()
    place.symlink_to("/etc/hostname")


def linked_nowhere(place):
    place.unlink()
    place.symlink_to("no/such/file")


def linked_to_itself(place):
    place.unlink()
    place.symlink_to(place.name)


def made_directory(place):
    place.unlink()
    place.mkdir()
    (place / "inside").write_text("somebody's\n")


def made_pipe(place):
    place.unlink()
    os.mkfifo(place)


def deleted(place):
    place.unlink()


def directory_deleted(place):
    shutil.rmtree(place.parent)


def edited_through_link(place):
    beside = place.parent.parent / "linked"
    os.link(place, beside)
    with open(beside, "ab") as file:
        file.write(b"through the link\n")
    beside.unlink()


DAMAGES = (edited_in_place, replaced, truncated, emptied, made_executable, linked_elsewhere, linked_nowhere, linked_to_itself,
           made_directory, made_pipe, deleted, directory_deleted, edited_through_link)


def store_of(scene):
    return {path: facts for path, facts in tree.tree(scene.project / ".dbuild/store").items() if facts[0] == "file"}


def contents_below(place):
    """What may have been moved aside, by content or target."""
    return {facts[3] if facts[0] == "file" else facts for facts in tree.tree(place).values()}


@case("C15", "outputs edited, replaced, truncated, linked, deleted and made something else", short=False)
def damaged_outputs(lab):
    damages = DAMAGES if lab.isLong else lab.random.sample(DAMAGES, 6)
    with scenes.scene(lab, "built") as scene:
        store, reference = store_of(scene), scene.workspace.outputs()
        for damage in damages:
            for path in (JOIN, ACT, FIRST) if lab.isLong else (lab.random.choice((JOIN, ACT, FIRST)),):
                damage(scene.project / path)
                # All that is somebody's work now: what nobody made, and no action.
                theirs = {facts for found, facts in scene.workspace.outputs().items() if facts != reference.get(found)}
                lab.faults += 1
                lines = scene.lines()
                ended = scene.is_current(f"{damage.__name__} {path}")
                if scene.workspace.outputs() != reference:
                    words = tree.difference(scene.workspace.outputs(), reference)
                    lab.flaw("wrong", f"{damage.__name__} {path}: {words}")
                if scene.ran(lines):
                    lab.flaw("lost", f"{damage.__name__} {path}: the store had it, and it ran: {scene.ran(lines)}")
                judge_kept(lab, scene, f"{damage.__name__} {path}", theirs, ended)
                now = store_of(scene)
                if any(now.get(name) != facts for name, facts in store.items()):
                    lab.flaw("wrong", f"{damage.__name__} {path} changed the store")
        scene.settled()
        kept_edits(lab, scene)


def judge_kept(lab, scene, what, theirs, ended):
    """What somebody had put there is not destroyed, and it is said where it is now."""
    files = {facts[3] for facts in theirs if facts[0] == "file" and facts[2] > 0}
    aside = {facts[3] for facts in tree.tree(scene.project / ".dbuild/displaced").values() if facts[0] == "file"}
    # Bytes of an action's own, whose permissions alone were changed, are no loss.
    files -= {facts[3] for facts in scene.workspace.outputs().values() if facts[0] == "file"}
    if files - aside:
        lab.flaw("wrong", f"{what}: what lay there is lost: {ended}")
    if files and "displaced" not in ended.errors:
        lab.flaw("wrong", f"{what}: where it was moved is not said: {ended}")


def kept_edits(lab, scene):
    """With `--keep-edited` an edit stays, and what reads it is made of it."""
    place = scene.project / "out/pair/2.first"
    place.write_bytes(b"edited by hand\n")
    lab.faults += 1
    ended = scene.build("-j", "4", "--keep-edited")
    scene.expect(ended, 0)
    if place.read_bytes() != b"edited by hand\n":
        lab.flaw("wrong", f"an edit that was to be kept is gone: {ended}")
    if "edited" not in ended.errors:
        lab.flaw("wrong", f"a kept edit is not said: {ended}")
    expected = b"after[n=2]\nedited by hand\n" + scene.expected()["out/join/2.bin"]
    if scene.content("out/after/2.bin") != expected:
        lab.flaw("wrong", f"what reads a kept edit is not made of it: {ended}")
    scene.is_current("without --keep-edited")
    scene.settled()


@case("C15b", "members of a directory output changed", short=False)
def damaged_trees(lab):
    with scenes.scene(lab) as scene:
        scene.behave("tree", 'mkdir -p "$1/deep/er" && echo a >"$1/a" && echo b >"$1/deep/b" && echo c >"$1/deep/er/c"')
        scene.behave("listing", '(cd "$2" && find . -type f | sort | xargs cat) >"$1"')
        scene.expect(scene.build("trees"), 0)
        reference = scene.workspace.outputs()
        for damage in DAMAGES:
            for path in ("out/tree/a", "out/tree/deep/er/c"):
                damage(scene.project / path)
                lab.faults += 1
                judge_tree(lab, scene, reference, f"{damage.__name__} {path}")
        (scene.project / "out/tree/deep/more").write_bytes(b"by hand\n")
        ended = judge_tree(lab, scene, reference, "a file added")
        judge_kept(lab, scene, "a file added", {("file", 0, 8, hashlib.sha256(b"by hand\n").hexdigest())}, ended)
        shutil.rmtree(scene.project / "out/tree")
        (scene.project / "out/tree").write_text("a file\n")
        judge_tree(lab, scene, reference, "a file instead of the tree")


def judge_tree(lab, scene, reference, what):
    ended = scene.build("trees")
    scene.expect(ended, 0)
    if scene.workspace.outputs() != reference:
        lab.flaw("wrong", f"{what}: {tree.difference(scene.workspace.outputs(), reference)}")
    return ended


# C16

# What a command does, and what must be said of it; as it fails, `extra` alone is no failure.
FAILURES = {
    "half, exit 1": ('head -c 5 "$3" >"$1"; i=0; while [ $i -lt 40 ]; do i=$((i + 1)); echo "line $i"; done; exit 1',
                     ["exit", "line 40", "line 21"]),
    "second missing": ('join "$@"; rm "$2"', ["second"]),
    "first missing": ('join "$@"; rm "$1"', ["first"]),
    "nothing made": (":", ["first"]),
    "all, exit 3": ('join "$@"; exit 3', ["exit"]),
    "a directory": ('rm -f "$1"; mkdir "$1"; cp "$3" "$2"', ["first"]),
    "a pipe": ('join "$@"; rm "$1"; mkfifo "$1"', ["first"]),
    "a link away": ('join "$@"; rm "$1"; ln -s /etc/hostname "$1"', ["first"]),
}


@case("C16", "actions that fail with half of their outputs")
def half_outputs(lab):
    names = list(FAILURES) if lab.isLong else lab.random.sample(list(FAILURES), 3)
    for name in names:
        words, says = FAILURES[name]
        with scenes.scene(lab, "built") as scene:
            before = scene.workspace.outputs()
            scene.write("data/left-2.txt", "of another size\n")
            scene.behave("pair[n=2]", words)
            lab.faults += 1
            ended = scene.build("-j", "4")
            scene.expect(ended, 1, says=["pair[n=2]", *says])
            now = scene.workspace.outputs()
            stays = ("pair/2.first", "pair/2.second", "after/2.bin")
            changed = [path for path in stays if now.get(path.encode()) != before[path.encode()]]
            if changed:
                lab.flaw("wrong", f"{name}: the good outputs of before are gone: {changed}")
            if scene.workspace.begun()["after[n=2]"] > 1:
                lab.flaw("wrong", f"{name}: what depends on it ran")
            rest = [path for path in scene.wrong_outputs() if path[4:] not in stays]
            if rest:
                lab.flaw("wrong", f"{name}: the rest was not built: {rest}")
            if not set(now) <= set(before):
                lab.flaw("wrong", f"{name}: something new lies among the outputs: {set(now) - set(before)}")
            # It failed, and nothing of it is believed.
            lines = scene.lines()
            scene.expect(scene.build("-j", "4"), 1)
            if "pair[n=2]" not in scene.ran(lines):
                lab.flaw("wrong", f"{name}: the failure is not tried again")
            scene.behave("pair[n=2]")
            scene.is_current(f"behind {name}")
            scene.settled()
            invariants.leftovers(scene.workspace)


@case("C16b", "recipes that fail with half of their output, or do not write it; an output too many", short=False)
def recipes_that_fail(lab):
    with scenes.scene(lab, "built") as scene:
        before = scene.workspace.outputs()
        scene.write("data/left-2.txt", "of another size\n")
        for words, says in (("half", ["half is written", "after half of it"]), ("nothing", ["join/2.bin"]), ("exit 7", ["7"]),
                            ("crash", ["as asked"]), ("signal 9", ["SIGKILL"]), ("signal 15", ["SIGTERM"])):
            scene.behave("join[n=2]", words)
            lab.faults += 1
            lines = scene.lines()
            ended = scene.build("-j", "4", *(["--fail-fast"] if words == "nothing" else []))
            scene.expect(ended, 1, says=["join[n=2]", *says])
            if scene.workspace.outputs()[b"join/2.bin"] != before[b"join/2.bin"]:
                lab.flaw("wrong", f"{words}: the good output of before is gone")
            if "join[n=2]" not in scene.ran(lines):
                lab.flaw("wrong", f"{words}: a failure was not tried again")
        scene.behave("join[n=2]")
        scene.is_current("behind recipes that fail")
        # What an action makes beside its outputs goes away with its directory.
        scene.write("data/left-2.txt", "a third\n")
        scene.behave("act[n=2]", 'join "$@"; echo more >more; mkdir -p out/act; echo more >out/act/more; echo more >out/more')
        lab.faults += 1
        scene.is_current("an output too many")
        if set(scene.workspace.outputs()) != set(before) or (scene.project / "more").exists():
            lab.flaw("wrong", "an output that nobody declared lies in the workspace")
        scene.behave("act[n=2]")
        scene.settled()
