"""clean.py ORDERS OUT --least N: the orders of at least N; those without an amount are dropped."""
import csv
import sys

orders, out, _, least = sys.argv[1:]
with open(orders, newline="") as source, open(out, "w", newline="") as target:
    rows = csv.writer(target, lineterminator="\n")
    for region, amount in list(csv.reader(source))[1:]:
        if amount and int(amount) >= int(least):
            rows.writerow([region, amount])
