import Foundation
import Tables
import TestSupport
import Testing

/// scikit-learn, in a process of its own.
struct ScikitLearn {
    /// Used even if it lacks the library where `DBUILD_FORECASTING_PYTHON` names one, as `Scripts/forecasting-python`
    /// makes it: who names one wants the checks, and not their silent absence.
    let python: String

    /// nil where no Python is named and the one on the path lacks the library.
    static let found: ScikitLearn? = {
        let environment = ProcessInfo.processInfo.environment
        if let path = environment["DBUILD_FORECASTING_PYTHON"], !path.isEmpty { return ScikitLearn(python: path) }
        let question = ["python3", "-c", "import sys, sklearn; print(sys.executable)"]
        guard let found = try? runToEnd("/usr/bin/env", question), found.exitCode == 0 else { return nil }
        let path = String(decoding: found.output, as: UTF8.self)
        return ScikitLearn(python: path.trimmingCharacters(in: .whitespacesAndNewlines))
    }()

    /// The mean pinball losses of 0.1, 0.5 and 0.9, and the share of the rows between the outer two.
    struct Score {
        var losses: [Double]
        var coverage: Double
    }

    /// How well our predictions do, and those of its own boosted trees.
    ///
    /// - Parameters:
    ///   - training: the features, and the target.
    ///   - fresh: the same columns, and `p10`, `p50` and `p90`.
    func scores(
        training: Table, fresh: Table, target: String, in directory: TemporaryDirectory
    ) throws -> (ours: Score, theirs: Score) {
        let paths = (directory.file("training.csv"), directory.file("fresh.csv"))
        try CSVWriter().write(training, to: paths.0)
        try CSVWriter().write(fresh, to: paths.1)
        let result = try runToEnd(python, ["-W", "ignore", Self.script, paths.0, paths.1, target])
        let output = String(decoding: result.output, as: UTF8.self)
        try #require(result.exitCode == 0, "\(output)")
        var scores: [String: Score] = [:]
        for line in output.split(separator: "\n") {
            let words = line.split(separator: " ")
            let numbers = try words.dropFirst().map { try #require(Double($0)) }
            try #require(numbers.count == 4, "\(output)")
            scores[String(words[0])] = Score(losses: Array(numbers[..<3]), coverage: numbers[3])
        }
        return (try #require(scores["ours"]), try #require(scores["theirs"]))
    }

    private static let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Scripts/quantiles-check.py").path()
}
