import Artifact
import Planning
import TestSupport
import Testing

/// `dbuild.lock` as text, and what becomes of text that is none.
@Suite struct LockFileTests {
    private static func digest(_ text: String) -> SHA256Digest { SHA256.hash(Array(text.utf8)) }

    /// Names that no line may be broken by.
    private static let odd: [[UInt8]] = [
        Array("plain/name.csv".utf8), Array("a b".utf8), Array(" leading".utf8), Array("trailing ".utf8),
        Array("new\nline".utf8), Array("back\\slash".utf8), Array("\\x20".utf8), Array("\\-".utf8),
        [0x61, 0xFF, 0x2F, 0x20],
        Array("e\u{301}".utf8), Array("\u{E9}".utf8), Array("\u{202E}turned".utf8), Array("\u{2028}".utf8),
        Array("<<<<<<< ours".utf8), Array("#".utf8), [0x80], Array("=".utf8), Array("\u{301}first".utf8),
    ]

    private func everything() -> LockFile {
        var file = LockFile()
        file.targets = Self.odd
        file.parameters = Self.odd.enumerated().map { index, name in
            LockFile.Parameter(
                [.standard, .file, .set][index % 3], name: name + [0x31], value: index == 0 ? [] : Self.odd[index])
        }
        file.sources = Self.odd.enumerated().map { index, name in
            let digest = SHA256.hash(name)
            let items: [LockFile.Item] = [
                .file(digest, sizeBytes: UInt64(index), isExecutable: false),
                .file(digest, sizeBytes: .max, isExecutable: true), .link(digest, sizeBytes: 3), .directory, .absent,
                .probe(name),
            ]
            return LockFile.Entry(Path(Array("s".utf8) + name), items[index % items.count])
        }
        file.outputs = Self.odd.map {
            LockFile.Entry(Path(Array("o".utf8) + $0), .file(SHA256.hash($0), sizeBytes: 1, isExecutable: false))
        }
        file.families = Self.odd.flatMap { name in
            [
                LockFile.Family(.outputs(ofRule: name), count: 1001, sizeBytes: 7, digest: SHA256.hash(name)),
                LockFile.Family(.source(Path([0x64] + name)), count: 2, sizeBytes: 0, digest: SHA256.hash(name)),
            ]
        }
        file.facts = LockFile.Fact.Kind.allCases.flatMap { kind in
            Self.odd.map { LockFile.Fact(kind, $0, Array("value of ".utf8) + $0) }
        }
        return file
    }

    @Test func `what was written reads back, whatever bytes names and values have`() throws {
        let file = everything()
        let text = file.text
        #expect(try LockFile(text: Array(text.utf8)) == file.sorted())
        #expect(try LockFile(text: Array(text.utf8)).text == text)
        #expect(text.split(separator: "\n").allSatisfy { !$0.hasSuffix(" ") && !$0.hasPrefix(" ") })
        // As some editors and git settings leave it.
        let otherEnds = text.replacing("\n", with: "\r\n")
        #expect(try LockFile(text: Array(otherEnds.utf8)) == file.sorted())
    }

    @Test func `the order in which things were found is not in the text`() {
        let file = everything()
        var random = SplitMix(state: 5)
        for _ in 0 ..< 20 {
            var other = file
            other.targets.shuffle(using: &random)
            other.parameters.shuffle(using: &random)
            other.sources.shuffle(using: &random)
            other.outputs.shuffle(using: &random)
            other.families.shuffle(using: &random)
            other.facts.shuffle(using: &random)
            #expect(other.text == file.text)
        }
    }

    @Test func `a change of one output is a change of one line`() {
        let file = everything()
        var other = file
        other.outputs[3].item = .file(Self.digest("other"), sizeBytes: 2, isExecutable: false)
        let (before, after) = (file.text.split(separator: "\n"), other.text.split(separator: "\n"))
        #expect(before.count == after.count)
        #expect(zip(before, after).count { $0 != $1 } == 1)
    }

