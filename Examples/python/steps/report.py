"""report.py REPORT SCORE…: the mean absolute error of each kind of model, over all folds."""
import sys

report, *scores = sys.argv[1:]
errors = {}
for path in scores:
    with open(path) as file:
        kind, _, rows, error = file.read().strip().split(",")
    errors.setdefault(kind, []).append((int(rows), float(error)))
with open(report, "w") as page:
    print("| model | rows | mean absolute error |\n|---|--:|--:|", file=page)
    for kind, parts in errors.items():
        count = sum(rows for rows, _ in parts)
        print(f"| {kind} | {count} | {sum(rows * error for rows, error in parts) / count:.2f} |", file=page)
