/// The library that stands in front of the C library in an action's programs: `Sources/CPreload`.
enum Preload {
    static let name = "libDbuildPreload.so"

    /// - Parameter programDirectory: where the running program lies.
    /// - Returns: absolute, without links; nil where it is not installed, or where its path has a blank or a colon, which part
    ///   paths in LD_PRELOAD. Source: ld.so(8).
    static func library(programDirectory: String) -> String? {
        // Installed: PREFIX/bin and PREFIX/lib/dbuild. As built: beside one another.
        [programDirectory + "/../lib/dbuild", programDirectory].map { $0 + "/" + name }.lazy.compactMap { resolved($0) }
            .first { !$0.contains { $0.isWhitespace || $0 == ":" } }
    }
}
