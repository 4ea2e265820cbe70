extension Event {
    /// Actions of a rule, by their names.
    struct Group: Sendable, Hashable {
        let rule: String
        var actions: [String]
    }

    /// What could not be built since an action failed.
    struct Blocked: Sendable, Hashable {
        let failed: String
        let groups: [Group]
    }

    /// Results of a rule that are there, and are not what they would be if nothing were wrong.
    struct Degraded: Sendable, Hashable {
        enum Way: Sendable, Hashable {
            /// An input is without some of what was to be in it.
            case without(input: String, have: Int, missing: [String])
            /// Made with what an earlier run built of an action that gave nothing in this one; that run's instant,
            /// nanoseconds since 1970-01-01T00:00:00Z.
            case existing(maker: String, builtAtNanoseconds: Int64?)
        }
        let rule: String
        let way: Way
        var actions: [String]
    }

    /// Actions of a rule that a policy holds back.
    struct Held: Sendable, Hashable {
        let rule: String
        /// Of the table of verdicts.
        let line: Int
        let policy: String
        let actions: Int
        /// When the first and the last of them are due, nanoseconds since 1970-01-01T00:00:00Z.
        let first: Int64
        let last: Int64
    }

    /// Actions of a rule that the end of the run left as they were.
    struct Left: Sendable, Hashable {
        let why: Halt
        let group: Group
        /// How many of them are perhaps current.
        let undecided: Int
    }
}

// MARK: - As they are written down

extension Event.Blocked {
    func write(into line: inout JSONLine) {
        line.add("action", failed)
        line.add("groups", groups) { line, group in
            line.add("rule", group.rule)
            line.add("names", group.actions)
        }
    }

    init(_ members: [String: JSONValue]) {
        self.init(
            failed: members.text("action") ?? "?",
            groups: members.objects("groups").map {
                Event.Group(rule: $0.text("rule") ?? "?", actions: $0.texts("names"))
            })
    }
}

extension Event.Degraded {
    func write(into line: inout JSONLine) {
        line.add("rule", rule)
        line.add("names", actions)
        switch way {
        case .without(let input, let have, let missing):
            line.add("input", input)
            line.add("have", have)
            line.add("missingNames", missing)
        case .existing(let maker, let builtAt):
            line.add("madeWith", maker)
            line.add("builtAt", builtAt)
        }
    }

    init(_ members: [String: JSONValue]) {
        let way: Way
        if let maker = members.text("madeWith") {
            way = .existing(maker: maker, builtAtNanoseconds: members.integer("builtAt"))
        } else {
            way = .without(
                input: members.text("input") ?? "?", have: members.count("have") ?? 0,
                missing: members.texts("missingNames"))
        }
        self.init(rule: members.text("rule") ?? "?", way: way, actions: members.texts("names"))
    }
}

extension Event.Held {
    func write(into line: inout JSONLine) {
        line.add("rule", rule)
        line.add("line", self.line)
        line.add("policy", policy)
        line.add("actions", actions)
        line.add("first", first)
        line.add("last", last)
    }

    init(_ members: [String: JSONValue]) {
        self.init(
            rule: members.text("rule") ?? "?", line: members.count("line") ?? 0,
            policy: members.text("policy") ?? "?", actions: members.count("actions") ?? 0,
            first: members.integer("first") ?? 0, last: members.integer("last") ?? 0)
    }
}

extension Event.Left {
    func write(into line: inout JSONLine) {
        line.add("rule", group.rule)
        line.add("names", group.actions)
        line.add("undecided", undecided)
        line.add("kind", why.kind)
        if case .deadline(let instant) = why { line.add("deadline", instant) }
    }

    init(_ members: [String: JSONValue]) {
        self.init(
            why: Halt(kind: members.text("kind") ?? "", deadline: members.integer("deadline")),
            group: Event.Group(rule: members.text("rule") ?? "?", actions: members.texts("names")),
            undecided: members.count("undecided") ?? 0)
    }
}
