"""C33: terminals and pipes that go away, and a build that is stopped for a while."""

import os
import re
import signal
import subprocess
import time

import invariants
import processes
from catalogue import case
from terminal import Terminal


@case("C33", "the terminal is closed, and with it who listens", short=False)
def terminal_lost(lab):
    for under, mayEnd in (((), True), (("nohup",), False)):
        with lab.workspace() as workspace:
            workspace.pause(50)
            screen = Terminal(workspace, "-j", "8", under=under)
            screen.read(20, lambda: len(workspace.begun()) > 20)
            screen.close()
            lab.faults += 1
            code = screen.ended(60)
            if code not in ((0, 129, -signal.SIGHUP) if mayEnd else (0,)):
                lab.flaw("wrong", f"its terminal was closed: exit {code}")
            workspace.survivors(1)
            workspace.pause(0)
            (workspace.project / "nohup.out").unlink(missing_ok=True)
            invariants.recover(workspace)


@case("C33b", "nobody reads what is said, or nothing can be said", short=False)
def channels_lost(lab):
    # A build is for its outputs: what it says is not its purpose.
    for redirection in ("2>&1 | head -1", "2>&- >&-", "<&- >&- 2>&-", ">/dev/full 2>/dev/full", "2>&1 | true"):
        with lab.workspace() as workspace:
            workspace.pause(5)
            lab.faults += 1
            code = shell(lab, workspace, f'"$0" -j 8 {redirection}; exit "${{PIPESTATUS[0]}}"')
            if code != 0:
                lab.flaw("wrong", f"a build ended as {code} with {redirection}")
            invariants.same_tree(workspace)
            invariants.recover(workspace)
    with lab.workspace("built") as workspace:
        for command in ("status", "why out/g/7.bin", "graph", "failures --json", "doctor", "log d[n=1]", "history"):
            lab.faults += 1
            if shell(lab, workspace, f'[ -n "$("$0" {command} 2>/dev/null)" ]') != 0:
                lab.flaw("wrong", f"`{command}` says nothing to begin with")
            code = shell(lab, workspace, f'"$0" {command} >/dev/full 2>/dev/null')
            if code == 0:
                lab.flaw("wrong", f"`{command}` could say nothing, and ended as 0")
            shell(lab, workspace, f'"$0" {command} 2>&1 | true')
        invariants.settled(workspace)


def shell(lab, workspace, text):
    """How bash ended; a crash of dbuild is counted."""
    ended = subprocess.run(
        ["bash", "-c", text, str(lab.program)], cwd=workspace.project, env=lab.environment, stdin=subprocess.DEVNULL,
        capture_output=True, timeout=120)
    if ended.returncode in (132, 133, 134, 136, 139) or re.search(rb"Fatal error|Program crashed", ended.stderr):
        lab.flaw("crash", f"{text}: {ended.returncode} {ended.stderr[-300:]}")
    return ended.returncode


@case("C33c", "a terminal of 20 columns, of one, and of none", short=False)
def narrow(lab):
    for columns in (20, 1, 0):
        with lab.workspace() as workspace:
            workspace.pause(20)
            screen = Terminal(workspace, "-j", "8", columns=columns)
            screen.read(60)
            lab.faults += 1
            code = screen.ended(10)
            screen.close()
            if code != 0:
                lab.flaw("wrong", f"exit {code} on {columns} columns: {screen.shown[-300:]}")
            if columns == 20:
                rows = re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]", b"", screen.shown).replace(b"\r\n", b"\n").split(b"\n")
                # How far the run is: the line that is drawn again and again.
                drawn = [row for part in rows for row in part.split(b"\r") if b"/300" in row]
                if len(drawn) < 3:
                    lab.flaw("wrong", f"{len(drawn)} lines say how far the run is: {screen.shown[-300:]}")
                if any(len(row.decode(errors="replace")) > 20 for row in drawn):
                    lab.flaw("wrong", f"the display is wider than its terminal: {drawn[:2]}")
            invariants.same_tree(workspace)
            invariants.settled(workspace)


@case("C33d", "stopped and continued: the actions stop and go on too", short=False)
def stopped_and_continued(lab):
    with lab.workspace() as workspace:
        workspace.pause(400)
        build = workspace.start("-j", "4")
        build.wait_until(lambda: len(workspace.begun()) > 20)
        build.send(signal.SIGTSTP)
        lab.faults += 1
        time.sleep(1)
        before = len(workspace.log())
        running = [processes.command_line(pid) for pid in processes.descendants(os.getpid()) if state(pid) not in "TZ"]
        time.sleep(1)
        if len(workspace.log()) > before:
            lab.flaw("wrong", f"actions go on while dbuild is stopped: {workspace.log(before)[:4]}")
        if not build.has_ended() and state(build.pid) != "T":
            lab.flaw("wrong", "TSTP does not stop dbuild")
        workers = [line for line in running if "sleep" in line]
        if workers:
            lab.flaw("wrong", f"not stopped with dbuild: {workers[:3]}")
        workspace.pause(0)
        build.send(signal.SIGCONT)
        ended = build.ended()
        invariants.expect(workspace, ended, 0)
        workspace.survivors(1)
        invariants.same_tree(workspace)
        invariants.settled(workspace)


def state(pid):
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return file.read().rpartition(b")")[2].split()[0].decode()
    except OSError:
        return "Z"
