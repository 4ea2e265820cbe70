public import Artifact

/// What is known by its number in a plan.
public protocol PlanNumber {
    init(_ raw: UInt32)
}

extension ActionID: PlanNumber {}
extension ArtifactID: PlanNumber {}

/// Consecutive numbers, as what they number.
public struct Numbers<ID: PlanNumber>: RandomAccessCollection, Sendable {
    @usableFromInline let range: Range<Int>

    @inlinable init(_ range: Range<Int>) { self.range = range }

    @inlinable public var startIndex: Int { 0 }
    @inlinable public var endIndex: Int { range.count }
    @inlinable public subscript(index: Int) -> ID { ID(UInt32(truncatingIfNeeded: range.lowerBound + index)) }
}

/// Part of an array of numbers, as what they number.
public struct NumberList<ID: PlanNumber>: RandomAccessCollection, Sendable {
    @usableFromInline let numbers: PackedArray<UInt32>
    @usableFromInline let range: Range<Int>

    @inlinable init(_ numbers: PackedArray<UInt32>, _ range: Range<Int>) {
        self.numbers = numbers
        self.range = range
    }

    @inlinable public var startIndex: Int { 0 }
    @inlinable public var endIndex: Int { range.count }
    @inlinable public subscript(index: Int) -> ID { ID(numbers[range.lowerBound + index]) }
}

extension Plan {
    /// What one action reads, in the order of its recipe.
    public struct Inputs: RandomAccessCollection, Sendable {
        @usableFromInline let plan: Plan
        @usableFromInline let range: Range<Int>

        @inlinable init(_ plan: Plan, _ range: Range<Int>) {
            self.plan = plan
            self.range = range
        }

        @inlinable public var startIndex: Int { 0 }
        @inlinable public var endIndex: Int { range.count }
        @inlinable public subscript(index: Int) -> Input {
            let edge = range.lowerBound + index
            return Input(
                artifact: ArtifactID(plan.inputArtifact[edge]),
                aspect: plan.inputAspect[edge] == Aspect.listing.rawValue ? .listing : .bytes,
                property: plan.inputProperty[edge], index: plan.inputIndex[edge])
        }
    }

    /// What one action writes, in the order of its recipe.
    public struct Outputs: RandomAccessCollection, Sendable {
        @usableFromInline let plan: Plan
        @usableFromInline let range: Range<Int>

        @inlinable init(_ plan: Plan, _ range: Range<Int>) {
            self.plan = plan
            self.range = range
        }

        @inlinable public var startIndex: Int { 0 }
        @inlinable public var endIndex: Int { range.count }
        @inlinable public subscript(index: Int) -> Output {
            let edge = range.lowerBound + index
            return Output(
                artifact: ArtifactID(plan.outputArtifact[edge]), property: plan.outputProperty[edge],
                index: plan.outputIndex[edge])
        }
    }
}
