import Artifact
import Calendar
private import Foundation
import Rules

/// Wrong settings of a command.
enum SettingsError: Error {
    case malformed(String)
    case badFile(String, why: String)
    /// A parameter twice in one file, perhaps under both of its spellings.
    case namedTwice(String, file: String, areSpelledAlike: Bool)
    /// The rules do not take a value that this command has not set itself.
    case refused(message: String, Settings.Origin)
    case badInstant(String)
    case badJobs(Int)
    case badTimes(Int)
    case badShare(String)
    case badDeadline(String)
    case badPeriod(String)
    case badSize(String)
    case badMemory(String)
    case badLoad(Double)
    /// The value of an option that says something against policies.
    case badPolicyValue(option: String, text: String)
}

/// The parameters that a command gives to the rules: the file's, then its own.
struct Settings: Hashable, Sendable {
    /// By outside name.
    private(set) var values: [String: String] = [:]
    /// Those that the command set itself, `name=value`.
    private(set) var overrides: [String]
    /// Those that stood as words for days.
    private(set) var resolved: [ResolvedDay] = []
    /// What the file says, by outside name.
    private var ofFile: [String: String] = [:]
    private let file: String
    /// Whether the overrides are those of the last build.
    private let areOfLastBuild: Bool

    /// Where a parameter that a command has not set itself has its value from.
    enum Origin: Hashable, Sendable {
        case file(String)
        case lastBuild
    }

    /// - Parameters:
    ///   - file: absolute; absent is empty.
    ///   - isNamed: whether a person named the file, so that it must be there.
    ///   - areOfLastBuild: whether the overrides are not this command's own.
    init(file: String, isNamed: Bool, overrides: [String], areOfLastBuild: Bool = false) throws(SettingsError) {
        (self.overrides, self.file, self.areOfLastBuild) = (overrides, file, areOfLastBuild)
        if isNamed || fileExists(file) { try read(file) }
        for setting in overrides {
            guard let equals = setting.firstIndex(of: "="), equals != setting.startIndex else {
                throw .malformed(setting)
            }
            values[outsideName(of: String(setting[..<equals]))] = String(setting[setting.index(after: equals)...])
        }
    }

    private mutating func read(_ file: String) throws(SettingsError) {
        let found: [ParameterFile.Entry]
        do { found = try ParameterFile.read(try readFile(file)) } catch {
            throw .badFile(file, why: (error as? SystemError)?.inWords ?? "it is not one JSON object of plain values")
        }
        var spellings: [String: String] = [:]
        for entry in found {
            let outside = outsideName(of: entry.name)
            // Rules are given both in one argument.
            guard !entry.name.contains("="), !entry.name.contains("\0") else {
                throw .badFile(file, why: "`\(printable(entry.name.utf8))` is no name of a parameter")
            }
            guard !entry.value.contains("\0") else {
                throw .badFile(file, why: "the value of `\(outside)` holds a NUL character")
            }
            if let other = spellings.updateValue(entry.name, forKey: outside) {
                throw .namedTwice(outside, file: file, areSpelledAlike: other == entry.name)
            }
            values[outside] = entry.value
        }
        ofFile = values
    }

    /// - Parameter name: outside.
    /// - Returns: nil where the command has set it, or nobody.
    func origin(of name: String) -> Origin? {
        if overrides.contains(where: { Self.name(of: $0) == name }) { return areOfLastBuild ? .lastBuild : nil }
        return ofFile[name] == nil ? nil : .file(file)
    }

    /// Lets go of what only the last build set and the rules have no more.
    ///
    /// - Returns: what that was, `name=value`.
    mutating func leaveOut(except names: Set<String>) -> [String] {
        guard areOfLastBuild else { return [] }
        let gone = overrides.filter { !names.contains(Self.name(of: $0)) }
        overrides.removeAll { !names.contains(Self.name(of: $0)) }
        for name in gone.map(Self.name) { values[name] = ofFile[name] }
        return gone
    }

    private static func name(of setting: String) -> String { outsideName(of: String(setting.prefix { $0 != "=" })) }

    /// Puts a day where a word stands for one.
    mutating func resolve(_ parameter: ResolvedDay) {
        values[parameter.name] = "\(parameter.day)"
        resolved.append(parameter)
        // A run is repeated with the day that it had.
        overrides = overrides.map { setting in
            let name = setting.prefix { $0 != "=" }
            return Self.name(of: setting) == parameter.name ? "\(name)=\(parameter.day)" : setting
        }
    }

    /// As if the command had set it.
    ///
    /// - Parameter name: its outside name.
    mutating func set(_ name: String, to value: String) {
        values[name] = value
        overrides.append("\(name)=\(value)")
    }

    /// `name=value`, sorted.
    var list: [String] { values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" } }
}

/// An instant as a person writes it.
enum Instant {
    /// - Parameter text: ISO 8601 with an offset.
    /// - Returns: nanoseconds since 1970-01-01T00:00:00Z.
    static func parse(_ text: String) throws(SettingsError) -> Int64 {
        guard case .nanoseconds(let instant)? = WrittenInstant(text) else { throw .badInstant(text) }
        return instant
    }

    static func text(_ nanoseconds: Int64) -> String {
        let formatter = ISO8601DateFormatter()
        formatter.formatOptions = [.withInternetDateTime]
        return formatter.string(from: Date(timeIntervalSince1970: Double(nanoseconds) / 1e9))
    }
}

/// A number of bytes as a person writes it.
enum ByteSize {
    /// - Parameter text: a whole number, with K, M, G or T for a power of 1024.
    static func parse(_ text: String) throws(SettingsError) -> Int64 {
        let powers: [Character: Int64] = ["K": 10, "M": 20, "G": 30, "T": 40]
        let shift = text.last.flatMap { powers[$0] }
        let digits = shift == nil ? text[...] : text.dropLast()
        guard digits.utf8.allSatisfy({ (UInt8(ascii: "0") ... UInt8(ascii: "9")).contains($0) }),
            let number = Int64(digits)
        else { throw .badSize(text) }
        let (bytes, overflows) = number.multipliedReportingOverflow(by: 1 << (shift ?? 0))
        guard !overflows else { throw .badSize(text) }
        return bytes
    }
}
