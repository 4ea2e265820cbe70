"""C31 and C32: signals to dbuild at any moment."""

import re
import signal
import time

import invariants
import scene as scenes
from cases_crash import interrupted, judge_lost
from catalogue import case
from lab import KINDS

# SIGPIPE is no wish to end: who has lost a reader sees that where it writes.
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
GRACE_SECONDS = 5
# While a program is loaded it cannot say yet what it does not listen to.
DEAF_SECONDS = 0.2


def sender(*numbers, pause=0.0):
    def send(build):
        for number in numbers:
            build.send(number)
            time.sleep(pause)

    return send


def judge_signal(lab, ended, number):
    """Ended as that signal's, or done before it came; one that came before dbuild could listen has ended it itself."""
    codes = {128 + number, -number, 0} if number in ENDING else {0}
    if number == signal.SIGPIPE and ended.seconds < DEAF_SECONDS:
        codes.add(-number)
    if ended.code is not None and ended.code not in codes:
        lab.flaw("wrong", f"{signal.Signals(number).name} and exit {ended.code}: {ended}")
    if ended.seconds > 60:
        lab.flaw("hang", f"{signal.Signals(number).name}: {ended}")


@case("C31", "INT, TERM, HUP, QUIT and PIPE at any moment of a build")
def interrupts(lab):
    with lab.workspace() as workspace:
        start = time.monotonic()
        invariants.recover(workspace)
        whole_seconds = (time.monotonic() - start) / 2
    numbers = (*ENDING, signal.SIGPIPE)
    if not lab.isLong:
        # One after the other into the same build.
        with lab.workspace() as workspace:
            for number in numbers:
                one_interrupt(lab, workspace, number, whole_seconds / len(numbers))
            return invariants.recover(workspace)
    for number in numbers:
        for _ in range(100):
            with lab.workspace() as workspace:
                one_interrupt(lab, workspace, number, whole_seconds)
                invariants.recover(workspace)


def one_interrupt(lab, workspace, number, seconds):
    ended, lost = interrupted(workspace, lab.random.uniform(0, seconds), sender(number))
    judge_signal(lab, ended, number)
    invariants.nothing_left(workspace, 0.5)
    # An action that was asked to end is no failure.
    if re.search("(?m)^failed ", ended.errors):
        lab.flaw("wrong", f"{signal.Signals(number).name}: told as an action's failure: {ended}")
    return lost


@case("C31b", "INT twice, and ten times", short=False)
def impatient(lab):
    for times, pause in ((2, 0.3), (10, 0.05), (10, 0.0)):
        with lab.workspace() as workspace:
            workspace.pause(200)
            build = workspace.start("-j", "8")
            build.wait_until(lambda: len(workspace.begun()) > lab.random.randrange(5, 60))
            sender(*[signal.SIGINT] * times, pause=pause)(build)
            lab.faults += 1
            judge_signal(lab, build.ended(), signal.SIGINT)
            invariants.nothing_left(workspace, 1)
            workspace.pause(0)
            invariants.recover(workspace)


@case("C31c", "actions that do not listen: the first INT waits for them, the second ends them", short=False)
def stubborn(lab):
    for times in (1, 2):
        with scenes.scene(lab, "built") as scene:
            for n in range(8):
                scene.write(f"data/left-{n}.txt", "changed\n")
                scene.behave(f"act[n={n}]", "trap '' INT TERM HUP; setsid sh -c 'trap \"\" INT TERM; sleep 600' & sleep 600; sleep 600")
            lines = scene.lines()
            build = scene.start("-j", "8", "act", limit=40)
            build.wait_until(lambda: len(scene.ran(lines)) == 8)
            lab.faults += 1
            start = time.monotonic()
            sender(*[signal.SIGINT] * times, pause=0.3)(build)
            ended = build.ended()
            took = time.monotonic() - start
            judge_signal(lab, ended, signal.SIGINT)
            if took > (GRACE_SECONDS + 2 if times == 1 else 2):
                lab.flaw("hang", f"ended {took:.1f} s behind {times} INT: {ended}")
            scene.workspace.survivors(1)
            for n in range(8):
                scene.behave(f"act[n={n}]")
            scene.is_current("behind an interrupted build")
            scene.settled()


@case("C32", "kill -9 with eight actions running, one daemonised, one that does not listen")
def killed_with_actions(lab):
    for number in (signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT) if lab.isLong else (signal.SIGKILL,):
        with scenes.scene(lab, "built") as scene:
            for n in range(8):
                scene.write(f"data/left-{n}.txt", "changed\n")
                scene.behave(f"act[n={n}]", "sleep 600")
            scene.behave("act[n=1]", "setsid sh -c '(sleep 600 &) ; sleep 600' >/dev/null 2>&1 </dev/null & sleep 600")
            scene.behave("act[n=2]", "trap '' TERM INT HUP; sleep 600; sleep 600; sleep 600")
            scene.behave("act[n=3]", "sh -c 'sleep 600 & setsid sleep 600 & sleep 600' | cat")
            scene.behave("join[n=19]", "hang")
            scene.write("data/left-19.txt", "changed\n")
            lines = scene.lines()
            # Swift's runtime reports a crash and goes on, for the fault to come again: one that was sent does not.
            build = scene.start(
                "-j", "9", "act", "join[n=19]", environment={"SWIFT_BACKTRACE": "enable=no"}, limit=40)
            build.wait_until(lambda: len(scene.ran(lines)) == 9)
            time.sleep(0.1)
            lab.faults += 1
            build.send(number)
            ended_as_told(lab, build, number)
            scene.workspace.survivors(2)
            for n in range(8):
                scene.behave(f"act[n={n}]")
            scene.behave("join[n=19]")
            scene.is_current("behind a killed build")
            scene.settled()


def ended_as_told(lab, build, number):
    """A signal of a crash that we sent is none of dbuild's; everything else that is found counts."""
    before = len(lab.flaws)
    ended = build.ended()
    if number in (signal.SIGSEGV, signal.SIGABRT):
        lab.flaws[before:] = [flaw for flaw in lab.flaws[before:] if flaw[0] != KINDS["crash"]]
    if ended.code not in (None, -number):
        lab.flaw("wrong", f"sent {signal.Signals(number).name}: {ended}")