    @Test func `damaged text is an error with its line, or another file, never a trap`() throws {
        let bytes = Array(everything().text.utf8)
        let lineCount = bytes.count { $0 == UInt8(ascii: "\n") }
        var refused = 0
        for seed in 0 ..< 400 as Range<UInt64> {
            var random = SplitMix(state: seed)
            var damaged = bytes
            switch seed % 4 {
            case 0: damaged = Array(damaged[..<Int.random(in: 0 ... damaged.count, using: &random)])
            case 1:
                for _ in 0 ..< Int.random(in: 1 ... 8, using: &random) {
                    damaged[Int.random(in: 0 ..< damaged.count, using: &random)] = UInt8.random(
                        in: 0 ... 255, using: &random)
                }
            case 2:
                let at = Int.random(in: 0 ..< damaged.count, using: &random)
                damaged.removeSubrange(at ..< min(damaged.count, at + Int.random(in: 1 ... 90, using: &random)))
            default:
                let (from, to) = (
                    Int.random(in: 0 ..< damaged.count, using: &random),
                    Int.random(in: 0 ..< damaged.count, using: &random)
                )
                damaged.insert(contentsOf: bytes[from ..< min(bytes.count, from + 60)], at: to)
            }
            let read: LockFile
            do throws(LockFlaw) { read = try LockFile(text: damaged) } catch {
                refused += 1
                #expect((1 ... lineCount + 10).contains(error.line), "seed \(seed)")
                continue
            }
            #expect(try LockFile(text: Array(read.text.utf8)) == read, "seed \(seed)")
        }
        #expect(refused > 200)
    }

    private func flaw(_ text: String) -> LockFlaw? {
        do throws(LockFlaw) {
            _ = try LockFile(text: Array(text.utf8))
            return nil
        } catch { return error }
    }

    @Test func `each kind of damage is told from the others`() {
        let hex = "\(Self.digest(""))"
        #expect(flaw("dbuild.lock 1\n") == nil)
        #expect(flaw("") == LockFlaw(line: 1, kind: .notALock))
        #expect(flaw("dbuild.lok 1\n")?.kind == .notALock)
        #expect(flaw("dbuild.lock 2\n") == LockFlaw(line: 1, kind: .newer("2")))
        #expect(flaw("dbuild.lock 1\ntarget a\n<<<<<<< ours\n")?.kind == .conflict)
        #expect(flaw("dbuild.lock 1\ntarget a\n=======\n")?.line == 3)
        #expect(flaw("<<<<<<< ours\ndbuild.lock 1\n") == LockFlaw(line: 1, kind: .conflict))
        #expect(flaw("dbuild.lock 1\nsource file \(hex) 3 a\noutput file \(hex) 3 a\n")?.kind == .twice("a"))
        #expect(flaw("dbuild.lock 1\nparameter set a 1\nparameter file a 1\n")?.line == 3)
        for line in [
            "source", "source file", "source file \(hex) 3", "source file \(hex) -3 a", "source file \(hex) +3 a",
            "source file \(hex.dropLast()) 3 a", "source file \(hex.uppercased()) 3 a", "source fifo \(hex) 3 a",
            "source file \(hex) 99999999999999999999 a", "source file \(hex) 3 /etc/passwd",
            "source file \(hex) 3 ../a",
            "source file \(hex) 3 a/../../b", "source file \(hex) 3 .dbuild/state.db", "source file \(hex) 3 ",
            "source file \(hex) 3 a\\q", "source file \(hex) 3 a\\x2", "source directory \(hex) 0 a",
            "source absent - 1 a", "family outputs \(hex) 1 2", "family other \(hex) 1 2 a",
            "family outputs \(hex) 9223372036854775807 1 a", "parameter some a 1",
            "fact a b", "code", "code a", " target a",
        ] {
            #expect(flaw("dbuild.lock 1\n\(line)\n")?.line == 2, "\(line)")
        }
    }

    /// - Source: RFC 6962, section 2.1, spelled out by hand for few leaves.
    @Test func `a family's digest is the root of a tree over its members in the order of their paths`() {
        let members = ["c", "a", "b"].map {
            LockFile.Entry(Path($0), .file(Self.digest($0), sizeBytes: 1, isExecutable: false))
        }
        func leaf(_ name: String) -> SHA256Digest {
            SHA256.hash([0] + Array("file \(Self.digest(name)) 1 \(name)".utf8))
        }
        func node(_ left: SHA256Digest, _ right: SHA256Digest) -> SHA256Digest {
            SHA256.hash([1] + left.bytes + right.bytes)
        }
        #expect(LockFile.merkle([]) == SHA256.hash([]))
        #expect(LockFile.merkle([members[1]]) == leaf("a"))
        #expect(LockFile.merkle(members) == node(node(leaf("a"), leaf("b")), leaf("c")))
        var seen: Set<SHA256Digest> = []
        for count in 0 ..< 40 {
            let some = (0 ..< count).map {
                LockFile.Entry(Path("f\($0)"), .file(Self.digest("x"), sizeBytes: 1, isExecutable: false))
            }
            #expect(seen.insert(LockFile.merkle(some)).inserted)
            #expect(LockFile.merkle(some) == LockFile.merkle(some.reversed()))
        }
    }
}
