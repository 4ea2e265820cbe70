"""The kinds of models that are compared."""


def make(kind, trees):
    # Here, not above: who only needs another module of the package does not wait for the library.
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.linear_model import Ridge

    if kind == "ridge":
        return Ridge(alpha=0.1)
    if kind == "forest":
        return RandomForestRegressor(n_estimators=trees, min_samples_leaf=5, random_state=0)
    raise ValueError(f"no kind of model is called {kind}")
