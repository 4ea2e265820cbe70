/// Writes tagged values: names are said once, and a string says only where it departs from the last of its name.
package final class WireWriter {
    /// One struct, so that a call into this class is one access to check and not one for every byte.
    private var stream = WireStream()

    package init() {}

    package var count: Int { stream.bytes.count }
    package var bytes: [UInt8] { stream.bytes }

    /// Forgets the bytes, but not the names: for the next part of one stream.
    package func removeBytes() { stream.removeBytes() }

    /// Writes much at once.
    func write(_ body: (inout WireStream) -> Void) { body(&stream) }

    var open: Int { stream.open }
    var deepest: Int { stream.deepest }
    func beginWhole() { stream.beginWhole() }
    func begin(_ tag: Tag) -> Int { stream.begin(tag) }
    func close(to depth: Int) { stream.close(to: depth) }
    func field(_ name: String, at depth: Int) { stream.field(name, at: depth) }

    package func tag(_ tag: Tag) { stream.tag(tag) }
    package func byte(_ byte: UInt8) { stream.byte(byte) }

    /// - Precondition: `value` is not negative: a reader refuses it.
    package func number(_ value: Int) { stream.number(UInt64(bitPattern: Int64(value))) }
    package func number(_ value: UInt64) { stream.number(value) }

    package func double(_ value: Double) {
        for i in 0 ..< 8 as Range<UInt64> { byte(UInt8(truncatingIfNeeded: value.bitPattern >> (8 * i))) }
    }

    package func name(_ text: String) { stream.name(text) }
    package func string(_ text: String) { stream.string(text) }

    /// A text under a name of its own, so that it is compared with the last such text.
    package func text(_ name: String, _ text: String) { stream.text(name, text) }

    var mark: WireStream.Mark { stream.mark }
    func rewind(to mark: WireStream.Mark) { stream.rewind(to: mark) }
}

extension WireWriter {
    package func value(_ text: String) { stream.value(text) }
    package func value(_ value: Int) { stream.value(value) }
    func value(_ reference: Reference) { stream.value(reference) }
    func value(_ wired: Wired) { stream.value(wired) }
    func awaited(_ path: String) { stream.awaited(path) }
    package func value(_ value: Bool) { tag(value ? .yes : .no) }
    package func value(_ value: UInt64) {
        tag(.uint)
        number(value)
    }
    package func value(_ value: Double) {
        tag(.double)
        double(value)
    }
    package func bool(_ value: Bool) { number(value ? 1 : 0) }

    package func place(_ place: Place) {
        text("file", place.file)
        number(place.line)
    }
}
