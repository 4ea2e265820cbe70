"""C34: what an action sees of the process that started dbuild."""

import os
import re
import signal

import scene as scenes
from catalogue import case

# What a command finds.
LOOK = r"""
# A child has what the shell was given and has not opened itself. The shell reads its own state without a program's help:
# it blocks signals while it starts one.
ls -l /proc/self/fd | cat >"$beside/fds"
sed -n 's/.* \([0-9]*\) -> /fd \1 /p' "$beside/fds" >"$beside/state-$name"
say() { echo "-- $1"; while read -r line; do echo "$line"; done <"/proc/$$/$1"; }
look() { say status; say stat; say limits; }
look >>"$beside/state-$name"
{ echo "-- environ"; tr '\0' '\n' </proc/$$/environ; } >>"$beside/state-$name"
join "$@"
"""
# The script itself, which the shell has open.
SHELL_OWN = re.compile(r"/proc/\d+/fd$")
# A worker's own, and no more of them: its log twice, two pipes to dbuild, what it measures itself by, and the workspace,
# to which it goes back after each action. An end of another worker's pipe would keep that one from seeing that dbuild is
# gone.
WORKER_OWN = sorted(["/dev/null", "log", "log", "pipe", "pipe", "clear_refs", "statm", "workspace"])
KINDS = {
    r"/dev/null": "/dev/null", r".*/project": "workspace", r".*/\.dbuild/logs/.*": "log", r"pipe:.*": "pipe", r"/proc/\d+/(clear_refs|statm)": r"\1",
}


def burdened():
    """A careless parent: open files, blocked and ignored signals, a mask, low priority and few files."""
    for place in ("/etc/passwd", "/etc/hostname"):
        os.set_inheritable(os.open(place, os.O_RDONLY), True)
    os.dup2(os.open("/etc/passwd", os.O_RDONLY), 77, inheritable=True)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGUSR1, signal.SIGCHLD, signal.SIGALRM})
    for number in (signal.SIGINT, signal.SIGPIPE, signal.SIGUSR2, signal.SIGCHLD):
        signal.signal(number, signal.SIG_IGN)
    os.umask(0o077)


def sections(text):
    found, name = {"fd": []}, "fd"
    for line in text.replace("\0", "\n").split("\n"):
        if line.startswith("-- "):
            name = line[3:]
            found[name] = []
        elif line:
            found[name].append(line)
    return found


def status(found, name):
    return int(next(line for line in found["status"] if line.startswith(name + ":")).split()[1], 16)


def kinds(lines):
    """What open files are, one word for each; of what is not known, what it is itself."""
    found = []
    for line in lines:
        place = line.split(" ", 2)[2]
        matches = (re.fullmatch(pattern, place) for pattern in KINDS)
        match = next(filter(None, matches), None)
        found.append(match.expand(KINDS[match.re.pattern]) if match else place)
    return sorted(found)


def judge(lab, what, found, isWorker):
    own = [line for line in found["fd"] if not SHELL_OWN.search(line)]
    numbers = {int(line.split()[1]) for line in own}
    if kinds(own) != WORKER_OWN if isWorker else numbers != {0, 1, 2}:
        lab.flaw("wrong", f"{what} has open: {own}")
    if "fd 0 /dev/null" not in own:
        lab.flaw("wrong", f"{what} reads: {own}")
    if status(found, "SigBlk") != 0:
        lab.flaw("wrong", f"{what} has signals blocked: {status(found, 'SigBlk'):x}")
    # A worker sees by its errors that nobody reads it, and leaves a terminal's Ctrl-C to dbuild.
    own = (signal.SIGPIPE, signal.SIGINT) if isWorker else ()
    # Above 31 they are the C library's.
    ignored = status(found, "SigIgn") & (1 << 31) - 1 & ~sum(1 << (number - 1) for number in own)
    if ignored:
        lab.flaw("wrong", f"{what} has signals ignored: {ignored:x}")
    if "Umask:\t0022" not in found["status"]:
        lab.flaw("wrong", f"{what} has another mask: {[line for line in found['status'] if 'Umask' in line]}")
    fields = found["stat"][0].rpartition(")")[2].split()
    terminal, nice = int(fields[4]), int(fields[16])
    if terminal != 0:
        lab.flaw("wrong", f"{what} has a terminal")
    if nice != 0:
        lab.flaw("wrong", f"{what} has another priority: {nice}")
    if any("CANARY" in line for line in found["environ"]):
        lab.flaw("wrong", f"{what} sees an undeclared variable: {found['environ']}")
    names = {line.split("=")[0] for line in found["environ"]}
    allowed = {"LC_ALL", "TZ", "PATH", "HOME", "TMPDIR", "SWIFT_BACKTRACE", "DBUILD_RUN", "PWD", "OLDPWD", "SHLVL", "_"}
    strange = {name for name in names - allowed if not name.endswith("_NUM_THREADS") and not name.endswith("MAXIMUM_THREADS")}
    if strange:
        lab.flaw("wrong", f"{what} sees {sorted(strange)}")


@case("C34", "descriptors, signals, masks, terminals and variables of whoever started it")
def inherited(lab):
    for preexec in (None, burdened):
        with scenes.scene(lab, "built") as scene:
            looking = ("act[n=3]", "join[n=3]", "join[n=4]")
            for name in ("left-3", "right-3", "right-4"):
                scene.write(f"data/{name}.txt", "changed\n")
            scene.behave("act[n=3]", LOOK)
            # Two, so that one of the workers is started while there is another.
            for name in looking[1:]:
                scene.behave(name, "state")
            lab.faults += 1
            ended = scene.build(
                "-j", "4", preexec=preexec,
                environment={"CANARY": "CANARY", "LD_LIBRARY_PATH": "/CANARY", "PYTHONPATH": "/CANARY", "OMP_NUM_THREADS": "77",
                             "BASH_ENV": "/CANARY", "ENV": "/CANARY", "IFS": "CANARY"})
            scene.expect(ended, 0)
            for name in looking:
                place = scene.directory / f"state-{name}"
                if not place.exists():
                    lab.flaw("wrong", f"{name} has not looked: {ended}")
                    continue
                judge(lab, f"{name}{' of a careless parent' if preexec else ''}", sections(place.read_text(errors="replace")),
                      name.startswith("join"))
            for name in looking:
                scene.behave(name)
            wrong = scene.wrong_outputs()
            if wrong:
                lab.flaw("wrong", f"{wrong}")
            scene.settled()
