import Artifact
import Hashing
import Planning

extension Surroundings {
    /// Looks at what belongs to every key: libraries, tools, variables.
    static func gather(
        _ names: CommandNames, _ rules: CompiledRules, _ survey: Survey, known: [Path: Census], _ secrets: Secrets,
        root: String
    ) async throws -> Surroundings {
        let shared = rules.libraries.filter { !Self.isRuntime($0) && !Self.isLibc($0) }
        var programs: [[UInt8]: String?] = [:]
        var variables: [[UInt8]: [UInt8]] = [:]
        var codes: [[UInt8]: [UInt8]] = [:]
        for program in names.programs {
            let name = String(decoding: program, as: UTF8.self)
            programs[program] = .some(BaseEnvironment.program(name, root: root))
        }
        for name in names.variables {
            variables[name] = try Machine.textVariable(name).map { Array($0.utf8) }
        }
        for name in names.secrets {
            guard let value = try Machine.textVariable(name) else { continue }
            codes[name] = try secrets.code(of: Array(value.utf8), in: name)
        }
        let files = shared + programs.values.compactMap { $0 }
        try await survey.look(files.map { (Path($0), known[Path($0)]) })

        var libraries = shared.map { path -> KeyPart in
            var packer = Packer()
            survey.census(Path(path))?.content.pack(into: &packer)
            return KeyPart(.library, Array(Path(path).leaf), packer.bytes)
        }
        // The runtime and libc by their versions: their content differs between builds that behave the same.
        libraries.append(KeyPart(.library, Array("Swift runtime".utf8), rules.compilerVersion))
        libraries.append(KeyPart(.library, Array("libc".utf8), Array(Machine.libcVersion.utf8)))
        libraries.sort { $0.name.lexicographicallyPrecedes($1.name) }

        var tools: [[UInt8]: Content] = [:]
        for (name, path) in programs { if let path { tools[name] = survey.census(Path(path))?.content } }
        var surroundings = Surroundings(
            code: rules.codes.whole, codes: rules.countsAllCode ? [:] : rules.codes.byType, libraries: libraries,
            platform: Array(Machine.platform.utf8),
            environment: BaseEnvironment.keyParts, tools: tools, variables: variables)
        surroundings.secrets = codes
        return surroundings
    }

    private static func isRuntime(_ path: String) -> Bool {
        let name = path.split(separator: "/").last ?? ""
        return path.contains("/swift/linux/") || name.hasPrefix("libswift") || name.hasPrefix("libFoundation")
            || name.hasPrefix("lib_Foundation") || name.hasPrefix("libdispatch") || name.hasPrefix("libBlocksRuntime")
    }

    private static func isLibc(_ path: String) -> Bool {
        let name = path.split(separator: "/").last ?? ""
        return [
            "libc.so", "libm.so", "libpthread.so", "libdl.so", "librt.so", "ld-linux", "libresolv.so", "libutil.so",
        ]
        .contains { name.hasPrefix($0) }
    }
}
