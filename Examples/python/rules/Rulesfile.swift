import Rules

/// Models of scikit-learn, each trained and scored by a step in Python, and a table of how good they are.
@main struct Diabetes: Rulesfile {
    @Parameter("Trees of a forest", in: 1 ... 1000) var trees = 30
    @Parameter("Parts into which the rows are cut", in: 2 ... 20) var folds = 2

    /// The virtual environment of this workspace.
    private let python = ".venv/bin/python"

    func rules(_ build: Build) throws {
        let rows = build.action(
            "rows",
            Command.python(
                script: build.source("steps/rows.py"), interpreter: python,
                .output("out/rows.csv")))

        let kinds = Axis("kind", ["ridge", "forest"])
        let folds = Axis("fold", 1 ... folds)
        let train = build.source("steps/train.py")
        let models = build.rule("train", kinds, folds) { kind, fold in
            Command.python(
                script: train, package: "diabetes", interpreter: python,
                .input(rows.output), .output("out/models/\(kind)/\(fold).joblib"),
                .flag("--kind", kind), .flag("--fold", fold), .flag("--folds", self.folds),
                // A linear model has none: it is not trained again when there are more of them.
                .texts(kind == "forest" ? ["--trees", "\(trees)"] : []))
        }

        // Loading the library takes longer than scoring: one program stays alive, and scores one model after the other.
        let score = build.source("steps/score.py")
        let scores = build.rule("score", kinds, folds) { kind, fold in
            Command.python(
                script: score, package: "diabetes", interpreter: python, .worker,
                .input(rows.output), .input(models[kind, fold].output), .output("out/scores/\(kind)/\(fold).csv"),
                .flag("--kind", kind), .flag("--fold", fold), .flag("--folds", self.folds))
        }

        build.action(
            "report",
            Command.python(
                script: build.source("steps/report.py"), interpreter: python,
                .output("out/report.md"), .inputs(scores.all.output)))
    }
}
