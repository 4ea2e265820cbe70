import Artifact
private import Foundation

/// What a program that stays alive is asked for: one line of JSON, with the fields of Bazel's worker protocol.
///
/// - Source: bazel.build/remote/creating, "Work requests"; protocol `json`.
struct WorkRequest: Sendable {
    let requestID: Int
    let arguments: [[UInt8]]
    let inputs: [ActionTask.Input]
    /// Absolute: where arguments and inputs are to be taken from, and outputs to be put.
    let sandboxDirectory: String

    struct NotText: Error { let bytes: [UInt8] }

    private struct Message: Encodable {
        let arguments: [String]
        let inputs: [Input]
        let requestId: Int
        let sandboxDir: String

        struct Input: Encodable {
            let path: String
            let digest: String
        }
    }

    /// With the end of the line.
    func line() throws -> [UInt8] {
        // JSON has text only.
        func text(_ bytes: [UInt8]) throws(NotText) -> String {
            guard let text = String(validating: bytes, as: UTF8.self) else { throw NotText(bytes: bytes) }
            return text
        }
        let message = Message(
            arguments: try arguments.map(text),
            inputs: try inputs.map { input in
                Message.Input(
                    path: try text(input.path.bytes), digest: input.content.map { "\($0.fingerprint.digest)" } ?? "")
            },
            requestId: requestID, sandboxDir: sandboxDirectory)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(message)) + [UInt8(ascii: "\n")]
    }
}

/// What it answers: one line of JSON.
struct WorkResponse: Sendable, Hashable {
    let exitCode: Int32
    /// For the action's log.
    let output: String

    /// Lines are as they can be shown, cut where they are long.
    enum Flaw: Error, Sendable, Hashable {
        case noResponse
        /// It went on after it had closed its output.
        case closed
        case notJSON(line: String)
        case notAResponse(line: String)
        case otherRequest(Int, line: String)
        case cancelled(line: String)
        case moreThanOneLine(String)
        case tooLong
    }

    private struct Message: Decodable {
        let exitCode: Int32?
        let output: String?
        let requestId: Int?
        let wasCancelled: Bool?
    }

    /// - Parameters:
    ///   - line: without its end.
    ///   - requestID: of the request. A program that serves one at a time may leave it out, or say 0.
    init(_ line: some Collection<UInt8>, to requestID: Int) throws(Flaw) {
        let shown = lastLines(Array(line), count: 1).last ?? ""
        let data = Data(line)
        guard let any = try? JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed) else {
            throw .notJSON(line: shown)
        }
        guard any is [String: Any], let message = try? JSONDecoder().decode(Message.self, from: data) else {
            throw .notAResponse(line: shown)
        }
        let answered = message.requestId ?? 0
        guard answered == 0 || answered == requestID else { throw .otherRequest(answered, line: shown) }
        guard message.wasCancelled != true else { throw .cancelled(line: shown) }
        exitCode = message.exitCode ?? 0
        output = message.output ?? ""
    }
}
