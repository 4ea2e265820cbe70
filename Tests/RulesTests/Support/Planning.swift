import Foundation

@testable import Rules

/// Evaluates rules as a rules process does.
///
/// - Parameter answers: what dbuild answers to a question, by path; "not yet" for every other.
func plan(
    answers: [String: [String]] = [:], _ rules: @escaping (Build) throws -> Void
) throws -> ReadPlan {
    let sent = Sent()
    let build = Build(
        plan: PlanWriter { sent.frames.append($0) },
        ask: { () throws(WireError) in
            guard let question = (try? ReadPlan(sent.frames))?.questions.last else { throw .ended }
            return answers[String(question.prefix { $0 != " " })]
        },
        stop: { kind in fatalError("a mistake in rules that have none: \(kind)") })
    try build.section { try rules(build) }
    build.finish()
    return try ReadPlan(sent.frames)
}

private final class Sent { var frames: [[UInt8]] = [] }

/// Evaluates rules that are wrong, in a process of their own: writes the failure to standard output and ends.
func planAndStop(_ rules: (Build) throws -> Void) throws {
    let sent = Sent()
    let build = Build(
        plan: PlanWriter { sent.frames.append($0) },
        ask: { () throws(WireError) in nil },
        stop: { kind in
            let failure = (try? ReadPlan(sent.frames))?.failure
            print(failureMark + (failure.map { "\($0.message) \($0.places.count)" } ?? "unreadable"))
            Foundation.exit(kind == .usage ? 64 : 2)
        })
    try build.section { try rules(build) }
    build.finish()
}

/// The message, and the number of places, of a process that ran `planAndStop`.
func failure(in output: [UInt8]) -> String? {
    let lines = String(decoding: output, as: UTF8.self).split(separator: "\n")
    return lines.last { $0.contains(failureMark) }.map { String($0.split(separator: failureMark).last ?? "") }
}

private let failureMark = "FAILURE: "
