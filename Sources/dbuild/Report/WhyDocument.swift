import Artifact
import Planning

/// `why --json`.
struct WhyDocument: Encodable {
    let format = "dbuild.why/1"
    let path: String
    /// `made`, `source`, `orphan`, `unknown` or `unlisted`.
    let kind: String
    var action: String?
    var rule: String?
    var place: String?
    var tree: String?
    var verdict: String?
    var line: Int?
    var reasons: [String] = []
    var causes: [String] = []
    var chain: [String] = []
    var recipe: String?
    var parameters: [String: String] = [:]
    var code: String?
    var fingerprint: String?
    var sizeBytes: UInt64?
    var run: Int64?
    var startedAt: String?
    var builtAt: String?
    var seconds: Double?
    var peakBytes: UInt64?
    var isAdopted: Bool?
    /// What verify found not to reproduce.
    var unstable: String?
    var missing: [String] = []
    var inputs: [Input] = []
    var discovered: [String] = []
    var readers: [String] = []
    var nearest: [String] = []

    struct Input: Encodable {
        let property: String
        let path: String
        let fingerprint: String?
        let sizeBytes: UInt64?
        let maker: String?
        let run: Int64?
    }

    init(_ why: WhyText) {
        let (plan, provenance) = (why.assessment.plan, why.provenance)
        path = "\(provenance.path)"
        switch provenance.subject {
        case .made(let made):
            kind = "made"
            tell(made, why)
        case .source(let source):
            kind = "source"
            place = plan.artifact(at: provenance.path).flatMap { plan.place(ofSource: $0) }?.inWords
            tell(source.content)
            run = source.firstRun
            readers = source.readers.map { plan.name(of: $0) }
        case .orphan(let rule, let trace, _):
            kind = "orphan"
            self.rule = printable(rule)
            if let trace { tell(trace) }
        case .unknown(let nearest):
            kind = "unknown"
            self.nearest = nearest.map { "\($0)" }
        case .unlisted(let awaited):
            kind = "unlisted"
            nearest = awaited.map { "\($0)" }
        }
    }

    private mutating func tell(_ made: Provenance.Made, _ why: WhyText) {
        let plan = why.assessment.plan
        let declared = plan.rule(of: made.action)
        action = plan.name(of: made.action)
        rule = printable(declared.name)
        place = declared.place.inWords
        tree = made.tree.map { "\($0)" }
        recipe = printable(declared.shortType)
        code = made.code.map { "\($0)" }
        for parameter in plan.parametersInWords(of: made.action) { parameters[parameter.name] = parameter.value }
        if let verdict = why.assessment.verdicts[made.action.index] {
            self.verdict = verdict.name
            line = verdict.line
            reasons = verdict.reasons.map { $0.inWords(rows: why.rows) }
            if case .blocked(let blockers) = verdict { reasons = blockers.map(\.inWords) }
        }
        let words = Dictionary(why.causes.groups.map { ($0.cause, $0.inWords(rows: why.rows)) }) { first, _ in first }
        causes = why.causes.causes(of: made.action).compactMap { words[$0] }
        chain = why.causes.chain(to: made.action).map { plan.name(of: $0.action) }
        if let trace = made.trace { tell(trace) }
        unstable = made.unstable?.why
        inputs = made.inputs.map { input in
            Input(
                property: printable(input.property), path: "\(input.path)",
                fingerprint: input.content.map { "\($0.fingerprint.digest)" },
                sizeBytes: input.content?.fingerprint.sizeBytes, maker: input.maker.map { plan.name(of: $0) },
                run: input.run)
        }
    }

    private mutating func tell(_ trace: Trace) {
        run = trace.run
        builtAt = Instant.text(trace.builtAtNanoseconds)
        if trace.startedAtNanoseconds > 0 { startedAt = Instant.text(trace.startedAtNanoseconds) }
        (seconds, peakBytes, isAdopted) = (trace.durationSeconds, trace.peakBytes, trace.isAdopted)
        missing = trace.missing.map { "\($0)" }
        discovered = trace.discovered.map { "\($0.path)" }
        tell(trace.outputs.first { "\($0.path)" == path }?.content)
    }

    private mutating func tell(_ content: Content?) {
        fingerprint = content.map { "\($0.fingerprint.digest)" }
        sizeBytes = content?.fingerprint.sizeBytes
    }
}
