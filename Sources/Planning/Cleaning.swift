package import Artifact
package import Hashing

/// What `clean` removes, what it leaves, and why: decided from what is recorded and what was found.
///
/// Only what an action published and nobody has changed since goes. A link is content of its own, never what it leads to.
package struct Cleaning: Sendable {
    /// An action's outputs, as they are recorded and as they lie there now.
    package struct Made: Sendable {
        package let identity: Digest
        package let rule: [UInt8]
        /// As commands accept it; nil of an orphan, whose cell nobody has recorded.
        package let action: String?
        package let outputs: [Output]
        /// Somebody else had made them.
        package let isAdopted: Bool
        /// The instant of the run that built it, nanoseconds since 1970-01-01T00:00:00Z; nil where nothing is recorded.
        package let builtAtNanoseconds: Int64?
        /// How long it took; 0 where nobody knows.
        package let durationSeconds: Double
        /// Whether its record says more than these outputs, and is needed for that.
        package let recordsMore: Bool

        package init(
            identity: Digest, rule: [UInt8], action: String?, outputs: [Output], isAdopted: Bool = false,
            builtAtNanoseconds: Int64?, durationSeconds: Double, recordsMore: Bool = false
        ) {
            (self.identity, self.rule, self.action, self.outputs) = (identity, rule, action, outputs)
            (self.isAdopted, self.builtAtNanoseconds) = (isAdopted, builtAtNanoseconds)
            (self.durationSeconds, self.recordsMore) = (durationSeconds, recordsMore)
        }
    }

    package struct Output: Sendable {
        package let path: Path
        /// Nil where no record says that dbuild has made it.
        package let recorded: Trace.Output?
        package let found: Found

        package init(path: Path, recorded: Trace.Output?, found: Found) {
            (self.path, self.recorded, self.found) = (path, recorded, found)
        }
    }

    /// What lies at an output's path.
    package enum Found: Hashable, Sendable {
        case nothing
        /// Of a directory with all that is in it.
        case content(Content, [Trace.Member])
        case unreadable
        /// The path leads through a link through which nothing was ever put in place.
        case behind(link: Path)
    }

    package struct Terms: Sendable {
        /// Whether what was edited since it was built goes, too: aside, never for good.
        package var includesEdited = false
        /// Nanoseconds since 1970-01-01T00:00:00Z: what was built then or later stays.
        package var builtBeforeNanoseconds: Int64?

        package init(includesEdited: Bool = false, builtBeforeNanoseconds: Int64? = nil) {
            (self.includesEdited, self.builtBeforeNanoseconds) = (includesEdited, builtBeforeNanoseconds)
        }
    }

    /// Why something stays.
    package enum Obstacle: Hashable, Sendable {
        case edited
        /// No record says that dbuild has made it.
        case foreign
        case adopted
        case unreadable
        case behind(link: Path)
    }

    package struct Kept: Hashable, Sendable {
        package let path: Path
        package let obstacle: Obstacle

        package init(path: Path, obstacle: Obstacle) { (self.path, self.obstacle) = (path, obstacle) }
    }

    /// A file, a link, or a directory that lies in a file's place.
    package struct Piece: Hashable, Sendable {
        package let path: Path
        package let content: Content
        /// It is not what was published: it goes aside.
        package let isEdited: Bool
    }

    /// What goes of one action.
    package struct Step: Sendable {
        package let made: Made
        package var pieces: [Piece] = []
        /// Of trees, the deepest first: they go where nothing is left in them.
        package var directories: [Path] = []
        /// Whether nothing stays of what is recorded, so that the record goes.
        package var forgets = false

        package var sizeBytes: UInt64 { pieces.reduce(0) { $0 &+ $1.content.fingerprint.sizeBytes } }
        /// What it takes to make again what goes.
        package var durationSeconds: Double { pieces.isEmpty ? 0 : made.durationSeconds }
    }

    package private(set) var steps: [Step] = []
    package private(set) var kept: [Kept] = []
    /// How many actions stay because they were built too lately.
    package private(set) var youngCount = 0
    /// Directories above outputs that dbuild made, the deepest first: they go where nothing is left in them.
    package let directories: [Path]

    /// - Parameter ways: how the directories above outputs came to be there.
    package init(_ made: [Made], _ terms: Terms, ways: [Path: Way]) {
        var above: Set<Path> = []
        for made in made {
            for output in made.outputs {
                var place = output.path.directory
                while !place.bytes.isEmpty, above.insert(place).inserted { place = place.directory }
            }
        }
        directories = above.filter { ways[$0] == .made }.sorted(by: >)
        for made in made { add(made, terms) }
    }

    private mutating func add(_ made: Made, _ terms: Terms) {
        if let instant = terms.builtBeforeNanoseconds, let built = made.builtAtNanoseconds, built >= instant {
            if made.outputs.contains(where: { $0.found != .nothing }) { youngCount += 1 }
            return
        }
        var step = Step(made: made)
        var leavesRecorded = made.recordsMore || made.builtAtNanoseconds == nil
        for output in made.outputs where take(output, &step, terms) { leavesRecorded = true }
        step.forgets = !leavesRecorded
        if step.forgets || !step.pieces.isEmpty || !step.directories.isEmpty { steps.append(step) }
    }

    /// - Returns: whether something stays in the output's place that its record is needed for.
    private mutating func take(_ output: Output, _ step: inout Step, _ terms: Terms) -> Bool {
        let (content, members): (Content, [Trace.Member])
        switch output.found {
        case .nothing: return false
        case .unreadable: return keep(output.path, .unreadable)
        case .behind(let link): return keep(output.path, .behind(link: link))
        case .content(let found, let there): (content, members) = (found, there)
        }
        guard let recorded = output.recorded else { return keep(output.path, .foreign) }
        if step.made.isAdopted { return keep(output.path, .adopted) }
        if content.kind == .tree, recorded.content.kind == .tree {
            return take(members, of: recorded, &step, terms)
        }
        return take(Piece(path: output.path, content: content, isEdited: content != recorded.content), &step, terms)
    }

    /// A tree's members one by one: what somebody has put among them stays, with the directories above it.
    private mutating func take(
        _ members: [Trace.Member], of recorded: Trace.Output, _ step: inout Step, _ terms: Terms
    ) -> Bool {
        var isLeft = false
        var directories = [recorded.path]
        // They lie in files' places, and take with them what is in them.
        var asideWhole: [Path] = []
        for member in members {
            let path = recorded.path / member.path
            if asideWhole.contains(where: { path.below($0) != nil }) { continue }
            guard let published = recorded.member(member.path) else {
                _ = keep(path, .foreign)
                continue
            }
            if member.content == .directory, published.content == .directory {
                directories.append(path)
                continue
            }
            let piece = Piece(path: path, content: member.content, isEdited: member.content != published.content)
            if take(piece, &step, terms) {
                isLeft = true
            } else if member.content == .directory {
                asideWhole.append(path)
            }
        }
        step.directories += directories.sorted(by: >)
        return isLeft
    }

    private mutating func take(_ piece: Piece, _ step: inout Step, _ terms: Terms) -> Bool {
        if piece.isEdited, !terms.includesEdited { return keep(piece.path, .edited) }
        step.pieces.append(piece)
        return false
    }

    /// - Returns: true.
    private mutating func keep(_ path: Path, _ obstacle: Obstacle) -> Bool {
        kept.append(Kept(path: path, obstacle: obstacle))
        return true
    }
}

// MARK: - How much

extension Cleaning {
    package struct Amount: Hashable, Sendable {
        package var files = 0
        package var sizeBytes: UInt64 = 0
        /// What it takes to make it again, one action after another.
        package var seconds = 0.0

        package init(files: Int = 0, sizeBytes: UInt64 = 0, seconds: Double = 0) {
            (self.files, self.sizeBytes, self.seconds) = (files, sizeBytes, seconds)
        }

        package init(_ steps: some Sequence<Step>) {
            for step in steps {
                files += step.pieces.count
                sizeBytes &+= step.sizeBytes
                seconds += step.durationSeconds
            }
        }

        /// So much goes without a question.
        package static let unasked = Amount(files: 100, sizeBytes: 1 << 30, seconds: 600)

        package func isWithin(_ other: Amount) -> Bool {
            files <= other.files && sizeBytes <= other.sizeBytes && seconds <= other.seconds
        }
    }

    package var amount: Amount { Amount(steps) }

    /// Whether anything goes aside.
    package var hasEdited: Bool { steps.contains { $0.pieces.contains(where: \.isEdited) } }
}
