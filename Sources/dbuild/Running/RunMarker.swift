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

    func write() throws { try replaceFile(place, with: value) }
    func remove() throws { try removeFile(place) }

    /// Ends what a killed run has left; for who holds the workspace's lock.
    ///
    /// - Returns: how many processes there were.
    static func clearUp(behind workspace: Workspace) throws -> Int {
        let place = workspace.state("marker")
        guard fileExists(place) else { return 0 }
        let value = try readFile(place)
        // A file that is cut short must not name other runs' processes.
        var killed = 0
        if value.count >= 16, value.allSatisfy({ (0x30 ... 0x39).contains($0) || (0x61 ... 0x7A).contains($0) }) {
            let marker = String(decoding: variable, as: UTF8.self) + "=" + String(decoding: value, as: UTF8.self)
            do throws(HelperFailure) { killed = try killProcesses(markedBy: marker) } catch {
                throw ExecutorFailure.helper("\(error)")
            }
        }
        try removeFile(place)
        return killed
    }
}
