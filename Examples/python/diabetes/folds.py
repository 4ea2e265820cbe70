"""Rows, and which of them a model may see."""
import csv


def read(path):
    """The rows of a table: features, and what is to be foretold, the last column."""
    with open(path, newline="") as file:
        rows = [[float(value) for value in row] for row in list(csv.reader(file))[1:]]
    return [row[:-1] for row in rows], [row[-1] for row in rows]


def split(rows, fold, folds):
    """Those to train with, and those of the fold, which are kept from it. Folds count from 1."""
    seen = [row for index, row in enumerate(rows) if index % folds != fold - 1]
    kept = [row for index, row in enumerate(rows) if index % folds == fold - 1]
    return seen, kept
