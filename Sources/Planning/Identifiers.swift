/// An action's position in its plan.
package struct ActionID: Hashable, Comparable, BitwiseCopyable, Sendable {
    package let raw: UInt32
    @inlinable package init(_ raw: UInt32) { self.raw = raw }
    @inlinable package init(_ index: Int) { raw = UInt32(index) }
    @inlinable package var index: Int { Int(raw) }
    @inlinable package static func < (left: ActionID, right: ActionID) -> Bool { left.raw < right.raw }
}

/// An artifact's position in its plan: artifacts are sorted by directory, then name.
package struct ArtifactID: Hashable, Comparable, BitwiseCopyable, Sendable {
    package let raw: UInt32
    @inlinable package init(_ raw: UInt32) { self.raw = raw }
    @inlinable package init(_ index: Int) { raw = UInt32(index) }
    @inlinable package var index: Int { Int(raw) }
    @inlinable package static func < (left: ArtifactID, right: ArtifactID) -> Bool { left.raw < right.raw }
}

/// A rule's position in its plan.
package struct RuleID: Hashable, Comparable, BitwiseCopyable, Sendable {
    package let raw: UInt32
    @inlinable package init(_ raw: UInt32) { self.raw = raw }
    @inlinable package init(_ index: Int) { raw = UInt32(index) }
    @inlinable package var index: Int { Int(raw) }
    @inlinable package static func < (left: RuleID, right: RuleID) -> Bool { left.raw < right.raw }
}
