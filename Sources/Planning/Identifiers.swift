/// An action's position in its plan.
public struct ActionID: Hashable, Comparable, BitwiseCopyable, Sendable {
    public let raw: UInt32
    @inlinable public init(_ raw: UInt32) { self.raw = raw }
    @inlinable public init(_ index: Int) { raw = UInt32(index) }
    @inlinable public var index: Int { Int(raw) }
    @inlinable public static func < (left: ActionID, right: ActionID) -> Bool { left.raw < right.raw }
}

/// An artifact's position in its plan: artifacts are sorted by directory, then name.
public struct ArtifactID: Hashable, Comparable, BitwiseCopyable, Sendable {
    public let raw: UInt32
    @inlinable public init(_ raw: UInt32) { self.raw = raw }
    @inlinable public init(_ index: Int) { raw = UInt32(index) }
    @inlinable public var index: Int { Int(raw) }
    @inlinable public static func < (left: ArtifactID, right: ArtifactID) -> Bool { left.raw < right.raw }
}

/// A rule's position in its plan.
public struct RuleID: Hashable, Comparable, BitwiseCopyable, Sendable {
    public let raw: UInt32
    @inlinable public init(_ raw: UInt32) { self.raw = raw }
    @inlinable public init(_ index: Int) { raw = UInt32(index) }
    @inlinable public var index: Int { Int(raw) }
    @inlinable public static func < (left: RuleID, right: RuleID) -> Bool { left.raw < right.raw }
}
