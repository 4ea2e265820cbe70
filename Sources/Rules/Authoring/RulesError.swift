/// What can be wrong with rules or with the settings given to them.
enum RulesError: Error, Hashable {
    // Settings.
    case malformedSetting(String)
    case unknownParameter(String, nearest: [String])
    case notAParameterValue(String, type: String, parameter: String)
    case parameterOutOfRange(String, value: String, range: String)
    case missingParameter(String, help: String)

    // Rules.
    case sameParameter(String)
    case privateRecipe(type: String)
    case notEncodable(type: String, reason: String)
    case inputMayBeAbsent(path: String, type: String)
    case commandWithoutOutput
    case workerStartsWithOutput
    case emptyPackage(String)
    case repeatedValue(axis: String, value: String)
    case tooManyCells(rule: String, counts: [Int])
    case noCell(rule: String, key: [String])
    case noValue(String, axis: String, rule: String)
    case notAnAxis(String)
    case sameKey(axis: String, value: String)
    case notAnAxisValue(text: String, column: String, path: String, type: String)
    case tooFewCPUs(Int)
    case noMemorySize(String)
    case noTimeSpan(String)
    case noRetries(Int)
    case emptyPool(String, Int)
    case unlimitedPool(String)
    case samePool(String)
    case emptyBatch(Int)
    case noTolerance(Double)
    case noAxis(String, rule: String, has: [String])
    case shareOutOfRange(Double)
    case notAnInput(type: String)
    case policy(String, rule: String, PolicyFlaw)
    case thrown(String)

    // dbuild.
    case badAnswer(WireError)

    /// The outside name of the parameter that was set in a way that does not fit.
    var parameter: String? {
        switch self {
        case .unknownParameter(let name, _), .notAParameterValue(_, _, let name), .parameterOutOfRange(let name, _, _):
            name
        default: nil
        }
    }

    /// Whether other settings would help.
    var isUsage: Bool {
        switch self {
        case .malformedSetting, .unknownParameter, .notAParameterValue, .parameterOutOfRange, .missingParameter: true
        default: false
        }
    }
}
