import Artifact

/// What the sandbox kept an action from, as its processes wrote it down: `Sources/CPreload/denied.c`.
struct Denials: Sendable, Hashable {
    /// What was wanted of a path.
    enum Act: UInt8, Sendable, Hashable, Comparable {
        case read = 0x72
        case list = 0x6C
        case execute = 0x78
        case write = 0x77
        /// Whether it is there.
        case examine = 0x65

        static func < (a: Act, b: Act) -> Bool { a.rawValue < b.rawValue }
    }

    struct Look: Sendable, Hashable {
        let act: Act
        /// Absolute, as the program named it.
        let path: [UInt8]
    }

    /// Each once, in their order.
    private(set) var looks: [Look] = []
    /// Programs of which nobody could hear what they were denied, absolute.
    private(set) var unheard: [[UInt8]] = []

    private static let unheardMark = UInt8(ascii: "s")

    init(unheard: [[UInt8]] = []) { self.unheard = unheard }

    /// - Parameter text: records of a letter, a path and a NUL; the last may be cut off, and is not believed then.
    mutating func add(_ text: [UInt8]) {
        var known = Set(looks)
        var rest = text[...]
        while let end = rest.firstIndex(of: 0) {
            let record = rest[..<end]
            rest = rest[(end + 1)...]
            guard let mark = record.first else { continue }
            let path = Array(record.dropFirst())
            if mark == Self.unheardMark {
                if !unheard.contains(path) { unheard.append(path) }
            } else if let act = Act(rawValue: mark) {
                let look = Look(act: act, path: path)
                if known.insert(look).inserted { looks.append(look) }
            }
        }
    }
}
