import Foundation
import TestSupport
import Testing

@testable import TestOracle

/// Random worlds, built by the real program and by the oracle: the same line for every action, the same actions run,
/// and the same bytes in every file.
///
/// A seed that is found is run alone with `DBUILD_SEED`.
@Suite struct WorldTests {
    private static var seeds: [UInt64] {
        if let seed = ProcessInfo.processInfo.environment["DBUILD_SEED"].flatMap({ UInt64($0) }) { return [seed] }
        return Array(0 ..< (isLong ? 300 : 6))
    }

    @Test(arguments: seeds)
    func theProgramDoesWhatTheTableSays(seed: UInt64) async throws {
        try await withWorkspace(.worlds) { workspace in
            var random = SplitMix(state: seed)
            var world = World(&random, .real)
            var oracle = Oracle()
            for (path, bytes) in world.files.sorted(by: { $0.key < $1.key }) {
                try workspace.apply(.write(path, bytes), &oracle, at: world.now)
            }
            for round in 0 ..< 5 {
                if round > 0 {
                    for edit in world.edits(&random, oracle.place, []) {
                        try workspace.apply(edit, &oracle, at: world.now)
                    }
                }
                var order = world.order(&random)
                if order.targets.isEmpty { order.targets = Set(world.book.acts.map(\.name)) }
                // The command line forces what it names, or nothing.
                order.forced = random.chance(oneIn: 12) ? order.targets.subtracting(order.skipped) : []
                if !order.forced.isEmpty { order.targets = order.forced }
                oracle.build(world.book, order)
                let ended = try await workspace.start(order.arguments + ["--set", "book=\(world.book.written)"]).ended()
                let record = try #require(try workspace.lastRun(), "\(ended.testDescription)")
                let found = try workspace.differences(from: oracle, record)
                try #require(found == [], "seed \(seed), round \(round): \(order)\n\(ended.testDescription)")
            }
        }
    }
}

extension World.Traits {
    /// What the rules of `Examples/Worlds` can say.
    fileprivate static var real: World.Traits {
        var traits = World.Traits()
        traits.hasEverything = false
        traits.acts = 4 ... 12
        return traits
    }
}

extension ExampleWorkspace {
    /// An edit of the workspace and of what the oracle takes for it.
    fileprivate func apply(_ edit: World.Edit, _ oracle: inout Oracle, at now: Int) throws {
        switch edit {
        case .put(let path, let stuff):
            oracle.place[path] = stuff
            if exists(path) { try remove(path) }
        case .write(let path, let bytes):
            guard oracle.place.write(path, bytes, at: now) else { return }
            if let bytes {
                try write(String(decoding: bytes, as: UTF8.self), to: path)
                try FileManager.default.setAttributes(
                    [.modificationDate: Order.start.addingTimeInterval(3600 * Double(now))],
                    ofItemAtPath: place(path).path)
            } else if exists(path) {
                try remove(path)
            }
        case .lose, .rules: break
        }
    }

    fileprivate func differences(from oracle: Oracle, _ record: RunRecord) throws -> [String] {
        var found: [String] = []
        for (action, line) in oracle.lines.sorted(by: { $0.key < $1.key }) {
            // What is current is not said.
            let seen = record.verdictLine(action) ?? 5
            if seen != line { found.append("\(action) has line \(seen), must have \(line)") }
        }
        if record.started != oracle.ran.sorted() {
            found.append("ran \(record.started), must run \(oracle.ran.sorted())")
        }
        var files: [String: Data] = [:]
        for directory in oracle.directories(besides: names(below: ".")) {
            for (name, bytes) in try self.files(below: directory) { files["\(directory)/\(name)"] = bytes }
        }
        let expected = oracle.place.files.filter { $0.key.hasPrefix("out/") || $0.key.hasPrefix("each-") }
        for path in Set(files.keys).union(expected.keys).sorted() where files[path] != expected[path].map({ Data($0) })
        {
            found.append("\(path) is not as it must be")
        }
        return found
    }
}

extension Oracle {
    /// Where made files lie, or should.
    fileprivate func directories(besides names: [String]) -> [String] {
        let tops = Set((names + place.files.keys).compactMap { $0.split(separator: "/").first.map(String.init) })
        return tops.filter { $0 == "out" || $0.hasPrefix("each-") }.sorted()
    }
}

extension Order {
    /// The instant 0; a unit is an hour.
    static let start = Date(timeIntervalSince1970: 1_385_856_000)

    fileprivate var arguments: [String] {
        var arguments = ["build"] + targets.sorted()
        arguments += ["--now", Self.start.addingTimeInterval(3600 * Double(now)).ISO8601Format(), "-j", "3"]
        arguments += skipped.sorted().flatMap { ["--skip", $0] }
        if !forced.isEmpty { arguments.append("--force") }
        if keepsEdited { arguments.append("--keep-edited") }
        return arguments
    }
}

extension Rulebook {
    /// As `Examples/Worlds/rules` reads it.
    fileprivate var written: String {
        let axes = Set(acts.compactMap(\.axis))
        let read = Set(acts.flatMap { $0.inputs.map(\.path) }.filter { !$0.contains("*") }).union(axes)
        let sources = read.filter { !isMade($0) }.sorted().joined(separator: ";")
        return (["\(code)|\(library)|\(sources)"] + acts.map(\.written)).joined(separator: "\n")
    }
}

extension Act {
    fileprivate var written: String {
        let spread =
            switch spread {
            case .each(let path)?: "each:\(path)"
            case .all(let path)?: "all:\(path)"
            case nil: ""
            }
        return [
            name, does.rawValue, "\(level)", inputs.map { "\($0.property)>\($0.path)" }.joined(separator: ";"),
            outputs.joined(separator: ";"), peeks.joined(separator: ";"),
            accepts.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ";"), spread,
            terms.written.joined(separator: ";"),
        ].joined(separator: "|")
    }
}

extension Terms {
    fileprivate var written: [String] {
        var written: [String] = []
        switch existence {
        case .keepExisting(let adopts)?: written.append("keep=\(adopts)")
        case .always?: written.append("always")
        case .refresh(let period)?: written.append("refresh=\(period)")
        case .daily(let hour)?: written.append("daily=\(hour)")
        case nil: break
        }
        func held(_ holdsEverything: Bool) -> [String] { holdsEverything ? ["everything"] : [] }
        if let settle {
            let latest = settle.latestAfter.map { "\($0)" } ?? "-"
            let values = ["\(settle.age)", latest] + (settle.firstBuildWaits ? ["waits"] : [])
            written.append("settle=" + (values + held(settle.holdsEverything)).joined(separator: ","))
        }
        if let interval {
            written.append(
                "interval=" + (["\(interval.length)"] + held(interval.holdsEverything)).joined(separator: ","))
        }
        if keepsEdited { written.append("edited") }
        if let useExisting { written.append("existing" + (useExisting.maxAge.map { "=\($0)" } ?? "")) }
        if isIntermediate { written.append("intermediate") }
        if !isStored { written.append("unstored") }
        return written
    }
}
