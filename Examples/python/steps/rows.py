"""rows.py OUT: the diabetes data that scikit-learn brings with it, 442 rows (Efron et al., 2004)."""
import csv
import sys

from sklearn.datasets import load_diabetes

data = load_diabetes()
with open(sys.argv[1], "w", newline="") as file:
    table = csv.writer(file, lineterminator="\n")
    table.writerow([*data.feature_names, "progression"])
    table.writerows([*map(float, features), float(target)] for features, target in zip(data.data, data.target))
