"""C17 to C19 and C35: actions that are killed, stopped, too slow, too large or too loud."""

import os
import signal
import time

import processes
import scene as scenes
from catalogue import case

# Three generations, the last of which has a session of its own; nobody listens to TERM.
STUBBORN = r"""
trap '' TERM INT HUP
sh -c 'trap "" TERM INT HUP; sh -c "trap \"\" TERM INT HUP; sleep 600" & setsid sh -c "trap \"\" TERM INT HUP; sleep 600" & wait' &
head -c 5 "$2" >"$1"
sleep 600 & wait
sleep 600
"""
GRACE_SECONDS = 5


def changed(scene, *numbers):
    for n in numbers or range(20):
        scene.write(f"data/left-{n}.txt", f"changed at {time.monotonic_ns()}\n")


@case("C17", "actions that are killed or stopped, from within and from outside", short=False)
def killed_actions(lab):
    with scenes.scene(lab, "built") as scene:
        for number, name in ((9, "KILL"), (11, "SEGV"), (6, "ABRT"), (15, "TERM"), (2, "INT"), (13, "PIPE")):
            changed(scene, 2)
            scene.behave("act[n=2]", f"ulimit -c 0; kill -{name} $$; sleep 5")
            lab.faults += 1
            ended = scene.build("-j", "4")
            scene.expect(ended, 1, says=["act[n=2]", f"SIG{name}"])
            if f"exit {128 + number}" in ended.errors:
                lab.flaw("wrong", f"a signal is told as an exit code: {ended}")
        # A child of the program is killed: that is the program's to tell.
        scene.behave("act[n=2]", "sh -c 'kill -9 $$'; echo survived; join \"$@\"")
        scene.expect(scene.build("-j", "4"), 1, says=["act[n=2]", "137"])
        scene.behave("act[n=2]", "sh -c 'kill -9 $$' || true; join \"$@\"")
        lab.faults += 2
        scene.is_current("behind killed actions")
        from_outside(lab, scene)
        scene.is_current("behind actions killed from outside")
        scene.settled()


def from_outside(lab, scene):
    for action, words in (("act[n=3]", "sleep 30"), ("join[n=3]", "hang")):
        changed(scene, 3)
        scene.behave(action, words)
        lines = scene.lines()
        build = scene.start("-j", "4")
        found = build.wait_until(lambda: [what for what in scene.workspace.log(lines) if what == ("begin", action)])
        time.sleep(0.05)
        fields = [line.split(" ") for line in scene.workspace.runlog.read_text().split("\n") if line.startswith(f"begin {action} ")]
        os.kill(int(fields[-1][2]), signal.SIGKILL)
        lab.faults += 1
        ended = build.ended()
        scene.expect(ended, 1, says=[action, "SIGKILL"])
        if not found or ended.seconds > 20:
            lab.flaw("hang", f"a killed action was not noticed: {ended}")
        scene.behave(action)


@case("C17b", "a stopped action still ends at its limit of time", short=False)
def stopped(lab):
    for target, words in (("timed", "kill -STOP $$; join \"$@\""), ("held", f"signal {int(signal.SIGSTOP)}")):
        with scenes.scene(lab, "built") as scene:
            scene.behave(target, words)
            lab.faults += 1
            ended = scene.build(target, limit=30)
            scene.expect(ended, 1, says=[target])
            judge_limit(lab, scene, ended, 1)


def judge_limit(lab, scene, ended, seconds):
    """It was ended within the limit, the grace and one second; nothing of it is left, and the limit is named."""
    if ended.seconds > seconds + GRACE_SECONDS + 2:
        lab.flaw("hang", f"ended {ended.seconds - seconds:.1f} s behind its limit: {ended}")
    if f"took longer than {seconds}.0 s, its limit" not in ended.errors:
        lab.flaw("wrong", f"the limit of time is not named: {ended}")
    scene.workspace.survivors(1)


@case("C18", "a limit of time that nobody listens to", short=False)
def too_slow(lab):
    for target, words, output in (("timed", STUBBORN, "out/timed.bin"), ("held", "hang", "out/held.bin")):
        with scenes.scene(lab, "built") as scene:
            scene.behave(target, words)
            lab.faults += 1
            ended = scene.build("-j", "4", target, "join", limit=40)
            scene.expect(ended, 1, says=[target])
            judge_limit(lab, scene, ended, 1)
            if (scene.project / output).exists():
                lab.flaw("partial", "an output of an action that was ended is there")
            scene.behave(target)
            scene.expect(scene.build(target), 0)
            scene.settled(target)


# 2 GiB in five processes, by whatever the machine has.
GREEDY = r"""
eat() { head -c 400m /dev/zero | tail -c 400m | sleep 30; }
eat & eat & eat & eat & eat
wait
"""


LIMIT_BYTES = 256 << 20
# What the helper lets pass between two looks at most.
INTERVAL_SECONDS = 0.05


def samples(build, is_eater):
    """What those processes below a build hold by themselves, as (seconds, bytes), until it ends.

    is_eater: whether a process counts, by its name and its command line.
    """
    page = os.sysconf("SC_PAGE_SIZE")
    found = []
    while not build.has_ended():
        total = 0
        for pid in processes.descendants(build.pid):
            try:
                with open(f"/proc/{pid}/statm") as file:
                    fields = file.read().split()
                with open(f"/proc/{pid}/comm") as file:
                    name = file.read().strip()
            except (OSError, ProcessLookupError):
                continue
            # What it shares with others would be counted once for each; shells share nearly all that they have.
            if is_eater(name, processes.command_line(pid)):
                total += (int(fields[1]) - int(fields[2])) * page
        found.append((time.monotonic(), total))
        time.sleep(0.005)
    return found


