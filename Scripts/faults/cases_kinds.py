"""C45: files that are none, and directories of all kinds."""

import os
import shutil
import socket

import invariants
import mounts
import scene as scenes
import tree
from catalogue import case

KIND = "data/kind"


def fifo(place, _):
    os.mkfifo(place)


def unix_socket(place, _):
    os.chdir(place.parent)
    with socket.socket(socket.AF_UNIX) as end:
        end.bind(place.name)
    os.chdir("/")


def directory(place, _):
    place.mkdir()
    (place / "inside").write_text("inside\n")


def endless_device(place, _):
    place.symlink_to("/dev/zero")


def terminal_device(place, _):
    place.symlink_to("/dev/tty")


def link_to_itself(place, _):
    place.symlink_to("kind")


def link_to_nothing(place, _):
    place.symlink_to("nothing")


def link_to_directory(place, _):
    place.symlink_to(".")


def unreadable(place, _):
    place.write_text("no\n")
    place.chmod(0)


UNFIT = (fifo, unix_socket, directory, endless_device, terminal_device, link_to_itself, link_to_nothing, link_to_directory, unreadable)


@case("C45", "sources that are no files", short=False)
def unfit_sources(lab):
    with scenes.scene(lab, "built") as scene:
        place = scene.project / KIND
        for make in UNFIT:
            make(place, scene)
            lab.faults += 1
            ended = scene.build("kind", "kinds", limit=20)
            scene.expect(ended, 1, 3, says=[KIND])
            if (scene.project / "out/kind.bin").exists():
                lab.flaw("wrong", f"{make.__name__}: something was made of it: {ended}")
            invariants.expect(scene.workspace, scene.build("why", "out/kind.bin", limit=20), 0)
            if place.is_dir() and not place.is_symlink():
                shutil.rmtree(place)
            else:
                place.unlink()
        scene.is_current("behind sources that are no files")


@case("C45b", "empty sources, links to files, and two names of one file", short=False)
def fit_sources(lab):
    with scenes.scene(lab, "built") as scene:
        place = scene.project / KIND
        elsewhere = scene.directory / "elsewhere"
        elsewhere.write_text("outside\n")

        def built(what, content, runs=True):
            lab.faults += 1
            lines = scene.lines()
            scene.expect(scene.build("kind", "kinds"), 0)
            found = (scene.content("out/kind.bin"), scene.content("out/kinds.bin"))
            if found != (b"kind\n" + content, b"kinds\n" + content + scene.source("data/right-0.txt")):
                lab.flaw("wrong", f"{what}: {found}")
            if runs != bool(scene.ran(lines)):
                lab.flaw("wrong", f"{what}: ran {scene.ran(lines)}")

        place.write_bytes(b"")
        built("an empty source", b"")
        place.write_bytes(b"something\n")
        built("no longer empty", b"something\n")
        place.unlink()
        place.symlink_to("left-7.txt")
        built("a link", scene.source("data/left-7.txt"))
        scene.write("data/left-7.txt", "behind the link\n")
        built("an edit behind a link", b"behind the link\n")
        place.unlink()
        place.symlink_to("left-8.txt")
        built("another link", scene.source("data/left-8.txt"))
        place.unlink()
        place.symlink_to(elsewhere)
        built("a link out of the workspace", b"outside\n")
        elsewhere.write_text("outside!\n")
        built("an edit outside", b"outside!\n")
        place.unlink()
        os.link(scene.project / "data/left-9.txt", place)
        built("a second name", scene.source("data/left-9.txt"))
        with open(scene.project / "data/left-9.txt", "r+") as file:
            file.write("LEFT")
        built("an edit by the other name", scene.source("data/left-9.txt"))
        place.unlink()
        with open(place, "wb") as file:
            file.truncate(3_000_000)
        built("a file of holes", b"\0" * 3_000_000)
        os.setxattr(place, "user.note", b"a note")
        built("an attribute", b"\0" * 3_000_000, runs=False)
        # Outputs without a byte are outputs.
        scene.behave("pair[n=1]", ': >"$1"; : >"$2"')
        scene.write("data/left-1.txt", "changed\n")
        scene.strange |= {b"pair/1.first", b"pair/1.second"}
        scene.expect(scene.build(), 0)
        if scene.content("out/pair/1.first") != b"":
            lab.flaw("wrong", "an output without bytes is not there")
        (scene.project / "out/pair/1.first").unlink()
        scene.expect(scene.build(), 0)
        if scene.content("out/pair/1.first") != b"":
            lab.flaw("wrong", "an output without bytes does not come back")
        scene.settled()


