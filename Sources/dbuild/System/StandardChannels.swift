func write(_ text: String, toStandard descriptor: Int32) {
    // A closed terminal or pipe must not end a build: what cannot be said is not said.
    try? writeAll(Array(text.utf8), to: descriptor, named: "standard output")
}
