/// Writes a plan in frames of whole records, while the rules are evaluated.
final class PlanWriter {
    /// Bytes after which a frame leaves: enough to make system calls rare, little enough for a pipe.
    private static let frameBytes = 1 << 16

    private let wire = WireWriter()
    private let encoder: RecipeEncoder
    private let send: (_ frame: [UInt8]) -> Void

    init(send: @escaping (_ frame: [UInt8]) -> Void) {
        self.send = send
        encoder = RecipeEncoder(wire)
    }

    /// Writes a record, or nothing of it if `fields` throws.
    func record(_ kind: PlanRecord, _ fields: (WireWriter) throws -> Void) rethrows {
        if wire.count > Self.frameBytes { flush() }
        let mark = wire.mark
        wire.number(Int(kind.rawValue))
        do { try fields(wire) } catch {
            wire.rewind(to: mark)
            throw error
        }
    }

    func recipe(_ recipe: some Recipe) throws { try encoder.encodeWhole(recipe) }

    /// From here on `path` is refused where an input is not optional.
    func noteAbsentSource(_ path: String, at place: Place) { encoder.absentSources[ByteText(path)] = place }

    func flush() {
        guard wire.count > 0 else { return }
        send(wire.bytes)
        wire.removeBytes()
    }
}
