import Artifact
import Hashing

/// Values in which every field differs from every other.
enum Example {
    static func stamp(_ seed: Int) -> Stamp {
        var stamp = Stamp()
        stamp.device = UInt64(seed) << 40 | 1
        stamp.inode = .max - UInt64(seed)
        stamp.sizeBytes = Int64(seed) * 3
        stamp.modifiedNanoseconds = -Int64(seed) - 7
        stamp.changedNanoseconds = .max - Int64(seed)
        stamp.mode = 0o100644
        return stamp
    }

    static func content(_ seed: Int, _ kind: Content.Kind = .file) -> Content {
        Content(
            kind: kind,
            fingerprint: Fingerprint(digest: XXH3.digest(Array("\(seed)".utf8)), sizeBytes: UInt64(seed) << 33))
    }

    static func census(_ seed: Int) -> Census { Census(content: content(seed), stamp: stamp(seed)) }

    static func tree(_ seed: Int) -> Census {
        Census(
            content: content(seed, .tree), stamp: stamp(seed),
            members: [
                Census.Member(path: Path([0xFF]), content: content(seed + 1, .link), stamp: stamp(seed + 1)),
                Census.Member(path: "a/b", content: content(seed + 2, .executable), stamp: stamp(seed + 2)),
            ])
    }

    static func failure(run: Int64) -> FailureRecord {
        FailureRecord(
            action: "train[route=JFK-LAX]", rule: Array("train".utf8), run: run, category: .timedOut,
            reason: "took longer than 1 s, its limit", canRetry: true, attempt: 2, seconds: 1.25, peakBytes: 9 << 20,
            log: ".dbuild/logs/3/train.log")
    }

    static func publication(_ seed: Int) -> Publication {
        let outputs = [
            Trace.Output(path: Path("out/\(seed)"), content: content(seed)),
            Trace.Output(
                path: Path("tree/\(seed)"), content: content(seed, .tree),
                members: [Trace.Member(path: "m", content: content(seed + 1))]),
        ]
        let trace = Trace(
            key: XXH3.digest([UInt8(truncatingIfNeeded: seed)]),
            parts: [
                KeyPart(.recipe, [], Array("Train".utf8)), KeyPart(.input, [0xFF, 0], Array("\(seed)".utf8)),
            ],
            outputs: outputs, missing: seed % 2 == 0 ? [] : ["gone"], builtAtNanoseconds: -Int64(seed),
            run: Int64(seed),
            durationSeconds: Double(seed) / 4, peakBytes: UInt64(seed) << 20)
        return Publication(
            identity: Trace.identity(of: outputs.map(\.path)), rule: Array("rule".utf8), .built(trace, nil),
            changes: [
                .displace("a", to: ".dbuild/displaced/1/a"), .makeDirectory("tree"), .remove("r", content(seed + 9)),
                .removeDirectory("d"),
                .put(
                    Path("out/\(seed)"), content(seed), replacing: seed % 2 == 0 ? nil : content(seed + 8),
                    staged: ".dbuild/staging/1/out", stamp(seed)),
            ], run: trace.run)
    }

    /// One of many actions of a recipe, whose keys have most of their parts in common.
    static func alike(_ seed: Int, of recipe: String = "Train") -> Publication {
        let parts =
            [
                KeyPart(.format, [], [1]), KeyPart(.recipe, [], Array(recipe.utf8)),
                KeyPart(.parameter, Array("route".utf8), Array("\(seed)".utf8)),
                KeyPart(.output, [0], Array("out/\(seed)".utf8)),
            ]
            + (0 ... seed % 3).map { KeyPart(.input, [UInt8($0)], Array("in/\(seed)/\($0)".utf8)) }
            + (0 ..< 9).map { KeyPart(.library, Array("lib\($0)".utf8), Array("the version of library \($0)".utf8)) }
        return publication(seed, of: parts)
    }

    static func publication(_ seed: Int, of parts: [KeyPart]) -> Publication {
        var publication = publication(seed)
        if case .built(var trace, let copies) = publication.record {
            trace.packedParts = PackedKeyParts(parts)
            publication.record = .built(trace, copies)
        }
        return publication
    }
}
