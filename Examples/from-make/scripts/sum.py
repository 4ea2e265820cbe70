"""sum.py ROWS OUT REGION: what the orders of a region come to."""
import csv
import sys

rows, out, region = sys.argv[1:]
with open(rows, newline="") as source, open(out, "w") as target:
    print(region, sum(int(amount) for name, amount in csv.reader(source) if name == region), file=target)
