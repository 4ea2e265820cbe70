import Processes

/// A variable in the environment of every action and worker, by which the next run finds what this one left, should dbuild
/// and all who clear up behind it be killed in one instant.
///
/// It is in no key, and an action must not depend on it: every run has another one.
struct RunMarker: Sendable {
    static let variable = Array("DBUILD_RUN".utf8)

    /// Where it is kept while its processes may be alive; absolute.
    private let place: String
    let value: [UInt8]

    /// A new one.
    init(_ workspace: Workspace) {
        place = workspace.state("marker")
        var random = SystemRandomNumberGenerator()
        value = Array((0 ..< 4).map { _ in String(random.next(), radix: 36) }.joined().utf8)
    }

    /// The one that a killed run has left; nil where there is none, or one that is cut short and could name other runs'
    /// processes.
    private init?(leftIn workspace: Workspace) throws {
        place = workspace.state("marker")
        guard fileExists(place) else { return nil }
        value = try readFile(place)
        guard value.count >= 16, value.allSatisfy({ (0x30 ... 0x39).contains($0) || (0x61 ... 0x7A).contains($0) })
        else { return nil }
    }

    func write() throws { try replaceFile(place, with: value) }
    func remove() throws { try removeFile(place) }

    /// Ends what a killed run has left; for who holds the workspace's lock.
    ///
    /// - Returns: how many processes there were.
    static func clearUp(behind workspace: Workspace) throws -> Int {
        let killed = try RunMarker(leftIn: workspace)?.endProcesses() ?? 0
        let place = workspace.state("marker")
        if fileExists(place) { try removeFile(place) }
        return killed
    }

    /// Ends every process that carries it.
    ///
    /// - Returns: how many there were.
    func endProcesses() throws -> Int {
        let marker = String(decoding: Self.variable, as: UTF8.self) + "=" + String(decoding: value, as: UTF8.self)
        do throws(HelperFailure) { return try killProcesses(markedBy: marker) } catch {
            throw ExecutorFailure.helper(error.inWords)
        }
    }
}
