/// What recipes do in these tests: a function of their parameters, of the bytes that they read and of the rules' code.
///
/// An input that holds `!` makes any of them fail.
enum Craft: String, Hashable {
    /// Tells any two inputs apart.
    case mix
    /// One of two results, so that most changes end there.
    case parity
    /// Makes a tree of lines `name=text`.
    case split
    /// The names in lines `name=text`, each once and sorted, as a table with one column: what an axis may read.
    case names

    struct Failure: Error {}

    /// What an input or output holds.
    enum Stuff: Hashable {
        case file([UInt8])
        /// By path below the tree.
        case tree([String: [UInt8]])

        /// What the names alone say.
        var listed: Stuff {
            guard case .tree(let files) = self else { return self }
            return .tree(files.mapValues { _ in [] })
        }

        var bytes: [UInt8] {
            switch self {
            case .file(let bytes): return bytes
            case .tree(let files):
                return files.sorted { $0.key < $1.key }.flatMap { name, bytes in
                    Array("\(name.utf8.count) \(name) \(bytes.count) ".utf8) + bytes
                }
            }
        }
    }

    /// What one action does, with what it reads.
    struct Job {
        var name: String
        var does: Craft
        var level: Int
        var code: Int
        /// In the recipe's order; nil for one that is absent, as it may be.
        var given: [(property: String, stuff: Stuff?)]
        var outputs: [String]
        /// Where it looks undeclared; at a file that holds `+` it looks for the next, whose name has a `+` more.
        var peeks: [String]
    }

    /// - Returns: what each output is, and what lay where it looked.
    static func run(
        _ job: Job, look: (String) -> Stuff?
    ) throws(Failure) -> (made: [String: Stuff], looked: [String: Stuff?]) {
        var looked: [String: Stuff?] = [:]
        var seen: [UInt8] = []
        for peek in job.peeks {
            var path = peek
            while looked[path] == nil {
                let stuff = look(path)
                looked[path] = .some(stuff)
                seen += Array("\(path) \(stuff == nil ? 0 : 1) ".utf8) + (stuff?.bytes ?? [])
                guard let stuff, stuff.bytes.contains(UInt8(ascii: "+")) else { break }
                path += "+"
            }
        }
        let read = job.given.flatMap { $0.stuff?.bytes ?? [] } + seen
        if read.contains(UInt8(ascii: "!")) { throw Failure() }
        var made: [String: Stuff] = [:]
        for (place, output) in job.outputs.enumerated() {
            switch job.does {
            case .split: made[output] = .tree(lines(read))
            case .names:
                made[output] = .file(Array((["axis"] + lines(read).keys.sorted()).map { $0 + "\n" }.joined().utf8))
            case .parity: made[output] = .file([UInt8(ascii: "0") + read.reduce(0) { ($0 &+ $1) % 2 }])
            case .mix:
                var text = Array("\(job.name) \(job.level) \(job.code) \(place) ".utf8) + seen
                for (property, stuff) in job.given {
                    text += Array("\(property) \(stuff.map { $0.bytes.count } ?? -1) ".utf8) + (stuff?.bytes ?? [])
                }
                made[output] = .file(Array(digest(text).utf8))
            }
        }
        return (made, looked)
    }

    /// FNV-1a of 64 bits, for these tests good enough.
    private static func digest(_ bytes: [UInt8]) -> String {
        let hash = bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return String(hash, radix: 16)
    }

    private static func lines(_ bytes: [UInt8]) -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            let sides = line.split(separator: UInt8(ascii: "="), maxSplits: 1)
            guard sides.count == 2, let name = String(validating: sides[0], as: UTF8.self) else { continue }
            files[name] = Array(sides[1])
        }
        return files
    }
}
