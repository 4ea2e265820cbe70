"""C05: the power fails. Needs root, for a disk of its own whose image can be copied as it is without being told."""

import contextlib
import os
import pathlib
import pwd
import shutil
import subprocess
import tempfile
import time
import uuid

import invariants
import workspace as workspaces
from catalogue import case

IMAGE_BYTES = 400 << 20


def run(*words):
    subprocess.run([str(word) for word in words], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


@contextlib.contextmanager
def mounted(image, place):
    place.mkdir(exist_ok=True)
    run("mount", "-o", "loop", image, place)
    try:
        yield place
    finally:
        # A process that is still dying may have a file open.
        for _ in range(50):
            if subprocess.run(["umount", place], capture_output=True).returncode == 0:
                return
            time.sleep(0.1)
        run("umount", "-l", place)


def as_nobody(boot):
    """Before a program begins: the rights go, and the machine has been started again."""
    user = pwd.getpwnam("nobody")

    def prepare():
        os.setgroups([])
        os.setgid(user.pw_gid)
        os.setuid(user.pw_uid)

    # In a mount namespace of its own /proc shows another boot.
    words = ("unshare", "-m", "sh", "-c",
             'mount --bind "$0" /proc/sys/kernel/random/boot_id && exec setpriv --reuid nobody --regid nogroup '
             '--clear-groups "$@"', str(boot))
    return (words, None) if boot else ((), prepare)


def build(workspace, boot, *arguments, **options):
    under, preexec = as_nobody(boot)
    return workspace.start(*arguments, under=under, preexec=preexec, **options)


def cut(lab, blank, scratch, moment):
    """One build whose disk is copied, at some moment, as the power cut would leave it."""
    image, copy = scratch / "image", scratch / "copy"
    run("cp", "--sparse=always", blank, image)
    with mounted(image, scratch / "before") as place:
        workspace = workspaces.Workspace(lab, place / "case")
        running = build(workspace, None, "-j", "8")
        if lab.random.random() < 0.7:
            # Somebody's sync in the middle, so that the cut leaves some of it and loses some.
            time.sleep(moment / 2)
            run("sync", "-f", place)
            moment /= 2
        time.sleep(moment)
        # As it is: what the kernel has not written yet is lost.
        run("cp", "--sparse=always", image, copy)
        finished = workspace.told()
        running.send(9)
        running.ended()
        workspace.survivors(2)
    # A copy is not made in an instant: one whose journal cannot be replayed shows no state that a disk was ever in.
    if subprocess.run(["e2fsck", "-p", copy], capture_output=True).returncode > 1:
        return None
    boot = scratch / "boot"
    boot.write_text(f"{uuid.uuid4()}\n")
    with mounted(copy, scratch / "after") as place:
        workspace = workspaces.Workspace(lab, place / "case")
        lab.faults += 1
        known = workspace.told()
        ended = build(workspace, boot, "-j", "8").ended()
        invariants.expect(workspace, ended, 0)
        invariants.same_tree(workspace)
        lines = len(workspace.log())
        invariants.expect(workspace, build(workspace, boot).ended(), 0)
        if workspace.log(lines):
            lab.flaw("wrong", "ran although everything was up to date")
        invariants.expect(workspace, build(workspace, boot, "--check").ended(), 0)
        workspace.survivors(2)
    return len(finished), len(known)


@case("C05", "the power fails", short=False, root=True)
def power_cut(lab):
    scratch = pathlib.Path(tempfile.mkdtemp(dir=lab.root))
    scratch.chmod(0o755)
    try:
        blank = scratch / "blank"
        with open(blank, "wb") as file:
            file.truncate(IMAGE_BYTES)
        run("mkfs.ext4", "-q", blank)
        with mounted(blank, scratch / "before") as place:
            shutil.copytree(lab.prepared / "fresh", place / "case", symlinks=True)
            user = pwd.getpwnam("nobody")
            (place / "case/channels").mkdir()
            for path in [place, *place.rglob("*")]:
                os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)
        count = lab.count(3, 100)
        told = [cut(lab, blank, scratch, lab.random.uniform(0.1, 8)) for _ in range(count)]
        if told.count(None) > count // 2:
            lab.flaw("wrong", "most copies of the disk could not be used: the case proves little")
        survived = sorted(known / finished for finished, known in filter(None, told) if finished)
        if survived:
            middle = survived[len(survived) // 2]
            lab.say(f"of the actions finished before a cut {middle:.0%} were known behind it (median)")
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
