"""C12 to C14: sources that are edited while dbuild looks at them."""

import os
import shutil
import time

import coarse
import mounts
import scene as scenes
from catalogue import case

MEGABYTE = 1 << 20


class Editor:
    """Rewrites sources, each time with other bytes of the same number, in ways that hide it."""

    def __init__(self, scene):
        self.scene, self.random = scene, scene.lab.random
        self.number = 0

    def edit(self, path):
        """One edit; which way is left to chance."""
        self.number += 1
        place = self.scene.project / path
        content = f"{self.number:012}{self.random.randrange(1 << 40):012x}\n".encode() * 4
        way = self.random.randrange(4)
        facts = place.stat()
        if way < 2:
            with open(place, "r+b") as file:
                file.write(content)
                file.truncate(len(content))
        elif way == 2:
            beside = place.with_name(place.name + ".new")
            beside.write_bytes(content)
            os.utime(beside, ns=(facts.st_atime_ns, facts.st_mtime_ns))
            beside.rename(place)
        else:
            place.write_bytes(content)
        if way in (1, 3):
            # As `touch -r` and `cp -p` do.
            os.utime(place, ns=(facts.st_atime_ns, facts.st_mtime_ns))


def paths(numbers):
    return [f"data/{side}-{n}.txt" for n in numbers for side in ("left", "right")]


def edits_behind_builds(lab, scene, count, editsEach, **options):
    """Build, and at once edit; the next build must have seen every one."""
    editor = Editor(scene)
    for path in paths(range(20)):
        editor.edit(path)
    for _ in range(max(1, count // editsEach)):
        chosen = lab.random.sample(paths(range(20)), editsEach)
        ended = scene.build("-j", "4", "join", **options)
        # Nothing comes between the end of the build and the edits.
        for path in chosen:
            editor.edit(path)
        lab.faults += editsEach
        if ended.code != 0:
            lab.flaw("wrong", str(ended))
        ended = scene.build("-j", "4", "join", **options)
        missed = [path for path in scene.wrong_outputs() if path.startswith("out/join")]
        if ended.code != 0 or missed:
            lab.flaw("wrong", f"edits were missed: {missed} behind {ended}")
            return


@case("C12", "sources edited right behind a build, by bytes of the same number and with their old times")
def racy_edits(lab):
    with scenes.scene(lab) as scene:
        edits_behind_builds(lab, scene, lab.count(100, 7000), 20)
    if not lab.canMount:
        lab.skip("nothing can be mounted here: no edits on tmpfs")
    else:
        place = lab.root / "cases/memory"
        with mounts.memory(place, 64 * MEGABYTE), scenes.scene(lab, below=place) as scene:
            edits_behind_builds(lab, scene, lab.count(100, 3000), 20)
        place.rmdir()


@case("C12b", "the same where times are whole seconds", short=False)
def racy_edits_of_whole_seconds(lab):
    preload = coarse.library(lab)
    if preload is None:
        return lab.skip("no C compiler: whole seconds cannot be made")
    with scenes.scene(lab) as scene:
        edits_behind_builds(lab, scene, 400, 20, environment={"LD_PRELOAD": preload})


@case("C13", "times of files long ago and far ahead", short=False)
def times_of_files(lab):
    with scenes.scene(lab, "built") as scene:
        second = 10**9
        for stamp in (0, -1, -second, -5 * 10**9 * second // 10, 2**31 * second, 4_291_747_200 * second, 7_258_118_400 * second,
                      2**33 * second):
            before = scene.lines()
            place = scene.project / "data/left-3.txt"
            output = scene.project / "out/join/5.bin"
            for path in (place, output):
                os.utime(path, ns=(stamp, stamp))
            lab.faults += 1
            scene.is_current(f"times of {stamp}")
            if scene.ran(before):
                lab.flaw("wrong", f"ran because of the time {stamp} of a file: {scene.ran(before)}")
            place.write_bytes(os.urandom(8).hex().encode())
            os.utime(place, ns=(stamp, stamp))
            scene.is_current(f"an edit with the time {stamp}")
            scene.settled()


@case("C13b", "the clock ten years ahead and behind", short=False)
def clock(lab):
    if shutil.which("faketime") is None:
        return lab.skip("no faketime: the clock cannot be moved")
    # Times of files stay what they are: as where a machine's clock is wrong that writes to a server's files.
    under = ("env", "NO_FAKE_STAT=1", "faketime", "-m", "-f")
    with scenes.scene(lab, "built") as scene:
        for shift in ("-3650d", "+3650d", "-3650d", "+0"):
            before = scene.lines()
            lab.faults += 1
            scene.expect(scene.build("-j", "4", under=(*under, shift), limit=60), 0)
            if scene.ran(before):
                lab.flaw("wrong", f"ran because of a clock {shift}: {scene.ran(before)[:4]}")
            scene.write("data/left-2.txt", os.urandom(8).hex())
            ended = scene.build("-j", "4", under=(*under, shift), limit=60)
            scene.expect(ended, 0)
            if scene.wrong_outputs():
                lab.flaw("wrong", f"an edit was missed with a clock {shift}: {ended}")
        scene.is_current("the right clock again")
        scene.settled()


# C14

def tear(scene, path, content, pause):
    """Half of the bytes now, the others a moment later: who reads meanwhile sees what never was a version."""
    with open(scene.project / path, "r+b", buffering=0) as file:
        file.write(content[: len(content) // 2])
        time.sleep(pause)
        file.write(content[len(content) // 2:])


def instant(lab, scene, number, wholeSeconds):
    """Edits every source at a random instant of a build, and then looks at each record that the build may have made."""
    versions = []
    # Big enough that fingerprinting takes some time.
    size = lab.random.choice((40, 4000, 400_000))

    def content(version, path):
        line = f"{number} {version} {path} {'x' * lab.random.randrange(3)}\n".encode()
        return (line * (size // len(line) + 1))[:size]

    for version in range(2):
        versions.append({path: content(version, path) for path in paths(range(20))})
    for path, bytes_ in versions[0].items():
        scene.write(path, bytes_)
    build = scene.start("-j", "4")
    time.sleep(lab.random.uniform(0, wholeSeconds))
    edited = lab.random.sample(paths(range(20)), 20)
    for path in edited:
        if lab.random.random() < 0.2:
            tear(scene, path, versions[1][path], 0.002)
        else:
            scene.write(path, versions[1][path])
    lab.faults += 1
    ended = build.ended()
    if ended.code not in (0, 6):
        lab.flaw("wrong", f"sources were edited: {ended}")
    # What is there now, and everything that a record may have been made of.
    scene.is_current(f"instant {number}, as edited")
    for path, bytes_ in versions[0].items():
        scene.write(path, bytes_)
    scene.is_current(f"instant {number}, as before")
    for side in ("left", "right"):
        for path in edited:
            scene.write(path, versions[1 if side in path else 0][path])
        scene.is_current(f"instant {number}, {side} half as edited")


@case("C14", "sources edited while they are fingerprinted, read and published", short=False)
def edited_meanwhile(lab):
    with scenes.scene(lab, "built") as scene:
        for n in range(20):
            scene.behave(f"join[n={n}]", f"slow {n % 5 * 5}")
        for n in range(8):
            scene.behave(f"act[n={n}]", f'sleep 0.0{n}; cat "$2" >/dev/null; join "$@"; sleep 0.0{n}')
        # How long a build of everything takes here.
        for path in paths(range(20)):
            scene.write(path, "to measure\n")
        whole = scene.is_current("before").seconds
        for number in range(lab.count(4, 500)):
            instant(lab, scene, number, whole)
