import Artifact
import Foundation
import Testing

@testable import dbuild

/// When the list of a worker's shared objects is to be taken again.
@Suite struct MappedLibrariesTests {
    enum Change: CaseIterable {
        case replaced, removed, shadowed
    }

    @Test(arguments: [nil] + Change.allCases.map(Optional.some))
    func itIsCurrentUntilAFileChangesGoesOrComes(change: Change?) throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "libraries-\(UUID().uuidString)").path()
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: root) }
        let disk = try WorkspaceDisk(root: Path(root))
        let library = root + "/libone.so.1"
        try Data("one".utf8).write(to: URL(filePath: library))
        let libraries = try MappedLibraries([library], disk)
        disk.waitPast(disk.stampClockNanoseconds)

        switch change {
        case .replaced: try Data("two".utf8).write(to: URL(filePath: library))
        case .removed: try FileManager.default.removeItem(atPath: library)
        case .shadowed: try Data("two".utf8).write(to: URL(filePath: root + "/libone.so.2"))
        case nil: break
        }
        #expect(libraries.isCurrent(disk) == (change == nil))

        var packer = Packer()
        libraries.pack(into: &packer)
        var unpacker = Unpacker(packer.bytes)
        #expect(try MappedLibraries(from: &unpacker) == libraries)
        #expect(unpacker.isAtEnd)
    }
}
