import Artifact
import Hashing

/// The directory that dbuild works in, and where its own things lie.
struct Workspace: Sendable {
    /// Absolute, without links.
    let root: String
    /// Relative to the root, or absolute.
    let rulesDirectory: String

    enum Failure: Error, Hashable {
        case noDirectory(String)
        /// Its path, with what is not UTF-8 replaced.
        case noText(directory: String)
        /// No rules in this directory or any above it.
        case notFound(from: String)
        case noRules(directory: String)
        /// Found by going upward, and neither this user's nor root's.
        case foreign(directory: String, owner: UInt32)
        /// What actions make there could not be renamed into the workspace.
        case stateOnOtherFileSystem(directory: String)
    }

    /// - Parameters:
    ///   - directory: `-C`; nil: the nearest directory upward with rules or state.
    ///   - rules: `-f`.
    init(directory: String?, rules: String?) throws(Failure) {
        rulesDirectory = rules ?? "rules"
        guard let start = resolved(directory ?? ".") else { throw .noDirectory(directory ?? ".") }
        // Read as text it would be another one's path.
        guard fileExists(start) else { throw .noText(directory: start) }
        var place = start
        if directory == nil {
            while !fileExists(place + "/" + rulesDirectory + "/Rulesfile.swift"), !fileExists(place + "/.dbuild") {
                guard place != "/", let slash = place.lastIndex(of: "/") else { throw .notFound(from: start) }
                place = slash == place.startIndex ? "/" : String(place[..<slash])
            }
        }
        root = place
        guard fileExists(rulesPath + "/Rulesfile.swift") else { throw .noRules(directory: rulesPath) }
        // Rules are programs: whoever can make a directory above another's must not have them run by him.
        if directory == nil, let owner = [root, rulesPath].lazy.compactMap(ThisProcess.foreignOwner).first {
            throw .foreign(directory: root, owner: owner)
        }
    }

    var rulesPath: String { rulesDirectory.hasPrefix("/") ? rulesDirectory : root + "/" + rulesDirectory }
    /// The rules directory, relative to the root; nil where it lies elsewhere.
    var rulesInside: Path? {
        resolved(rulesPath).flatMap { Path($0).below(Path(root)) }
    }
    /// The last part of the rules directory's name: what places in the rules begin with.
    var rulesName: String { rulesPath.split(separator: "/").last.map(String.init) ?? "rules" }
    /// Of the module that the rules are: an identifier.
    var moduleName: String {
        let name = String(rulesName.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
        return name.first.map { $0.isNumber } == false ? name : "rules_" + name
    }
    func state(_ name: String) -> String { root + "/.dbuild/" + name }

    /// What the compiler keeps of modules, absolute. By the workspace's place: it cannot be used after a move.
    var moduleCache: String { state("rules/modules-\(XXH3.digest(Array(root.utf8)))") }

    var database: String { state("state.db") }
    var lock: String { state("lock") }
}
