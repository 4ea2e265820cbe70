package import Artifact
import Hashing

extension Plan {
    /// The facts that the actions of a request are made under, as a lock file keeps them for information.
    package func lockFacts(_ request: Request, _ surroundings: Surroundings) throws(UnpackError) -> [LockFile.Fact] {
        var facts: Set<LockFile.Fact> = [
            LockFile.Fact(.platform, Array("system".utf8), surroundings.platform)
        ]
        var told: [[UInt8]: [(action: String, digest: Digest)]] = [:]
        for action in request.actions {
            let rule = rule(of: action)
            told[rule.name, default: []].append((name(of: action), try toldDigest(of: action, surroundings)))
            if rule.isCommand {
                facts.formUnion(surroundings.lockFacts(Plan.commandFacts(try recipe(of: action))))
            } else {
                let code = surroundings.codes[rule.type] ?? surroundings.code
                facts.insert(LockFile.Fact(.code, rule.name, Array("\(code)".utf8)))
                for library in surroundings.libraries {
                    facts.insert(LockFile.Fact(.library, library.name, library.inLockFile))
                }
            }
        }
        for (rule, actions) in told {
            var packer = Packer()
            packer.list(actions.sorted { $0.action < $1.action }) { packer, entry in
                packer.string(entry.action)
                packer.digest(entry.digest)
            }
            facts.insert(LockFile.Fact(.recipe, rule, Array("\(XXH3.digest(packer.bytes))".utf8)))
        }
        return Array(facts)
    }

    /// Of all that an action's key has from the rules: its recipe's properties, seed, cpus and the names of its artifacts.
    private func toldDigest(of action: ActionID, _ surroundings: Surroundings) throws(UnpackError) -> Digest {
        let contents = [Content?](repeating: nil, count: inputs(of: action).count)
        let parts = try key(of: action, contents: contents, missing: [], in: surroundings).parts
        var packer = Packer()
        packer.list(
            parts.filter { part in
                [.recipe, .parameter, .cpus, .seed, .output, .input].contains(part.kind)
            })
        return XXH3.digest(packer.bytes)
    }
}

extension Surroundings {
    /// What a command is known by beside what it is told.
    ///
    /// Not its secrets: their codes are another workspace's other ones.
    fileprivate func lockFacts(_ command: Plan.CommandFacts) -> [LockFile.Fact] {
        var facts: [LockFile.Fact] = []
        if let program = command.program {
            facts.append(LockFile.Fact(.tool, program, tools[program]?.inLockFile ?? []))
        }
        for name in command.variables {
            let value = variables[name].map { Array("\(XXH3.digest($0))".utf8) } ?? []
            facts.append(LockFile.Fact(.environment, name, value))
        }
        for probe in command.probes {
            let value: [UInt8] = if case .printed(let content)? = probes[probe] { content.inLockFile } else { [] }
            facts.append(LockFile.Fact(.probe, Array(probe.inWords.utf8), value))
        }
        return facts
    }
}

extension Content {
    /// Digest and size.
    fileprivate var inLockFile: [UInt8] { Array("\(fingerprint.digest) \(fingerprint.sizeBytes)".utf8) }
}

extension KeyPart {
    /// Of a library: its content, or a version of those that are known by one.
    fileprivate var inLockFile: [UInt8] {
        var unpacker = Unpacker(value)
        guard let content = try? Content(from: &unpacker), unpacker.isAtEnd else { return value }
        return content.inLockFile
    }
}
