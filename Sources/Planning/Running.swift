package import Artifact

/// How a rule's actions are run, as its rules say. Nothing of it is in a key.
package struct Running: Hashable, Sendable {
    /// What an action is thought to hold at most, before any has run.
    package var memoryBytes: Int64?
    package var timeoutNanoseconds: Int64?
    /// Of the action with all its processes.
    package var memoryLimitBytes: Int64?
    package var retries: Retries?
    /// An index in the plan's pools.
    package var pool: Int?
    package var batch: Batch?
    package var tolerance: Tolerance?

    package init() {}

    /// By how much numbers of an output may differ where an action is built again.
    package struct Tolerance: Hashable, Sendable {
        package var absolute: Double
        /// Of the recorded number.
        package var relative: Double

        package init(absolute: Double, relative: Double) { (self.absolute, self.relative) = (absolute, relative) }

        package func allows(_ distance: Double, from recorded: Double) -> Bool {
            distance <= absolute + relative * abs(recorded)
        }
    }

    package struct Retries: Hashable, Sendable {
        /// How often again.
        package var most: Int
        /// Before the first one; twice as long before each one after it.
        package var pauseNanoseconds: Int64
        package var ofTimeouts: Bool

        package init(most: Int, pauseNanoseconds: Int64, ofTimeouts: Bool) {
            (self.most, self.pauseNanoseconds, self.ofTimeouts) = (most, pauseNanoseconds, ofTimeouts)
        }
    }

    package struct Batch: Hashable, Sendable {
        /// Which of the rule's axes the actions of one batch have the same value on; nil: none.
        package var axis: Int?
        package var most: Int

        package init(axis: Int?, most: Int) { (self.axis, self.most) = (axis, most) }
    }
}

extension Plan {
    /// What only so many actions use at once, or start within a minute.
    package struct Pool: Hashable, Sendable {
        package var name: [UInt8]
        package var atOnce: Int?
        package var perMinute: Int?
        package var place: Place

        package init(name: [UInt8], atOnce: Int?, perMinute: Int?, place: Place) {
            (self.name, self.atOnce, self.perMinute, self.place) = (name, atOnce, perMinute, place)
        }
    }
}

// MARK: - In a plan's file

extension Running: Packable {
    package func pack(into packer: inout Packer) {
        packer.optionalNumber(memoryBytes)
        packer.optionalNumber(timeoutNanoseconds)
        packer.optionalNumber(memoryLimitBytes)
        packer.bool(retries != nil)
        if let retries {
            packer.number(retries.most)
            packer.number(UInt64(bitPattern: retries.pauseNanoseconds))
            packer.bool(retries.ofTimeouts)
        }
        packer.optionalNumber(pool.map(Int64.init))
        packer.bool(batch != nil)
        if let batch {
            packer.optionalNumber(batch.axis.map(Int64.init))
            packer.number(batch.most)
        }
        packer.bool(tolerance != nil)
        if let tolerance {
            packer.number(tolerance.absolute.bitPattern)
            packer.number(tolerance.relative.bitPattern)
        }
    }

    package init(from unpacker: inout Unpacker) throws(UnpackError) {
        memoryBytes = try unpacker.optionalNumber()
        timeoutNanoseconds = try unpacker.optionalNumber()
        memoryLimitBytes = try unpacker.optionalNumber()
        if try unpacker.bool() {
            retries = Retries(
                most: Int(clamping: try unpacker.number()),
                pauseNanoseconds: Int64(clamping: try unpacker.number()), ofTimeouts: try unpacker.bool())
        }
        pool = try unpacker.optionalNumber().map { Int($0) }
        if try unpacker.bool() {
            batch = Batch(
                axis: try unpacker.optionalNumber().map { Int($0) }, most: Int(clamping: try unpacker.number()))
        }
        if try unpacker.bool() {
            tolerance = Tolerance(
                absolute: Double(bitPattern: try unpacker.number()), relative: Double(bitPattern: try unpacker.number())
            )
        }
    }
}

extension Plan.Pool: Packable {
    package func pack(into packer: inout Packer) {
        packer.string(name)
        packer.optionalNumber(atOnce.map(Int64.init))
        packer.optionalNumber(perMinute.map(Int64.init))
        place.pack(into: &packer)
    }

    package init(from unpacker: inout Unpacker) throws(UnpackError) {
        name = try unpacker.string()
        atOnce = try unpacker.optionalNumber().map { Int($0) }
        perMinute = try unpacker.optionalNumber().map { Int($0) }
        place = try Place(from: &unpacker)
    }
}

extension Packer {
    /// A number that is not negative, or none.
    fileprivate mutating func optionalNumber(_ value: Int64?) {
        bool(value != nil)
        if let value { number(UInt64(clamping: value)) }
    }
}

extension Unpacker {
    fileprivate mutating func optionalNumber() throws(UnpackError) -> Int64? {
        try bool() ? Int64(clamping: try number()) : nil
    }
}