# What a tree is filled with, and what must be there: type and bits, or the target of a link.
FILLINGS = {
    "empty": (":", {}),
    "nested": ('mkdir -p "$1/a/b/c/d" && echo x >"$1/a/b/c/d/e"', {b"a/b/c/d/e": "file"}),
    "empty directories": ('mkdir -p "$1/a/b" "$1/c"', {b"a/b": "directory", b"c": "directory"}),
    "links": ('echo x >"$1/x"; ln -s x "$1/y"; ln -s nothing "$1/z"; mkdir "$1/d"; ln -s ../x "$1/d/up"',
              {b"y": "link", b"z": "link", b"d/up": "link"}),
    "a link to a directory": ('mkdir "$1/d"; echo x >"$1/d/x"; ln -s d "$1/e"', {b"e": "link", b"d/x": "file"}),
    "a link to itself": ('ln -s loop "$1/loop"', {b"loop": "link"}),
    "executable": ('echo x >"$1/x"; chmod 755 "$1/x"; echo y >"$1/y"', {b"x": "file"}),
    "case twins": ('echo x >"$1/name"; echo y >"$1/NAME"', {b"name": "file", b"NAME": "file"}),
    "two names of one file": ('echo x >"$1/x"; ln "$1/x" "$1/y"', {b"x": "file", b"y": "file"}),
    "empty files": (': >"$1/x"', {b"x": "file"}),
    "read-only directories": ('mkdir -p "$1/a/b"; echo x >"$1/a/b/x"; chmod 500 "$1/a/b" "$1/a"', {b"a/b/x": "file"}),
    "read-only files": ('echo x >"$1/x"; chmod 400 "$1/x"', {b"x": "file"}),
    "setuid": ('echo x >"$1/x"; chmod 6755 "$1/x"', {b"x": "file"}),
    "many": ('i=0; while [ $i -lt 3000 ]; do echo $i >"$1/$i"; i=$((i + 1)); done', {b"2999": "file"}),
}
REFUSED = {
    "a pipe": 'mkfifo "$1/pipe"', "a file": 'rmdir "$1"; echo x >"$1"', "unreadable file": 'echo x >"$1/x"; chmod 0 "$1/x"',
    "unsearchable directory": 'mkdir "$1/a"; echo x >"$1/a/x"; chmod 0 "$1/a"',
}


