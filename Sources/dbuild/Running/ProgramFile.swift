import Artifact

/// What the kernel does with a program's file.
enum ProgramFile: Hashable {
    /// It begins with `#!`: what runs it, absolute.
    case script(interpreter: Path)
    /// A 64-bit program that is linked when it starts, and by what.
    case linked(by: Path)
    /// Linked statically, of another kind, or not to be read.
    case other

    /// As much as the kernel looks at, and the table of a program's parts, which follows its head.
    private static let mostBytes = 4096

    init(_ path: Path) {
        let text = (try? readFile(String(decoding: path.bytes, as: UTF8.self), mostBytes: Self.mostBytes)) ?? []
        self =
            Self.interpreter(text).map { .script(interpreter: $0) } ?? Self.linker(text).map { .linked(by: $0) }
            ?? .other
    }

    /// - Source: execve(2), "Interpreter scripts".
    private static func interpreter(_ text: [UInt8]) -> Path? {
        guard text.starts(with: "#!".utf8) else { return nil }
        let line = text.dropFirst(2).prefix { $0 != UInt8(ascii: "\n") }
        let words = line.split(whereSeparator: { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") })
        guard let first = words.first else { return nil }
        let program = Path(Array(first))
        // `/usr/bin/env python3`: what that finds with the path of every action.
        guard program.leaf.elementsEqual("env".utf8),
            let name = words.dropFirst().first(where: { $0.first != UInt8(ascii: "-") }),
            let found = BaseEnvironment.program(String(decoding: name, as: UTF8.self), root: "/")
        else { return program }
        return Path(found)
    }

    /// - Source: elf(5): `Elf64_Ehdr`, `Elf64_Phdr`.
    private static func linker(_ text: [UInt8]) -> Path? {
        let (class64, littleEndian, interpreter) = (UInt8(2), UInt8(1), UInt64(3))
        guard text.starts(with: [0x7F, 0x45, 0x4C, 0x46]), text.count >= 64, text[4] == class64, text[5] == littleEndian
        else { return nil }
        func number(_ at: Int, _ count: Int) -> UInt64? {
            guard at >= 0, at <= text.count - count else { return nil }
            return text[at ..< at + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        guard let table = number(32, 8), let size = number(54, 2), let count = number(56, 2), table < mostBytes else {
            return nil
        }
        for index in 0 ..< Int(count) {
            let part = Int(table) + index * Int(size)
            guard let kind = number(part, 4) else { return nil }
            guard kind == interpreter else { continue }
            guard let offset = number(part + 8, 8), let length = number(part + 32, 8), offset < mostBytes,
                length > 1, length < mostBytes, Int(offset + length) <= text.count
            else { return nil }
            return Path(text[Int(offset) ..< Int(offset + length) - 1])
        }
        return nil
    }
}
