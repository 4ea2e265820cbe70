import Artifact
import Testing

struct PathTests {
    @Test(
        "paths that name no place in the workspace are told apart by what is wrong",
        arguments: [
            ("", Path.Flaw.empty), ("/a", .absolute), ("/", .absolute), ("..", .outside), ("../a", .outside),
            ("a/../../b", .outside), ("a/..", .outside), ("a//b", .emptyComponent), ("a/", .emptyComponent),
            (".", .emptyComponent), ("./a", .emptyComponent), ("a/./b", .emptyComponent), ("a\0b", .nul),
            (".dbuild", .reserved), (".dbuild/state.db", .reserved),
            (String(repeating: "n", count: 256), .tooLong), (String(repeating: "nn/", count: 1300) + "n", .tooLong),
        ])
    func flawed(text: String, flaw: Path.Flaw) { #expect(Path(text).flaw == flaw) }

    @Test(
        "odd names that are names have no flaw",
        arguments: [
            "a", "...", "..a", "a..", ".hidden", ".dbuild2", "a/.dbuild", "-rf", "a b", "~", "a\nb", "\u{1B}[2J",
            String(repeating: "n", count: 255), String(repeating: "nn/", count: 1266) + "n",
        ])
    func fit(text: String) { #expect(Path(text).flaw == nil) }

    @Test("names that are not UTF-8 have no flaw, and a slash is one only as itself")
    func bytes() {
        #expect(Path([0xFF, 0xFE]).flaw == nil)
        #expect(Path([0xC0, 0xAF]).flaw == nil)
        #expect(Path([0xC0, 0xAE, 0xC0, 0xAE]).flaw == nil)
    }

    @Test("a path is the join of its directory and its leaf", arguments: ["a", "a/b", "a/b/c.txt", "ä/ö"])
    func parts(text: String) {
        let path = Path(text)
        #expect(path.directory / Path(path.leaf) == path)
    }

    @Test("a path lies below a directory whose components it continues")
    func below() {
        #expect(Path("a/b/c").below("a") == "b/c")
        #expect(Path("a/b/c").below("a/b") == "c")
        #expect(Path("ab/c").below("a") == nil)
        #expect(Path("a").below("a") == nil)
        #expect(Path("a/").below("a") == nil)
        #expect(Path("b/a").below("a") == nil)
    }

    @Test("paths that are equal Strings and different bytes are two, in byte order")
    func twins() {
        let composed = Path("\u{E9}")
        let decomposed = Path("e\u{301}")
        #expect(String(decoding: composed.bytes, as: UTF8.self) == String(decoding: decomposed.bytes, as: UTF8.self))
        #expect(composed != decomposed)
        #expect(decomposed < composed)
        #expect(Set([composed, decomposed]).count == 2)
    }
}

struct PrintableTests {
    @Test(
        "text that a terminal shows as it is stays as it is",
        arguments: [
            "", "models/JFK-LAX/model.ubj", "a b", "Überlauf/ß.csv", "日本語", "👩‍🔬".replacingJoiner, "e\u{301}", "C:\\name",
        ])
    func plain(text: String) { #expect(printable(Array(text.utf8)).utf8.elementsEqual(text.utf8)) }

    @Test(
        "what could disturb a terminal is escaped",
        arguments: [
            ("a\nb", "a\\x0ab"), ("\u{1B}[2J", "\\x1b[2J"), ("\u{7F}", "\\x7f"), ("\0", "\\x00"), ("\t", "\\x09"),
            ("ä\u{9B}", "ä\\u{9b}"), ("a\u{202E}b", "a\\u{202e}b"), ("\u{2066}", "\\u{2066}"),
            ("\u{FEFF}", "\\u{feff}"),
            ("\u{200D}", "\\u{200d}"), ("\u{2028}", "\\u{2028}"), ("\u{2029}", "\\u{2029}"), ("\u{AD}", "\\u{ad}"),
            ("\u{E0041}", "\\u{e0041}"),
        ])
    func escaped(text: String, shown: String) { #expect(printable(Array(text.utf8)) == shown) }

    @Test(
        "bytes that are not UTF-8 are escaped one by one",
        arguments: [
            ([0xFF] as [UInt8], "\\xff"), ([0x61, 0xC3], "a\\xc3"), ([0xC0, 0xAF], "\\xc0\\xaf"),
            ([0xED, 0xA0, 0x80], "\\xed\\xa0\\x80"), ([0xC3, 0xA4, 0xFF], "\\xc3\\xa4\\xff"),
        ])
    func notText(bytes: [UInt8], shown: String) { #expect(printable(bytes) == shown) }

    @Test(
        "what is shown can be read back, also where it looks like an escape",
        arguments: [
            ("a\\b", "a\\b"), ("C:\\x41", "C:\\\\x41"), ("\\\\", "\\\\\\\\"), ("\\u{41}", "\\\\u{41}"),
            ("\\u{", "\\u{"),
            ("\\x4", "\\x4"), ("\\\n", "\\\\\\x0a"), ("\\", "\\"), ("\\u{d800}", "\\u{d800}"),
        ])
    func backslashes(text: String, shown: String) {
        #expect(printable(Array(text.utf8)) == shown)
        #expect(unprintable(shown) == Array(text.utf8))
    }

    @Test("whatever the bytes, no control character comes out, and they can be read back")
    func anyBytes() {
        var random = SystemRandomNumberGenerator()
        for _ in 0 ..< 2000 {
            let bytes = (0 ..< Int.random(in: 0 ..< 12, using: &random)).map { _ in
                Bool.random(using: &random)
                    ? UInt8.random(in: 0 ... 255, using: &random)
                    : Array("\\xu{}41\u{9b}".utf8).randomElement(using: &random) ?? 0
            }
            let shown = printable(bytes)
            #expect(unprintable(shown) == bytes)
            #expect(!shown.unicodeScalars.contains { $0.properties.generalCategory == .control }, "\(bytes)")
        }
    }
}

extension String {
    /// The parts of a joined emoji: the joiner itself is a format character.
    fileprivate var replacingJoiner: String {
        String(String.UnicodeScalarView(unicodeScalars.filter { $0.value != 0x200D }))
    }

    @Test("a link holds the shortest way to another path")
    func way() {
        func way(_ link: Path, _ other: Path) -> String { String(decoding: link.way(to: other), as: UTF8.self) }
        #expect(way(".dbuild/staging/1/2/build/parts", ".dbuild/links/x/tree") == "../../../../links/x/tree")
        #expect(way("a", "b/c") == "b/c")
        #expect(way("a/b", "ab/c") == "../ab/c")
        #expect(way("a/b/c", "a/b") == "../b")
        #expect(way("a/b", "a/bc/d") == "bc/d")
    }
}
