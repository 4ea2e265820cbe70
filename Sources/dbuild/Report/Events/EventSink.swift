/// Where lines of events go.
protocol EventSink: Sendable {
    /// - Returns: what is wrong with it from now on; said once.
    mutating func take(_ bytes: [UInt8]) -> String?
    /// Nothing more will come.
    mutating func close() -> String?
}

/// The run's own file. Until it is there, lines are kept for it.
struct EventFile: EventSink {
    private var descriptor: Int32?
    private var early: [UInt8] = []
    private var isBroken = false

    mutating func open(_ descriptor: Int32) -> String? {
        self.descriptor = descriptor
        defer { early = [] }
        return take(early)
    }

    mutating func take(_ bytes: [UInt8]) -> String? {
        guard !isBroken, !bytes.isEmpty else { return nil }
        guard let descriptor else {
            early += bytes
            return nil
        }
        do {
            try writeAll(bytes, to: descriptor, named: "events.jsonl")
            return nil
        } catch {
            // A run goes on without its protocol, and says so once.
            isBroken = true
            return "events are no longer recorded: \(error.inWords)"
        }
    }

    mutating func close() -> String? {
        if let descriptor { closeFile(descriptor) }
        descriptor = nil
        isBroken = true
        return nil
    }
}

/// A copy for somebody outside, who may come late, be slow, and leave.
struct EventCopy: EventSink {
    private let place: OutputChannel.Place
    private var channel: OutputChannel?
    private var unwritten: ArraySlice<UInt8> = []
    private var isOver = false
    private static let mostBytesKept = 64 << 20
    /// How long a reader that has stopped reading is waited for at the end.
    private static let patienceNanoseconds: UInt64 = 2_000_000_000

    init(_ place: OutputChannel.Place) throws {
        self.place = place
        channel = try OutputChannel(place)
    }

    /// - Parameter path: `-` is standard output.
    init(path: String) throws {
        try self.init(["-", "/dev/stdout"].contains(path) ? .standard(1) : .file(resolved(path) ?? path))
    }

    mutating func take(_ bytes: [UInt8]) -> String? {
        guard !isOver else { return nil }
        unwritten += bytes
        return write()
    }

    private mutating func write() -> String? {
        do {
            if channel == nil { channel = try OutputChannel(place) }
            if let channel { unwritten = unwritten.dropFirst(try channel.write(unwritten)) }
        } catch {
            let isGone = (error as? SystemError)?.isBrokenPipe == true
            // Who has gone away wanted no more.
            return giveUp(isGone ? nil : error.inWords)
        }
        return unwritten.count > Self.mostBytesKept ? giveUp("nobody reads them") : nil
    }

    private mutating func giveUp(_ why: String?) -> String? {
        isOver = true
        unwritten = []
        channel?.close()
        channel = nil
        return why.map { "events are no longer copied: \($0)" }
    }

    mutating func close() -> String? {
        var patience = Self.patienceNanoseconds
        let step: UInt64 = 10_000_000
        while !isOver, !unwritten.isEmpty {
            let before = unwritten.count
            if let what = write() { return what }
            if unwritten.count < before { patience = Self.patienceNanoseconds }
            guard patience > 0 else { return giveUp("nobody reads them") }
            if !unwritten.isEmpty {
                pause(nanoseconds: step)
                patience -= step
            }
        }
        _ = giveUp(nil)
        return nil
    }
}
