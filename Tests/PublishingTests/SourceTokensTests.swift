import Testing

@testable import dbuild

struct SourceTokensTests {
    private func normalised(_ source: String) -> String {
        String(decoding: SourceTokens.normalised(Array(source.utf8)), as: UTF8.self)
    }

    @Test(
        "comments and white space between tokens do not count",
        arguments: [
            ("let a = 1\n", "let a = 1 // one\n"),
            ("let a = 1\n", "// one\n/// Two.\n\nlet   a\t= 1\n"),
            ("let a = 1\n", "/* one */\nlet a = /* \"two */ 1\n"),
            ("let a = 1\n", "let a = /* one /* two */ three */ 1\n"),
            ("let a = 1\n", "let a = /**/ 1\n"),
            ("let a = 1\nlet b = 2\n", "let a = 1\r\n\r\nlet b = 2\r\n"),
            ("f()\ng()\n", "    f()\n        g()\n"),
            ("let a = \"b\" + c\n", "let a = \"b\" /* // */ + c // \"\n"),
            ("let a = \"\\(b + c)\"\n", "let a = \"\\(b  +  c)\"\n"),
            ("let a = \"\\(f(b, \"x\"))\"\n", "let a = \"\\(f(b, /* ) */ \"x\"))\"\n"),
            ("let a = \"\"\"\n    x\n    \"\"\"\nf()\n", "let a = \"\"\"\n    x\n    \"\"\" // c\n\n\nf()\n"),
            ("let a = #\"x\"#\n", "let a = #\"x\"# // \"#\n"),
            ("a / b / c\n", "a / b /* x */ / c // d\n"),
            ("a/b\n", "a/b // c\n"),
        ])
    func neutral(one: String, other: String) { #expect(normalised(one) == normalised(other)) }

    @Test(
        "what a compiler would see counts",
        arguments: [
            ("let a = 1", "let a = 2"), ("let a = b", "leta = b"), ("f()\ng()", "f() g()"), ("f\n(a)", "f (a)"),
            ("f /*\n*/ (a)", "f (a)"), ("a +b", "a + b"),
            // Strings.
            ("\"a b\"", "\"a  b\""), ("\"http://a\"", "\"http://b\""), ("\"/* a */\"", "\"/* b */\""),
            ("\"a\"", "\"a \""),
            ("\"\\\"//a\"", "\"\\\"//b\""), ("\"\\\\\" //a", "\"\\\\//a\""), ("\"a\"//\"", "\"b\"//\""),
            ("#\"\\\"# + \"//a\"", "#\"\\\"# + \"//b\""), ("#\"a\"//b\"#", "#\"a\"//c\"#"),
            ("##\"a\"#//b\"##", "##\"a\"#//c\"##"), ("#\"\\(a)//b\"#", "#\"\\(a)//c\"#"),
            ("\"\"\"\n  a // b\n  \"\"\"", "\"\"\"\n  a // c\n  \"\"\""),
            ("\"\"\"\n  a\n  \"\"\"", "\"\"\"\n   a\n  \"\"\""),
            ("\"\"\"\n\"//a\n\"\"\"", "\"\"\"\n\"//b\n\"\"\""),
            ("\"\"\"\n\\\"\"\"//a\n\"\"\"", "\"\"\"\n\\\"\"\"//b\n\"\"\""),
            ("#\"\"\"\n\"\"\"//a\n\"\"\"#", "#\"\"\"\n\"\"\"//b\n\"\"\"#"),
            ("#\"\"\"#; \"//a\"", "#\"\"\"#; \"//b\""),
            // Interpolations.
            ("\"\\(a)//b\"", "\"\\(a)//c\""), ("\"\\(f(\")\"))//b\"", "\"\\(f(\")\"))//c\""),
            ("\"\\(\"\\(\"//a\")\")\"", "\"\\(\"\\(\"//b\")\")\""), ("\"\\(a/*)*/)//b\"", "\"\\(a/*)*/)//c\""),
            ("#\"\\#(\"//a\")//b\"#", "#\"\\#(\"//a\")//c\"#"), ("\"\\((1, (2)))//b\"", "\"\\((1, (2)))//c\""),
            ("\"\"\"\n\\(f(\"//a\"))\n\"\"\"", "\"\"\"\n\\(f(\"//b\"))\n\"\"\""),
            // Regular expressions.
            ("#/http://a/#", "#/http://b/#"), ("x = /a\"/; y = \"//a\"", "x = /a\"/; y = \"//b\""),
            ("f(/\"/, \"//a\")", "f(/\"/, \"//b\")"), ("x = /a  b/", "x = /a b/"),
            ("[/\"/]; \"//a\"", "[/\"/]; \"//b\""),
            ("x = /[/*]/\ny = 1 //*/\nz = 2", "x = /[/*]/\ny = 3 //*/\nz = 2"), ("!/\"/; \"//a\"", "!/\"/; \"//b\""),
            ("/*c*//\"/; \"//a\"", "/*c*//\"/; \"//b\""),
            // Names in backticks hold anything.
            ("func `a // b`()", "func `a // c`()"), ("`a\"`; \"//a\"", "`a\"`; \"//b\""), ("`a  b`", "`a b`"),
            // Line ends.
            ("// a\rf()\n", "// a\rg()\n"), ("f()\r(a)", "f() (a)"),
        ])
    func different(one: String, other: String) { #expect(normalised(one) != normalised(other)) }

    @Test(
        "source that ends in the middle of anything is normalised without a trap",
        arguments: [
            "\"", "\"\"\"", "#\"", "#", "##", "/*", "/", "\"\\", "\"\\(", "\"\\(\"", "#\"\\#", "\"a\\(b", "/* /*", "`",
            "\\", "#\"\"\"",
            "\"\"\"\\", "#\"\\#(", "\"\"", "\"\"\"\"\"", "#/", "\"\"\"\n\"\"", ")", "*/",
        ])
    func cutShort(source: String) {
        for extra in ["", "\n", " ", "\"", "#", "\\"] { _ = normalised(source + extra) }
    }

    @Test("text made of the critical signs by chance is normalised without a trap, twice to the same")
    func chance() {
        let signs = Array("\"\"\"#\\()/*/ \n`a\r".utf8)
        var random = SystemRandomNumberGenerator()
        for _ in 0 ..< 5000 {
            let source = (0 ..< Int.random(in: 0 ..< 24, using: &random)).compactMap { _ in
                signs.randomElement(using: &random)
            }
            #expect(SourceTokens.normalised(source) == SourceTokens.normalised(source))
        }
    }
}
