"""The figures, in the order of the table. Each is a function that gives rows of it."""
from . import change, dispatch, explain, full, gather, hashing, makespan, null, planning

FIGURES = {
    "full-s": full.small,
    "null-xs": null.tiny,
    "null-s": null.small,
    "full-l": full.large,
    "null-l": null.large,
    "change": change.change,
    "touch": change.touch,
    "cutoff": change.cutoff,
    "explain": explain.explain,
    "commands": dispatch.commands,
    "recipes": dispatch.recipes,
    "gather": gather.gather,
    "hashing": hashing.hashing,
    "planning": planning.planning,
    "makespan": makespan.makespan,
    "null-xl": null.million,
}

# What the short form leaves out: a workspace of a million files takes too long to make.
LONG = {"full-l", "null-xl"}
