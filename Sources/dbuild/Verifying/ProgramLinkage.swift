import Artifact

/// Whether a program starts through the dynamic linker, so that a library can be put in front of its own. For a script
/// that is said of what runs it; of what cannot be read, or is no program that is known, nothing speaks against it.
func isLinkedDynamically(_ program: String) -> Bool { isLinkedDynamically(program, mostScripts: 4) }

private func isLinkedDynamically(_ program: String, mostScripts: Int) -> Bool {
    guard let bytes = try? readFile(program, mostBytes: 64 << 10) else { return true }
    if bytes.starts(with: "#!".utf8) {
        let line = bytes.dropFirst(2).prefix { $0 != UInt8(ascii: "\n") }
        let words = line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        guard let interpreter = words.first, mostScripts > 0 else { return true }
        return isLinkedDynamically(String(decoding: interpreter, as: UTF8.self), mostScripts: mostScripts - 1)
    }
    guard bytes.starts(with: ProgramHeaders.magic) else { return true }
    // Of another word length, it does not load the library either.
    return ProgramHeaders(bytes)?.types.contains(ProgramHeaders.interpreter) ?? false
}

/// The types of an ELF program's segments. Source: System V ABI, "Program Header" (ELF-64, little-endian).
private struct ProgramHeaders {
    static let interpreter: UInt32 = 3
    static let magic: [UInt8] = [0x7F, 0x45, 0x4C, 0x46]
    let types: [UInt32]

    /// - Returns: nil of what is none, or of which not all of them are there.
    init?(_ bytes: [UInt8]) {
        guard bytes.starts(with: Self.magic), bytes.dropFirst(4).starts(with: [2, 1]),
            let table = Self.number(bytes, at: 32, width: 8), let size = Self.number(bytes, at: 54, width: 2),
            let count = Self.number(bytes, at: 56, width: 2), size >= 4
        else { return nil }
        var types: [UInt32] = []
        for index in 0 ..< count {
            let (offset, overflows) = table.addingReportingOverflow(index &* size)
            guard !overflows, let type = Self.number(bytes, at: offset, width: 4) else { return nil }
            types.append(UInt32(truncatingIfNeeded: type))
        }
        self.types = types
    }

    private static func number(_ bytes: [UInt8], at offset: UInt64, width: Int) -> UInt64? {
        guard offset <= UInt64(bytes.count), UInt64(bytes.count) - offset >= UInt64(width) else { return nil }
        return bytes[Int(offset)...].prefix(width).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
