"""report.py OUT SUM…: a line for each region."""
import sys

out, *sums = sys.argv[1:]
with open(out, "w") as target:
    for path in sums:
        with open(path) as source:
            target.write("- " + source.read())
