import Artifact
import Testing

@testable import dbuild

/// Which inputs of a command share a link.
@Suite struct InputLinksTests {
    private static let many = (0 ..< 5).map { Path("build/parts/\($0)/x") }

    @Test("few inputs have a link each")
    func few() {
        let links = InputLinks(["b/1", "a", "b/2"], beside: ["out"], leastShared: 4)
        #expect(links.single == ["a", "b/1", "b/2"])
        #expect(links.shared.isEmpty)
        #expect(InputLinks(Self.many).single == Self.many)
    }

    @Test("many below one directory share it where nothing is made in it")
    func many() {
        let links = InputLinks(Self.many + ["list", "build/one"], beside: ["build/all"], leastShared: 4)
        #expect(links.single == ["build/one", "list"])
        #expect(
            links.shared == [
                InputLinks.Shared(directory: "build/parts", names: (0 ..< 5).map { Path("\($0)/x") })
            ])
        #expect(links.paths == ["build/one", "list", "build/parts"])
    }

    @Test(
        "where an output lies below every directory of them, or above it, none is shared",
        arguments: ["build/parts/0/made", "build/parts/made"])
    func made(output: String) {
        let links = InputLinks(Self.many, beside: [Path(output)], leastShared: 4)
        #expect(links.single == Self.many)
        #expect(links.shared.isEmpty)
        #expect(InputLinks(Self.many, beside: ["build"], leastShared: 4).shared.isEmpty)
    }

    @Test("a name that begins as a directory does is not in it")
    func alike() {
        let inputs: [Path] = ["a-b/1", "a.b/1", "a/1", "a/2", "a/3", "ab"]
        let links = InputLinks(inputs, beside: ["out"], leastShared: 3)
        #expect(links.shared == [InputLinks.Shared(directory: "a", names: ["1", "2", "3"])])
        #expect(links.single == ["a-b/1", "a.b/1", "ab"])
    }

    @Test("many paths in one array say what a value for each says")
    func list() {
        let inputs: [Path] = ["list", "a/2/x", "a/1/x", "a/1/y", "a/3", "a-b/1", "a.b/1", "c"]
        let list = PathList(inputs)
        #expect(list.paths(0 ..< list.count) == inputs)
        #expect(list.sorted().paths(0 ..< list.count) == inputs.sorted())
        #expect(list.sorted().sorted() == list.sorted())
        #expect(list.sorted().isTopmost)
        for least in 1 ... 5 {
            #expect(
                InputLinks(list, beside: ["out"], leastShared: least)
                    == InputLinks(inputs, beside: ["out"], leastShared: least))
        }
        #expect(PathList([]).sorted().isTopmost)
    }

    @Test(
        "what lies below another input, or is there twice, has no link of its own", arguments: [["a/1"], ["a"], ["b"]])
    func covered(more: [Path]) {
        let inputs = ["a/1/x", "a/1/y", "a/2", "b"] + more
        #expect(!PathList(inputs).sorted().isTopmost)
        #expect(
            InputLinks(PathList(inputs), beside: ["out"], leastShared: 2)
                == InputLinks(inputs, beside: ["out"], leastShared: 2))
    }
}
