package import Artifact

extension Plan.Rule {
    package func pack(into packer: inout Packer) {
        packer.string(name)
        packer.string(type)
        packer.string(shortType)
        packer.bool(isCommand)
        place.pack(into: &packer)
        packer.list(axes) { packer, axis in packer.number(axis) }
        packer.number(cpus)
        packer.list(accepts) { packer, acceptance in
            packer.string(acceptance.property)
            packer.fixed(acceptance.leastShare.bitPattern)
        }
        packer.list(awaits.map { [$0] } ?? [])
        policy.pack(into: &packer)
        packer.number(version)
        running.pack(into: &packer)
    }

    package init(from unpacker: inout Unpacker) throws(UnpackError) {
        name = try unpacker.string()
        type = try unpacker.string()
        shortType = try unpacker.string()
        isCommand = try unpacker.bool()
        place = try Place(from: &unpacker)
        axes = try unpacker.list { unpacker throws(UnpackError) in Int(clamping: try unpacker.number()) }
        cpus = Int(clamping: try unpacker.number())
        accepts = try unpacker.list { unpacker throws(UnpackError) in
            Plan.Acceptance(
                property: try unpacker.string(), leastShare: Double(bitPattern: try unpacker.fixed()))
        }
        awaits = try unpacker.list(of: Path.self).first
        policy = try Policy(from: &unpacker)
        version = Int(clamping: try unpacker.number())
        running = try Running(from: &unpacker)
    }
}

extension Place: Packable {
    package func pack(into packer: inout Packer) {
        packer.string(file)
        packer.number(line)
    }

    package init(from unpacker: inout Unpacker) throws(UnpackError) {
        file = try unpacker.string()
        line = Int(clamping: try unpacker.number())
    }
}

extension Plan.Axis: Packable {
    package func pack(into packer: inout Packer) {
        packer.string(name)
        packer.list(values) { packer, value in packer.string(value) }
    }

    package init(from unpacker: inout Unpacker) throws(UnpackError) {
        name = try unpacker.string()
        values = try unpacker.list { unpacker throws(UnpackError) in try unpacker.string() }
    }
}

extension Plan.Group: Packable {
    package func pack(into packer: inout Packer) {
        packer.string(name)
        place.pack(into: &packer)
        packer.list(members) { packer, member in
            switch member {
            case .rule(let rule):
                packer.bool(true)
                packer.number(rule.index)
            case .artifact(let path):
                packer.bool(false)
                path.pack(into: &packer)
            }
        }
    }

    package init(from unpacker: inout Unpacker) throws(UnpackError) {
        name = try unpacker.string()
        place = try Place(from: &unpacker)
        members = try unpacker.list { unpacker throws(UnpackError) in
            try unpacker.bool()
                ? .rule(RuleID(UInt32(clamping: try unpacker.number()))) : .artifact(try Path(from: &unpacker))
        }
    }
}

extension Plan.Question: Packable {
    package func pack(into packer: inout Packer) {
        packer.byte(kind.rawValue)
        path.pack(into: &packer)
        packer.string(column)
        packer.bool(answer != nil)
        packer.list(answer ?? []) { packer, value in packer.string(value) }
        packer.number(actionsBefore)
    }

    package init(from unpacker: inout Unpacker) throws(UnpackError) {
        guard let kind = Kind(rawValue: try unpacker.byte()) else { throw .malformed }
        self.kind = kind
        path = try Path(from: &unpacker)
        column = try unpacker.string()
        let isAnswered = try unpacker.bool()
        let values = try unpacker.list { unpacker throws(UnpackError) in try unpacker.string() }
        answer = isAnswered ? values : nil
        actionsBefore = Int(clamping: try unpacker.number())
    }
}

extension Plan.ProbedSource: Packable {
    package func pack(into packer: inout Packer) {
        path.pack(into: &packer)
        probe.pack(into: &packer)
    }

    package init(from unpacker: inout Unpacker) throws(UnpackError) {
        path = try Path(from: &unpacker)
        probe = try Probe(from: &unpacker)
    }
}

extension Plan.Parameter: Packable {
    package func pack(into packer: inout Packer) {
        packer.string(name)
        packer.string(value)
        packer.string(type)
    }

    package init(from unpacker: inout Unpacker) throws(UnpackError) {
        name = try unpacker.string()
        value = try unpacker.string()
        type = try unpacker.string()
    }
}
