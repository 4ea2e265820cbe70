import Foundation
import Testing

/// Holds a view's JSON against its schema in `docs/schema`, with Python's reader: another one than wrote it.
func expectSchema(
    _ name: String, _ ended: EndedCommand, sourceLocation: SourceLocation = #_sourceLocation
) throws {
    #expect(ended.exit == 0, "\(ended.testDescription)", sourceLocation: sourceLocation)
    let schema = testSources.deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "docs/schema/\(name).json")
    let document = FileManager.default.temporaryDirectory.appending(path: "dbuild-\(UUID().uuidString).json")
    try Data(ended.output.utf8).write(to: document)
    defer { try? FileManager.default.removeItem(at: document) }
    let python = Process()
    python.executableURL = URL(filePath: "/usr/bin/env")
    python.arguments = ["python3", "-c", validator, schema.path, document.path]
    let said = Pipe()
    python.standardOutput = said
    python.standardError = said
    try python.run()
    let text = String(decoding: said.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    python.waitUntilExit()
    #expect(python.terminationStatus == 0, "\(name): \(text)", sourceLocation: sourceLocation)
}

/// As much of JSON Schema as the schemas use; a keyword that it does not know is an error.
private let validator = #"""
    import json, sys
    schema, document = (json.load(open(path)) for path in sys.argv[1:])
    types = {"object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "boolean": bool}
    known = {"$schema", "title", "type", "properties", "required", "items", "additionalProperties", "enum"}

    def check(value, schema, place):
        assert set(schema) <= known, f"{place}: unknown keywords {set(schema) - known}"
        is_bool = isinstance(value, bool)
        assert isinstance(value, types[schema["type"]]) and is_bool == (schema["type"] == "boolean"), f"{place}: {value!r} is no {schema['type']}"
        assert value in schema.get("enum", [value]), f"{place}: {value!r} is none of {schema['enum']}"
        if schema["type"] == "array":
            for index, element in enumerate(value):
                check(element, schema["items"], f"{place}[{index}]")
        if schema["type"] == "object":
            properties = schema.get("properties", {})
            missing = set(schema.get("required", [])) - set(value)
            assert not missing, f"{place}: {missing} missing"
            assert list(value) == sorted(value), f"{place}: not sorted"
            for name, member in value.items():
                rest = schema.get("additionalProperties", True)
                assert name in properties or rest is not False, f"{place}: unknown member {name}"
                check(member, properties.get(name, rest), f"{place}.{name}")

    check(document, schema, "$")
    """#