def judge_peak(lab, found, ended):
    """It is ended within a fifth above its limit, or within what is allocated from one look to the next.

    Returns whether it was seen at all: where others have the processors, the one who looks may come too late.
    """
    most = max((total for _, total in found), default=0)
    begin = next((sample for sample in found if sample[1] > LIMIT_BYTES // 8), None)
    near = next((sample for sample in found if sample[1] > LIMIT_BYTES * 3 // 4), None)
    if near is None:
        lab.say(f"not seen near its limit: {most >> 20} MiB at most of {LIMIT_BYTES >> 20}")
        return False
    rate = (near[1] - begin[1]) / (near[0] - begin[0]) if near[0] > begin[0] else 0
    allowed = LIMIT_BYTES + max(LIMIT_BYTES // 5, rate * INTERVAL_SECONDS)
    lab.say(f"at most {most >> 20} MiB of {LIMIT_BYTES >> 20}, growing by {rate / (1 << 20):.0f} MiB/s")
    if most > allowed:
        lab.flaw("wrong", f"the limit was overshot: {most >> 20} MiB, allowed were {int(allowed) >> 20}: {ended}")
    return True


def eat(lab, target, words, is_eater):
    """Returns whether its memory was seen near the limit."""
    with scenes.scene(lab, "built") as scene:
        scene.behave(target, words)
        lab.faults += 1
        changed(scene)
        build = scene.start("-j", "2", target, "join", limit=90)
        found = samples(build, is_eater)
        ended = build.ended()
        scene.expect(ended, 1, says=[target, "of memory, its limit"])
        scene.workspace.survivors(1)
        missing = [path for path in scene.wrong_outputs() if path.startswith("out/join")]
        if missing:
            lab.flaw("wrong", f"other actions were harmed: {missing[:3]}: {ended}")
        if scene.workspace.begun()[target] > 1:
            lab.flaw("wrong", "an action that was too large was tried again")
        return judge_peak(lab, found, ended)


@case("C19", "processes, and a recipe, that eat 2 GiB against a limit of 256 MiB", short=False)
def too_large(lab):
    eaters = (
        ("greedy", GREEDY, lambda name, _: name in ("head", "tail", "sh", "sleep")),
        ("eater", "eat 2000", lambda _, line: "--worker" in line),
    )
    for target, words, is_eater in eaters:
        if not any(eat(lab, target, words, is_eater) for _ in range(4)):
            lab.skip(f"others have the processors: {target} was never seen near its limit")


# C35

@case("C35", "a child that stays and holds the log open")
def left_behind(lab):
    for words in ('sleep 600 & join "$@"', 'setsid sleep 600 & join "$@"',
                  '(setsid sh -c "trap \\"\\" TERM HUP; sleep 600" &) ; join "$@"'):
        with scenes.scene(lab, "built") as scene:
            changed(scene, 2)
            scene.behave("act[n=2]", words)
            lab.faults += 1
            ended = scene.is_current(words)
            if ended.seconds > 15:
                lab.flaw("hang", f"waited for a child: {ended}")
            scene.workspace.survivors(1)


@case("C35b", "logs that are too long, or no text", short=False)
def loud(lab):
    megabytes = lab.count(64, 1024)
    with scenes.scene(lab, "built") as scene:
        changed(scene, 2)
        scene.behave("act[n=2]", f'yes "a line of the flood" | head -c {megabytes}m; join "$@"')
        scene.behave("join[n=2]", f"flood {megabytes * 10_000}")
        lab.faults += 2
        scene.is_current("a flood")
        size = sum(place.stat().st_size for place in (scene.project / ".dbuild/logs").rglob("*") if place.is_file())
        if size > 40 << 20:
            lab.flaw("wrong", f"logs of {size >> 20} MiB were kept of {2 * megabytes}")
        scene.behave("join[n=2]")
        for words in (r"printf '\033]0;title\007\033[2J\033[31mred \377\376 \302 \000 \r over \010 \342\200\256 reversed \302\233 31m\n'",
                      "head -c 100000 /dev/urandom"):
            changed(scene, 2)
            scene.behave("act[n=2]", words + "; exit 1")
            lab.faults += 1
            ended = scene.build("-j", "4")
            scene.expect(ended, 1, says=["act[n=2]"])
            neutral(lab, scene, ended)
        scene.behave("act[n=2]")
        scene.is_current("behind loud actions")


def neutral(lab, scene, ended):
    """Nothing that a terminal would obey is shown."""
    shown = b"".join(place.read_bytes() for place in sorted((scene.directory / "channels").iterdir())[-2:])
    text = shown.decode("utf-8", "surrogateescape")
    bad = {c for c in text if (ord(c) < 32 and c != "\n") or 0x7F <= ord(c) < 0xA0 or c in "\u202e\u2066\u2067\u2068\u202a\u202b\u202d"}
    bad |= {c for c in text if 0xDC80 <= ord(c) <= 0xDCFF}
    if bad:
        lab.flaw("wrong", f"shown as it is: {sorted(map(ascii, bad))[:8]} in {ended.errors[-300:]!r}")
