import Rules

/// Commands whose keys hold more than files and arguments.
@main struct Keys: Rulesfile {
    func rules(_ build: Build) throws {
        let count = build.source("scripts/count.sh")
        build.action(
            "secret", Command("sh", .input(count), .output("out/secret.txt"), .secret("DBUILD_TEST_TOKEN")))

        let version = build.source("scripts/version.sh")
        let probe = Command.Item.probe("sh", "probes/version.sh", "--all")
        build.action("probed", Command("sh", .input(version), .output("out/probed.txt"), probe))
        build.action("twin", Command("sh", .input(version), .output("out/twin.txt"), probe))
        build.action("plain", Command("sh", .input(version), .output("out/plain.txt")))
        let orders = build.source("warehouse/orders", probe: "cat", "probes/orders")
        build.action("orders", Command("sh", .input(version), .output("out/orders.txt"), .hiddenInput(orders)))

        let list = build.source("scripts/list.sh")
        build.action("packaged", Command("sh", .input(list), .output("out/packaged.txt"), .pythonPackage("package")))
    }
}
