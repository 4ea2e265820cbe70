import Artifact
import Hashing
import Planning

/// What an action made once that is in no plan any more: days that left the horizon, routes that left the axis.
struct Orphan: Sendable {
    let rule: [UInt8]
    let identity: Digest
    var outputs: [Trace.Output]
    /// The instant of the run that built it, nanoseconds since 1970-01-01T00:00:00Z.
    let builtAtNanoseconds: Int64
    let run: Int64
    let durationSeconds: Double
    /// Somebody else had made the outputs.
    let isAdopted: Bool
    /// Whether its record is all that is known of an output that another action makes now and has not built yet.
    var recordsMore = false

    init(_ trace: StateDatabase.TraceHead) {
        (rule, identity, outputs) = (trace.rule, trace.identity, trace.outputs)
        (builtAtNanoseconds, run) = (trace.builtAtNanoseconds, trace.run)
        (durationSeconds, isAdopted) = (trace.durationSeconds, trace.isAdopted)
    }
}

extension Orphan: Packable {
    func pack(into packer: inout Packer) {
        packer.string(rule)
        packer.digest(identity)
        packer.list(outputs)
        packer.fixed(UInt64(bitPattern: builtAtNanoseconds))
        packer.fixed(UInt64(bitPattern: run))
        packer.fixed(durationSeconds.bitPattern)
        packer.bool(isAdopted)
        packer.bool(recordsMore)
    }

    init(from unpacker: inout Unpacker) throws(UnpackError) {
        (rule, identity) = (try unpacker.string(), try unpacker.digest())
        outputs = try unpacker.list(of: Trace.Output.self)
        builtAtNanoseconds = Int64(bitPattern: try unpacker.fixed())
        run = Int64(bitPattern: try unpacker.fixed())
        durationSeconds = Double(bitPattern: try unpacker.fixed())
        (isAdopted, recordsMore) = (try unpacker.bool(), try unpacker.bool())
    }
}
