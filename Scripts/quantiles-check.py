"""Trains scikit-learn's boosted quantile trees on the rows that dbuild's were trained on, and scores both.

    quantiles-check.py TRAINING.csv FRESH.csv TARGET

Each column of TRAINING but the target is a feature. FRESH has the same columns, and `p10`, `p50` and `p90` as dbuild
predicts them. Prints a line each for `ours` and `theirs`: the mean pinball losses of 0.1, 0.5 and 0.9, and the share of
rows from p10 to p90.
"""

import csv
import sys

import numpy
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.metrics import mean_pinball_loss

PROBABILITIES = {"p10": 0.1, "p50": 0.5, "p90": 0.9}


def read(path):
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    return {name: numpy.array([float(row[name]) for row in rows]) for name in rows[0]}


def score(name, observed, quantiles):
    losses = [mean_pinball_loss(observed, quantiles[p], alpha=a) for p, a in PROBABILITIES.items()]
    covered = (quantiles["p10"] <= observed) & (observed <= quantiles["p90"])
    print(name, *(repr(float(value)) for value in [*losses, covered.mean()]))


def main(training_path, fresh_path, target):
    training, fresh = read(training_path), read(fresh_path)
    features = [name for name in training if name != target]
    table = numpy.column_stack([training[name] for name in features])
    fresh_table = numpy.column_stack([fresh[name] for name in features])
    theirs = {}
    for name, probability in PROBABILITIES.items():
        model = GradientBoostingRegressor(
            loss="quantile", alpha=probability, learning_rate=0.1, n_estimators=200, max_depth=3,
            min_samples_leaf=30, n_iter_no_change=15, validation_fraction=0.2, random_state=1)
        theirs[name] = model.fit(table, training[target]).predict(fresh_table)
    score("ours", fresh[target], {name: fresh[name] for name in PROBABILITIES})
    score("theirs", fresh[target], theirs)


main(*sys.argv[1:])
