/// Writes a JSON object on one line, member after member: some hundred nanoseconds for an event, which an encoder that
/// looks at types while it runs does not reach.
struct JSONLine {
    private(set) var bytes: [UInt8] = [UInt8(ascii: "{")]

    /// The finished line.
    consuming func end() -> [UInt8] {
        bytes.append(UInt8(ascii: "}"))
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    private mutating func name(_ name: StaticString) {
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        bytes.append(UInt8(ascii: "\""))
        unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
    }

    mutating func add(_ member: StaticString, _ text: String?) {
        guard let text else { return }
        name(member)
        write(text)
    }

    mutating func add(_ member: StaticString, _ number: (some BinaryInteger)?) {
        guard let number else { return }
        name(member)
        bytes.append(contentsOf: String(number).utf8)
    }

    /// To the microsecond, which is as well as anything here is known; what is no number is left out.
    mutating func add(_ member: StaticString, seconds: Double?) {
        guard let seconds, seconds.isFinite else { return }
        name(member)
        let rounded = (seconds * 1e6).rounded() / 1e6
        bytes.append(contentsOf: String(rounded.isFinite ? rounded : seconds).utf8)
    }

    mutating func add(_ member: StaticString, _ value: Bool) {
        name(member)
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    /// Left out where there is none.
    mutating func add(_ member: StaticString, _ texts: [String]) {
        guard !texts.isEmpty else { return }
        name(member)
        list(texts) { $0.write($1) }
    }

    /// A list of objects.
    mutating func add<Element>(
        _ member: StaticString, _ elements: [Element], _ write: (inout JSONLine, Element) -> Void
    ) {
        guard !elements.isEmpty else { return }
        name(member)
        list(elements) { line, element in
            var object = JSONLine()
            write(&object, element)
            line.bytes += object.bytes
            line.bytes.append(UInt8(ascii: "}"))
        }
    }

    /// An object.
    mutating func add(_ member: StaticString, _ write: (inout JSONLine) -> Void) {
        name(member)
        var object = JSONLine()
        write(&object)
        bytes += object.bytes
        bytes.append(UInt8(ascii: "}"))
    }

    private mutating func list<Element>(_ elements: [Element], _ write: (inout JSONLine, Element) -> Void) {
        bytes.append(UInt8(ascii: "["))
        for (index, element) in elements.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            write(&self, element)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    private mutating func write(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0x0A: bytes.append(contentsOf: "\\n".utf8)
            case 0 ..< 0x20, 0x7F:
                bytes.append(contentsOf: (byte < 0x10 ? "\\u000" : "\\u00").utf8)
                bytes.append(contentsOf: String(byte, radix: 16).utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
