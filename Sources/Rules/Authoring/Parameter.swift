/// A setting of the whole plan: `--set name=value`, or its default.
///
///     @Parameter("Last day whose data may be used") var asOf: Day
///     @Parameter("Days ahead", in: 1 ... 366) var horizon = 14
///
/// `asOf` is `as-of` outside; both spellings are accepted. A day may be set as `yesterday`, `today` or `tomorrow`, in
/// the zone that the parameter declares:
///
///     @Parameter("Last day whose data may be used", zone: "America/New_York") var asOf: Day
@propertyWrapper
public struct Parameter<Value: Textual>: AnyParameter {
    private let box: Box
    let help: String
    private let range: (text: String, contains: (Value) -> Bool)?
    /// Nil: UTC.
    let zone: String?

    private final class Box {
        var value: Value?
        init(_ value: Value?) { self.value = value }
    }

    private init(_ value: Value?, _ help: String, _ range: (String, (Value) -> Bool)?, zone: String? = nil) {
        (box, self.help, self.range, self.zone) = (Box(value), help, range, zone)
    }

    /// A required parameter.
    public init(_ help: String) { self.init(nil, help, nil) }
    public init(wrappedValue: Value, _ help: String) { self.init(wrappedValue, help, nil) }

    /// A parameter that only has values of a range.
    public init(_ help: String, in range: ClosedRange<Value>) where Value: Comparable {
        self.init(nil, help, (boundsText(of: range), range.contains))
    }
    public init(wrappedValue: Value, _ help: String, in range: ClosedRange<Value>) where Value: Comparable {
        self.init(wrappedValue, help, (boundsText(of: range), range.contains))
    }

    /// A day that may be set as `yesterday`, `today` or `tomorrow`.
    ///
    /// - Parameter zone: whose calendar says which day that is; of the time zone database, as `America/New_York`.
    public init(_ help: String, zone: String) where Value == Day { self.init(nil, help, nil, zone: zone) }
    public init(wrappedValue: Day, _ help: String, zone: String) where Value == Day {
        self.init(wrappedValue, help, nil, zone: zone)
    }

    /// - Precondition: `rules` has been called: in an initializer no parameter has its value yet.
    public var wrappedValue: Value {
        guard let value = box.value else { preconditionFailure("a parameter is read before `rules` is called") }
        return value
    }

    var text: String? { box.value?.text }
    var typeName: String { "\(Value.self)" }
    var rangeText: String? { range?.text }
    var isInRange: Bool {
        guard let range, let value = box.value else { return true }
        return range.contains(value)
    }

    func set(_ text: String) -> Bool {
        guard let value = Value(text: text) else { return false }
        box.value = value
        return true
    }
}

/// A parameter, whatever its type.
protocol AnyParameter {
    var help: String { get }
    /// Its value, if it has one.
    var text: String? { get }
    var typeName: String { get }
    var rangeText: String? { get }
    /// In which it is `today`; nil: UTC.
    var zone: String? { get }
    var isInRange: Bool { get }
    /// Whether the text is a value of its type.
    func set(_ text: String) -> Bool
}

private func boundsText<Value: Textual>(of range: ClosedRange<Value>) -> String {
    "\(range.lowerBound.text) ... \(range.upperBound.text)"
}
