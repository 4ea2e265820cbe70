import Artifact
import Planning

/// A debug build that writes outputs where they belong, as it must not: the faults suite has to notice.
enum Unstaged {
    #if DEBUG
        /// Behind what is staged lie the final files themselves.
        static func begin(_ plan: Plan, _ action: ActionID, staging: Path, root: String, _ disk: any Disk) throws {
            guard TestHook.isBroken(.staging) else { return }
            for path in files(plan, action) {
                try disk.makeDirectory(path.directory)
                try disk.makeLink(staging / path, to: Array((root + "/").utf8) + path.bytes)
            }
        }

        static func end(_ plan: Plan, _ action: ActionID, staging: Path, _ disk: any Disk) throws {
            guard TestHook.isBroken(.staging) else { return }
            for path in files(plan, action) where try disk.stamp(path, followsLink: false) != nil {
                try disk.remove(staging / path)
                try disk.copy(path, to: staging / path)
            }
        }

        private static func files(_ plan: Plan, _ action: ActionID) -> [Path] {
            plan.outputs(of: action).filter { !plan.isTree($0.artifact) }.map { plan.path(of: $0.artifact) }
        }
    #else
        static func begin(_ plan: Plan, _ action: ActionID, staging: Path, root: String, _ disk: any Disk) throws {}
        static func end(_ plan: Plan, _ action: ActionID, staging: Path, _ disk: any Disk) throws {}
    #endif
}
