import Rules

/// As many actions as one likes over three axes: for each store and product a forecast for each day, which reads the
/// product's model.
@main struct Planning: Rulesfile {
    @Parameter("Stores") var storeCount = 100
    @Parameter("Products") var productCount = 100
    @Parameter("Days") var dayCount = 100
    @Parameter("A word in each command: another one is another plan") var word = "a"

    func rules(_ build: Build) throws {
        let stores = Axis("store", 0 ..< storeCount)
        let products = Axis("product", 0 ..< productCount)
        let days = Axis("day", 0 ..< dayCount)
        let models = build.rule("model", products) { product in
            Command("cp", .input(build.source("sales/\(product).csv")), .output("models/\(product)"))
        }
        build.rule("forecast", stores, products, days) { store, product, day in
            let name = "\(store)/\(product)/\(day)"
            return Command("cp", .text(word), .input(models[product].output), .output("forecasts/\(name)"))
        }
    }
}
