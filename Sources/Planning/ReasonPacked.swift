package import Artifact

/// What differs between two keys, as they are recorded.
///
/// Mostly they have the same parts with other values here and there: then only those are looked at closely.
package func differences(
    from old: PackedKeyParts, to new: PackedKeyParts, ignoringInputs: Bool = false
) -> [Reason] {
    if let changed = changedParts(old, new) {
        return differences(from: changed.old, to: changed.new, ignoringInputs: ignoringInputs)
    }
    return differences(from: old.parts, to: new.parts, ignoringInputs: ignoringInputs)
}

/// The parts that are not alike, in pairs.
///
/// - Returns: nil where it is not only values that differ: an input that came, went or moved concerns others.
private func changedParts(_ old: PackedKeyParts, _ new: PackedKeyParts) -> (old: [KeyPart], new: [KeyPart])? {
    var (before, after) = (PackedCursor(old.bytes), PackedCursor(new.bytes))
    var changed: (old: [KeyPart], new: [KeyPart]) = ([], [])
    var namesFiles = false
    do throws(UnpackError) {
        let count = try before.count()
        guard try after.count() == count else { return nil }
        for _ in 0 ..< count {
            let (from, to) = (try PlacedPart(&before), try PlacedPart(&after))
            guard from.kind == to.kind, isSame(old.bytes, from.name, new.bytes, to.name) else { return nil }
            let isSame = isSame(old.bytes, from.value, new.bytes, to.value)
            if isSame, !(namesFiles && from.mayNameFiles(old.bytes)) { continue }
            let pair = (from.part(old.bytes), to.part(new.bytes))
            if from.kind == .input {
                guard let was = pair.0.input, let isNow = pair.1.input, was.path == isNow.path,
                    pair.0.value.first == pair.1.value.first
                else { return nil }
            }
            // What a command is given is told with the paths that stand in other parts, and after it.
            if from.kind == .parameter, CommandField.isCounting(pair.0.name) {
                guard namesFiles || pair.0.name == CommandField.arguments else { return nil }
                namesFiles = true
            }
            changed.old.append(pair.0)
            changed.new.append(pair.1)
        }
    } catch { return nil }
    return before.isAtEnd && after.isAtEnd ? changed : nil
}

private func isSame(_ old: [UInt8], _ from: Range<Int>, _ new: [UInt8], _ to: Range<Int>) -> Bool {
    unsafe old.withUnsafeBytes { old in
        unsafe new.withUnsafeBytes { new in
            unsafe compareBytes(
                UnsafeRawBufferPointer(rebasing: old[from]), UnsafeRawBufferPointer(rebasing: new[to])) == 0
        }
    }
}

/// A part of a key, by where it lies.
private struct PlacedPart {
    let kind: KeyPart.Kind
    let name: Range<Int>
    let value: Range<Int>

    init(_ cursor: inout PackedCursor) throws(UnpackError) {
        guard let kind = KeyPart.Kind(rawValue: try cursor.byte()) else { throw .malformed }
        self.kind = kind
        name = try cursor.string()
        value = try cursor.string()
    }

    /// Whether what a command is given cannot be told without it.
    func mayNameFiles(_ bytes: [UInt8]) -> Bool {
        switch kind {
        case .input, .output, .tool: true
        case .parameter: CommandField.isCounting(Array(bytes[name]))
        default: false
        }
    }

    func part(_ bytes: [UInt8]) -> KeyPart { KeyPart(kind, Array(bytes[name]), Array(bytes[value])) }
}
