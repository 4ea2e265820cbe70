/// An amount of memory, as `.gigabytes(1.5)`. As in `--memory 16G`, a kilobyte is 1,024 bytes.
public struct MemorySize: Hashable, Sendable {
    /// Whole bytes; nil where what was said is no number of them, or too many.
    let bytes: Int?
    /// As it was said: `1.5 gigabytes`.
    let text: String

    public static func megabytes(_ count: Double) -> MemorySize { MemorySize(count, "megabytes", bytesEach: 0x1p20) }
    public static func gigabytes(_ count: Double) -> MemorySize { MemorySize(count, "gigabytes", bytesEach: 0x1p30) }

    private init(_ count: Double, _ unit: String, bytesEach: Double) {
        bytes = Int(exactly: (count * bytesEach).rounded())
        text = "\(count) \(unit)"
    }
}
