"""C02 and C26: a fault at each system call on the way of an output."""

import injection
import invariants
from catalogue import case

# A tree, sets of two, commands and files: what it takes to make one file of the last layer.
TARGET = "g[n=3]"


class Bench:
    """A workspace of which most is built, and copies of it for one fault each."""

    def __init__(self, lab, made):
        self.lab, self.made = lab, made
        made.pause(0)
        invariants.expect(made, made.dbuild("-j", "4", "b"), 0)
        self.expected = None

    def attempt(self, under):
        """One build under a fault, then one without. Returns how the first ended."""
        with self.lab.copied(self.made.directory) as workspace:
            watch = invariants.Watch(workspace)
            ended = workspace.dbuild("-j", "2", TARGET, under=under, limit=120)
            self.lab.faults += 1
            workspace.survivors(2)
            watch.judge()
            invariants.whole_files(workspace)
            if ended.code == 0:
                self.judge_whole(workspace)
            again = invariants.Watch(workspace)
            invariants.expect(workspace, workspace.dbuild("-j", "2", TARGET), 0)
            again.judge()
            self.judge_whole(workspace)
            invariants.whole_files(workspace)
            last = invariants.Watch(workspace)
            invariants.expect(workspace, workspace.dbuild(TARGET), 0)
            if last.judge():
                self.lab.flaw("wrong", f"ran again behind {' '.join(under)}")
            invariants.leftovers(workspace)
            return ended

    def judge_whole(self, workspace):
        """Every file that is there is that of the reference, and the target is there."""
        found = workspace.outputs()
        if b"g/3.bin" not in found:
            self.lab.flaw("wrong", "exit 0 without the target")
        for path, facts in found.items():
            if facts[0] == "file" and facts != self.lab.reference.get(path):
                self.lab.flaw("wrong", f"{path} differs from the reference")


def moments(lab, call):
    """At which calls: each, while that is affordable; openat also opens every library."""
    if not lab.isLong:
        return sorted(lab.random.sample(range(1, 30), 2))
    return [*range(1, 40), *range(40, 400, 15)] if call in ("open", "read", "stat") else range(1, 1000)


@case("C02", "kill -9 at each system call of the way of an output", short=False)
def killed_at_each_call(lab):
    with lab.workspace() as made:
        bench = Bench(lab, made)
        for call in ("open", "write", "sync", "rename", "mkdir", "remove", "truncate", "copy", "link"):
            for when in moments(lab, call):
                ended = bench.attempt(injection.under(call, "signal=KILL", when))
                if ended.code == 0:
                    break


@case("C26", "an error of the device at the n-th call")
def errors_at_calls(lab):
    errors = ("EIO", "EDQUOT", "EROFS", "EACCES", "ENOSPC")
    with lab.workspace() as made:
        bench = Bench(lab, made)
        calls = ("read", "write", "sync", "rename", "mkdir", "remove", "copy")
        for call in calls if lab.isLong else lab.random.sample(calls, 3):
            for error in errors if lab.isLong else lab.random.sample(errors, 1):
                for when in (range(1, 40, 3) if lab.isLong else [lab.random.randrange(1, 20)]):
                    ended = bench.attempt(injection.under(call, f"error={error}", when))
                    # An action may be hit by itself, and fails then; and so may be the loader, before dbuild begins.
                    if ended.code != 127:
                        invariants.expect(made, ended, 0, 1, 3, 10)


@case("C26b", "every call of a kind fails, until the device works again", short=False)
def device_that_fails(lab):
    with lab.workspace() as made:
        bench = Bench(lab, made)
        for call, error in (("rename", "EIO"), ("rename", "EROFS"), ("sync", "EIO"), ("mkdir", "EACCES")):
            ended = bench.attempt(injection.under(call, f"error={error}"))
            if call != "sync":
                invariants.expect(made, ended, 3)
