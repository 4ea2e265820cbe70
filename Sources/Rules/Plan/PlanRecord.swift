/// The records of a plan, in the order in which the rules were evaluated. Each begins with its number.
///
/// Fields are wire numbers and named strings, in the order given; a place is (file, line).
package enum PlanRecord: UInt8, Sendable {
    /// Name, count, the values' texts. The nth axis has the number n - 1.
    case axis = 1
    /// Name, recipe type (mangled), its short name, its version, is a `Command`, place, awaited path or "", count, axes. Numbered
    /// like axes.
    case rule
    /// Rule, position on each axis, awaited path or "", the recipe as a `Value`.
    case action
    /// Rule, an `Amendment`.
    case amend
    /// Name, place, count, members: a `MemberKind` and rule number or path.
    case group
    /// Path, may be absent, place.
    case source
    /// Path, column; asked for at once. The answer is a frame with a list of strings, or `.absent` for "not yet".
    case question
    /// A `FailureKind`, message, the parameter whose value it is of or "", count, places. The plan ends.
    case failure
    /// Number of actions. The plan is whole, except for sections that wait for a question.
    case end
    /// Outside name, value, type name. All of them come first.
    case parameter
    /// As `group`, without a name.
    case defaults
    /// A directory's path and how files' names end; asked for at once. The answer is as that to `question`: the files'
    /// paths below the directory, sorted, or `.absent` where there are none.
    case listing
    /// Name, count, a program and its arguments, place.
    case probedSource
    /// Name; whether there is a limit at once, and then it; the same per minute; place. Numbered like axes.
    case pool
}

/// What a rule says of its actions after it has made them.
package enum Amendment: Int, Sendable {
    /// Number of cpus; whether a first estimate of memory is given, and then its bytes.
    case needs
    /// Property, smallest share of its artifacts (a double; 0: all may be missing).
    case accepts
    /// Nanoseconds; whether a column is observed, and then its property ("" where no cell has anything in it) and
    /// name; whether there is a latest time, and then its nanoseconds; whether the first build waits; whether it holds
    /// everything.
    case settle
    /// Nanoseconds, whether it holds everything.
    case interval
    /// An `ExistenceKind` with its fields.
    case existence
    case keepEdited
    case intermediate
    /// Whether there is a greatest age, and then its nanoseconds.
    case useExisting
    /// Whether always; else never.
    case store
    /// Whether there is a timeout, and then its nanoseconds; the same of memory, in bytes.
    case limits
    /// How often again, nanoseconds before the first time, whether also after a timeout.
    case retries
    /// The number of a pool.
    case pool
    /// Whether by an axis, and then which of the rule's; how many at most.
    case batch
    /// Absolute, relative: doubles.
    case tolerance
}

/// What a rule says of what exists.
package enum ExistenceKind: Int, Sendable {
    /// Whether files count that dbuild did not make.
    case keepExisting
    case always
    /// Nanoseconds.
    case refreshEvery
    /// A `RecurrenceKind`, the minute of the day, the day where there is one; zone, place.
    case refreshAt
}

package enum RecurrenceKind: Int, Sendable {
    case daily
    /// Day: 1 for Monday to 7.
    case weekly
    /// Day: 1 to 31.
    case monthly
}

/// What a group holds.
package enum MemberKind: Int, Sendable {
    /// The number of a rule.
    case rule
    /// A path.
    case artifact
}

/// Whose mistake a failure is.
package enum FailureKind: Int, Sendable {
    /// The rules are wrong.
    case rules
    /// The settings are.
    case usage
}
