"""score.py: stays alive; each request is ROWS MODEL SCORE --kind KIND --fold N --folds N.

Writes the mean absolute error of a model on the rows of its fold, which it has not seen.
"""
import argparse
import os

import joblib
import sklearn.metrics

from diabetes import folds, serving

parser = argparse.ArgumentParser()
parser.add_argument("rows")
parser.add_argument("model")
parser.add_argument("score")
parser.add_argument("--kind", required=True)
parser.add_argument("--fold", type=int, required=True)
parser.add_argument("--folds", type=int, required=True)


def score(arguments):
    options = parser.parse_args(arguments)
    features, targets = folds.read(options.rows)
    _, features = folds.split(features, options.fold, options.folds)
    _, targets = folds.split(targets, options.fold, options.folds)
    foretold = joblib.load(options.model).predict(features)
    error = sklearn.metrics.mean_absolute_error(targets, foretold)
    with open(options.score, "w") as file:
        print(f"{options.kind},{options.fold},{len(targets)},{error:.4f}", file=file)
    print(f"scored by process {os.getpid()}")


serving.serve(score)
