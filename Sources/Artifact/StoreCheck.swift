private import Hashing

/// Whether every copy in the store holds the bytes that it is named by.
package struct StoreCheck: Sendable {
    package enum Damage: Sendable, Hashable {
        /// Its file is gone.
        case absent
        /// The bytes are others.
        case otherBytes
        /// It cannot be read.
        case unreadable(DiskError)
    }

    package struct Damaged: Sendable {
        package let object: Fingerprint
        /// Where it lies; nil: in the database.
        package let path: Path?
        package let damage: Damage
        /// The outputs that it is a copy of, as far as their actions are recorded, sorted.
        package var outputs: [Path] = []
    }

    package private(set) var checked = 0
    package private(set) var checkedBytes: UInt64 = 0
    /// By object.
    package private(set) var damaged: [Damaged] = []

    /// Reads all of it.
    package init(_ database: StateDatabase, _ disk: any Disk) throws {
        for object in try database.storedObjects() {
            checked += 1
            checkedBytes &+= object.sizeBytes
            guard let damage = try Self.damage(of: object, database, disk) else { continue }
            damaged.append(damage)
        }
        try nameOutputs(database)
    }

    private static func damage(
        of object: Fingerprint, _ database: StateDatabase, _ disk: any Disk
    ) throws -> Damaged? {
        switch try database.object(object) {
        // Evicted meanwhile.
        case nil: return nil
        case .row(let bytes):
            return Fingerprint(digest: XXH3.digest(bytes), sizeBytes: UInt64(bytes.count)) == object
                ? nil : Damaged(object: object, path: nil, damage: .otherBytes)
        case .file:
            let path = Store.path(of: object)
            do throws(DiskError) {
                let found = try disk.fingerprint(path).fingerprint
                return found == object ? nil : Damaged(object: object, path: path, damage: .otherBytes)
            } catch {
                // ENOENT
                let damage: Damage = error.errno == 2 ? .absent : .unreadable(error)
                return Damaged(object: object, path: path, damage: damage)
            }
        }
    }

    private mutating func nameOutputs(_ database: StateDatabase) throws {
        if damaged.isEmpty { return }
        var outputs: [Fingerprint: Set<Path>] = [:]
        let wanted = Set(damaged.map(\.object))
        try database.forEachTrace { head in
            for output in head.outputs {
                let pieces =
                    output.members.isEmpty
                    ? [(output.path, output.content)]
                    : output.members.map { (output.path / $0.path, $0.content) }
                for (path, content) in pieces where wanted.contains(content.fingerprint) {
                    outputs[content.fingerprint, default: []].insert(path)
                }
            }
        }
        for index in damaged.indices { damaged[index].outputs = (outputs[damaged[index].object] ?? []).sorted() }
    }
}
