import Artifact
import Planning
import Rules

/// A recipe goes from the wire into the plan as it is read: its artifacts become places in the action's lists.
extension PlanReader {
    /// What is known of a recipe beside what was written of it.
    struct Held {
        /// What must be built before its artifacts can be listed.
        var awaits: [UInt8]?
        /// A property that gathers over an axis which came out empty.
        var emptyProperty: UInt32?
        /// The property that is read, and how many artifacts it has had.
        fileprivate var property: UInt32 = 0
        fileprivate var index = 0
    }

    private enum Side { case none, input, output }

    /// What was read.
    private enum Reading {
        case end
        case list(count: Int)
        case other
    }

    mutating func readRecipe() throws -> Held {
        var held = Held()
        let tag = try wire.tag()
        guard tag == .object else {
            held.property = try builder.number(ofText: [UInt8]().span)
            if case .end = try readValue(tag, .none, within: 0, &held) { throw WireError.unknownTag(tag.rawValue) }
            return held
        }
        let object = builder.recipe.beginObject()
        var count = 0
        while let property = try readName() {
            builder.recipe.name(property)
            held.property = property
            held.index = 0
            let (tag, isGathering) = (try wire.tag(), hasEmptyAxis)
            let reading = try readValue(tag, .none, within: 1, &held)
            if case .end = reading { throw WireError.unknownTag(tag.rawValue) }
            if isGathering, tag == .input, case .list(count: 0) = reading { held.emptyProperty = property }
            count += 1
        }
        builder.recipe.end(object, count: count)
        return held
    }

    /// The name of a field, as the plan numbers it; nil at the end of an object.
    private mutating func readName() throws -> UInt32? {
        let number = try wire.nameNumber()
        if number == 0 { return nil }
        while texts.count <= number { texts.append(.max) }
        if texts[number] == .max {
            texts[number] = try builder.number(ofText: Array(wire.text(ofName: number).utf8).span)
        }
        return texts[number]
    }

    private mutating func readValue(
        _ side: Side, within depth: Int, _ held: inout Held
    ) throws -> Reading { try readValue(try wire.tag(), side, within: depth, &held) }

    private mutating func readValue(
        _ tag: Tag, _ side: Side, within depth: Int, _ held: inout Held
    ) throws -> Reading {
        guard depth < WireReader.depthLimit else { throw WireError.tooDeep }
        switch tag {
        case .end: return .end
        case .absent: builder.recipe.absent()
        case .no: builder.recipe.bool(false)
        case .yes: builder.recipe.bool(true)
        case .int: builder.recipe.int(Int64(try wire.int()))
        case .uint: builder.recipe.uint(try wire.unsigned())
        case .double: builder.recipe.double(bits: try wire.double().bitPattern)
        case .string: builder.recipe.string(try wire.stringBytes())
        case .object: try readFields(side, within: depth, &held)
        case .list: return .list(count: try readElements(side, within: depth, &held))
        case .input: return try readWhole(.input, within: depth, &held)
        case .output: return try readWhole(.output, within: depth, &held)
        case .reference: try readReference(side, &held)
        case .awaited:
            held.awaits = try wire.stringBytes()
            builder.recipe.awaited()
        }
        return .other
    }

    /// A value that must be there.
    private mutating func readWhole(_ side: Side, within depth: Int, _ held: inout Held) throws -> Reading {
        let reading = try readValue(side, within: depth + 1, &held)
        if case .end = reading { throw WireError.unknownTag(Tag.end.rawValue) }
        return reading
    }

    private mutating func readFields(_ side: Side, within depth: Int, _ held: inout Held) throws {
        let object = builder.recipe.beginObject()
        var count = 0
        while let name = try readName() {
            builder.recipe.name(name)
            _ = try readWhole(side, within: depth, &held)
            count += 1
        }
        builder.recipe.end(object, count: count)
    }

    private mutating func readElements(_ side: Side, within depth: Int, _ held: inout Held) throws -> Int {
        let list = builder.recipe.beginList()
        var count = 0
        while true {
            if case .end = try readValue(side, within: depth + 1, &held) { break }
            count += 1
        }
        builder.recipe.end(list, count: count)
        return count
    }

    private mutating func readReference(_ side: Side, _ held: inout Held) throws {
        let (kind, aspect) = try Reference.meaning(ofCode: try wire.byte())
        let path = try wire.stringBytes()
        switch side {
        case .output:
            builder.recipe.output(
                ordinal: try builder.addOutput(
                    path.span, isTree: kind == .tree, property: held.property, index: held.index))
        // An artifact outside both is a parameter that names a place: it is read by nobody.
        case .none: builder.recipe.string(path)
        case .input:
            builder.recipe.input(
                ordinal: try builder.addInput(
                    path.span, isTree: kind == .tree, aspect: aspect == .listing ? .listing : .bytes,
                    property: held.property, index: held.index))
        }
        held.index += 1
    }
}
