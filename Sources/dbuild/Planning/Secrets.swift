import Artifact
private import Synchronization

/// Codes of secret values, under a random key that the workspace keeps to itself.
///
/// A hash alone would be as good as the value to whoever can guess it: the key lies in no database, log or document.
final class Secrets: Sendable {
    private let file: String
    private let mayMake: Bool
    private let key = Mutex<[UInt8]?>(nil)

    static let keyBytes = 32

    /// The file is there, and holds no key.
    struct Damaged: Error { let file: String }

    /// - Parameters:
    ///   - file: absolute.
    ///   - mayMake: whether a key is made where there is none.
    init(file: String, mayMake: Bool) {
        self.file = file
        self.mayMake = mayMake
    }

    /// The code of a variable's value; equal values of two variables have different ones.
    ///
    /// - Returns: 32 bytes; one of no use where there is no key, which no build has recorded.
    func code(of value: [UInt8], in variable: [UInt8]) throws -> [UInt8] {
        guard let key = try readKey() else { return [0] }
        return SHA256.code(of: variable + [UInt8(ascii: "=")] + value, key: key)
    }

    private func readKey() throws -> [UInt8]? {
        try key.withLock { known in
            if let known { return known }
            if !fileExists(file) {
                guard mayMake else { return nil }
                var random = SystemRandomNumberGenerator()
                let made = (0 ..< Self.keyBytes).map { _ in UInt8.random(in: .min ... .max, using: &random) }
                try replaceFile(file, with: made, mode: 0o600)
            }
            let read = try readFile(file)
            guard read.count == Self.keyBytes else { throw Damaged(file: file) }
            known = read
            return read
        }
    }
}
