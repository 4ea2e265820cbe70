"""train.py ROWS MODEL --kind KIND --fold N --folds N [--trees N]: trains a model with the rows of the other folds."""
import argparse

import joblib

from diabetes import folds, models

parser = argparse.ArgumentParser()
parser.add_argument("rows")
parser.add_argument("model")
parser.add_argument("--kind", required=True)
parser.add_argument("--fold", type=int, required=True)
parser.add_argument("--folds", type=int, required=True)
parser.add_argument("--trees", type=int)
options = parser.parse_args()

features, targets = folds.read(options.rows)
features, _ = folds.split(features, options.fold, options.folds)
targets, _ = folds.split(targets, options.fold, options.folds)
model = models.make(options.kind, options.trees)
model.fit(features, targets)
joblib.dump(model, options.model)
print(f"{options.kind}: {len(features)} rows of {len(features[0])} features")
