import Artifact

/// The control groups that this process is in, as the kernel shows them.
///
/// - Source: cgroups(7); the kernel's `admin-guide/cgroup-v2` and `admin-guide/cgroup-v1`.
struct ControlGroups {
    /// What `/proc/self/cgroup` says: `0::/path` of the second version, `4:memory:/path` of the first.
    private let memberships: [(controllers: [Substring], path: Substring)]

    init() {
        let text = (try? readText("/proc/self/cgroup")) ?? ""
        memberships = text.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            return parts.count == 3 ? (parts[1].split(separator: ","), parts[2]) : nil
        }
    }

    /// Groups of the second version, from the innermost outward.
    var directories: [String] {
        memberships.filter { $0.controllers.isEmpty }.flatMap { Self.directories("/sys/fs/cgroup", $0.path) }
    }

    /// Groups of the first version that a controller has, from the innermost outward.
    func directories(of controller: String) -> [String] {
        memberships.filter { $0.controllers.contains(controller[...]) }.flatMap {
            Self.directories("/sys/fs/cgroup/" + controller, $0.path)
        }
    }

    private static func directories(_ mount: String, _ path: Substring) -> [String] {
        let names = path.split(separator: "/")
        return (0 ... names.count).reversed().map { ([Substring(mount)] + names.prefix($0)).joined(separator: "/") }
    }

    /// Nil where the file is not there, or holds anything else: of no limit it says `max`.
    static func number(_ path: String) -> Int64? { (try? readText(path)).flatMap { Int64($0.trimmed) } }
}

/// A file of the kernel's.
func readText(_ path: String) throws -> String { String(decoding: try readFile(path), as: UTF8.self) }