@case("C45c", "directory outputs of all kinds", short=False)
def tree_outputs(lab):
    for name, (words, expected) in FILLINGS.items():
        with scenes.scene(lab) as scene:
            scene.behave("tree", words)
            scene.behave("listing", '(cd "$2" && find . | sort) >"$1"')
            scene.strange |= {b"tree/x"} if name == "empty files" else set()
            lab.faults += 1
            scene.expect(scene.build("trees", limit=60), 0)
            found = tree.tree(scene.project / "out/tree")
            for path, kind in expected.items():
                if found.get(path, ("nothing",))[0] != kind:
                    lab.flaw("wrong", f"{name}: {path} is {found.get(path)}")
            if not (scene.project / "out/tree").is_dir():
                lab.flaw("wrong", f"{name}: there is no directory")
            if name == "setuid" and found[b"x"][1] & 0o6000:
                lab.flaw("wrong", "an output may run with another's rights")
            if name == "executable" and (not found[b"x"][1] & 0o100 or found[b"y"][1] & 0o111):
                lab.flaw("wrong", f"permissions: {found}")
            scene.settled("trees")
            # Away, and back from the store or by building it.
            laid_open(scene.project / "out")
            shutil.rmtree(scene.project / "out/tree")
            scene.expect(scene.build("trees", limit=60), 0)
            again = tree.tree(scene.project / "out/tree")
            if {path: facts[0] for path, facts in again.items()} != {path: facts[0] for path, facts in found.items()}:
                lab.flaw("wrong", f"{name}: came back as {tree.difference(again, found)}")
            scene.settled("trees")
            # Another filling replaces it wholly.
            scene.behave("tree", 'echo other >"$1/other"')
            scene.write("data/left-0.txt", "changed\n")
            scene.expect(scene.build("trees", limit=60), 0)
            if set(tree.tree(scene.project / "out/tree")) != {b"other"}:
                lab.flaw("wrong", f"{name}: left behind: {sorted(tree.tree(scene.project / 'out/tree'))[:5]}")
            scene.settled("trees")
            invariants.leftovers(scene.workspace)
    for name, words in REFUSED.items():
        with scenes.scene(lab) as scene:
            scene.behave("tree", words)
            scene.behave("listing", '(cd "$2" && find . | sort) >"$1"')
            lab.faults += 1
            scene.expect(scene.build("trees", limit=30), 1, says=["tree"])
            if tree.tree(scene.project / "out/tree"):
                lab.flaw("wrong", f"{name}: something was put in place")
            scene.behave("tree", 'echo other >"$1/other"')
            scene.expect(scene.build("trees"), 0)
            invariants.leftovers(scene.workspace)


def laid_open(place):
    for at, names, _ in os.walk(place):
        for name in names:
            if not os.path.islink(os.path.join(at, name)):
                os.chmod(os.path.join(at, name), 0o755)


# Two fillings, between which only that differs.
DIFFERENCES = {
    "a name": ('echo x >"$1/x"', 'echo x >"$1/y"'),
    "the executable bit": ('echo x >"$1/x"', 'echo x >"$1/x"; chmod 755 "$1/x"'),
    "the target of a link": ('ln -s a "$1/x"', 'ln -s b "$1/x"'),
    "a link instead of its file": ('echo x >"$1/x"; echo x >"$1/y"', 'echo x >"$1/x"; ln -s x "$1/y"'),
    "an empty directory": (":", 'mkdir "$1/a"'),
    "a directory instead of a file": (': >"$1/a"', 'mkdir "$1/a"'),
    "where it lies": ('mkdir "$1/a" "$1/b"; echo x >"$1/a/x"', 'mkdir "$1/a" "$1/b"; echo x >"$1/b/x"'),
}


@case("C45d", "all of a directory counts: names, modes, links, empty directories", short=False)
def tree_differences(lab):
    for name, (first, second) in DIFFERENCES.items():
        with scenes.scene(lab) as scene:
            scene.strange |= {b"tree/a", b"listing.txt"}
            scene.behave("listing", '(cd "$2" && find . -printf "%p %y %m %l\\n" | sort) >"$1"')
            seen = []
            for number, words in enumerate((first, second, first)):
                scene.behave("tree", words)
                scene.write("data/left-0.txt", f"version {number}\n")
                lines = scene.lines()
                lab.faults += 1
                scene.expect(scene.build("trees"), 0)
                if number == 1 and scene.ran(lines) != ["listing", "tree"]:
                    lab.flaw("wrong", f"{name} does not count: ran {scene.ran(lines)}")
                seen.append(scene.content("out/listing.txt"))
            if seen[0] != seen[2] or seen[0] == seen[1]:
                lab.flaw("wrong", f"{name}: listed as {seen}")
            scene.settled("trees")


@case("C45e", "a file system of its own where outputs lie", short=False)
def mounted_outputs(lab):
    if not lab.canMount:
        return lab.skip("nothing can be mounted here")
    with scenes.scene(lab) as scene:
        with mounts.memory(scene.project / "out", 16 << 20):
            lab.faults += 1
            ended = scene.build("-j", "4")
            # Nothing can be renamed to there: that is said before anything runs.
            scene.expect(ended, 1, says=["lies on another file system"])
            if scene.ran(0):
                lab.flaw("wrong", f"ran although its outputs have no place: {scene.ran(0)[:4]}")
        scene.is_current("outputs here")
