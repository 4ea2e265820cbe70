/// Files by path, as plain values.
struct Files: Hashable {
    var files: [String: [UInt8]] = [:]
    /// Trees that were made: those may be empty.
    var directories: Set<String> = []
    /// When somebody wrote a source.
    var times: [String: Int] = [:]

    subscript(path: String) -> Craft.Stuff? {
        get {
            if let bytes = files[path] { return .file(bytes) }
            let below = files.filter { $0.key.hasPrefix(path + "/") }
            if below.isEmpty, !directories.contains(path) { return nil }
            let names = below.map { (String($0.key.dropFirst(path.count + 1)), $0.value) }
            return .tree(.init(uniqueKeysWithValues: names))
        }
        set {
            directories.remove(path)
            for file in files.keys where file == path || file.hasPrefix(path + "/") { files[file] = nil }
            switch newValue {
            case .file(let bytes)?: files[path] = bytes
            case .tree(let members)?:
                directories.insert(path)
                for (name, bytes) in members { files[path + "/" + name] = bytes }
            case nil: break
            }
        }
    }

    /// Puts what is missing beside what lies there.
    mutating func complete(_ path: String, with stuff: Craft.Stuff) {
        switch (stuff, self[path]) {
        case (_, nil): self[path] = stuff
        case (.tree(let members), .tree(let present)?):
            for (name, bytes) in members where present[name] == nil { files[path + "/" + name] = bytes }
        default: break
        }
    }

    /// The newest of the times of a file, or of what a directory holds.
    func newestTime(_ path: String) -> Int? {
        times.filter { ($0.key == path || $0.key.hasPrefix(path + "/")) && files[$0.key] != nil }.values.max()
    }
}

extension Craft.Stuff {
    /// What of it is not there; nil if nothing is missing.
    func lacking(in present: Craft.Stuff?) -> Craft.Stuff? {
        guard let present else { return self }
        guard case .tree(let members) = self, case .tree(let there) = present else { return nil }
        let lacking = members.filter { there[$0.key] == nil }
        return lacking.isEmpty ? nil : .tree(lacking)
    }

    /// Whether all that it holds is as in another.
    func isPart(of whole: Craft.Stuff?) -> Bool {
        guard case .tree(let members) = self, case .tree(let all)? = whole else { return self == whole }
        return members.allSatisfy { all[$0.key] == $0.value }
    }

    /// A file or directory in a tree.
    func below(_ path: String, of tree: String) -> Craft.Stuff? {
        guard case .tree(let members) = self else { return nil }
        let name = String(path.dropFirst(tree.count + 1))
        if let bytes = members[name] { return .file(bytes) }
        let below = members.filter { $0.key.hasPrefix(name + "/") }
        if below.isEmpty { return nil }
        return .tree(.init(uniqueKeysWithValues: below.map { (String($0.key.dropFirst(name.count + 1)), $0.value) }))
    }

    /// The bytes of its files.
    var blobs: [[UInt8]] {
        switch self {
        case .file(let bytes): [bytes]
        case .tree(let members): Array(members.values)
        }
    }

    /// What an axis reads of it, a table with one column: all rows but the first.
    var lines: [String] {
        guard case .file(let bytes) = self else { return [] }
        return bytes.split(separator: UInt8(ascii: "\n")).dropFirst().map { String(decoding: $0, as: UTF8.self) }
    }

    /// The latest of the numbers behind `@`.
    var newestInstant: Int? {
        bytes.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false).dropFirst().compactMap { part in
            Int(String(decoding: part.prefix { $0 >= 48 && $0 <= 57 }, as: UTF8.self))
        }.max()
    }
}

extension Files {
    /// - Returns: false where a file cannot be: below a file, or in a directory's place.
    mutating func write(_ path: String, _ bytes: [UInt8]?, at now: Int) -> Bool {
        if bytes != nil {
            let above = path.split(separator: "/").dropLast().indices.map { last in
                path.split(separator: "/")[...last].joined(separator: "/")
            }
            if above.contains(where: { files[$0] != nil }) || self[path].map({ $0.isTree }) == true { return false }
        }
        files[path] = bytes
        times[path] = bytes == nil ? nil : now
        return true
    }
}

extension Craft.Stuff {
    fileprivate var isTree: Bool { if case .tree = self { true } else { false } }
}
