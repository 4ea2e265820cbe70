/// An artifact to be read while planning.
public struct TableRead {
    let build: Build
    let artifact: Artifact

    /// A column's distinct values as an axis. Until they are known, rules over it have no cells, and what gathers
    /// those cells waits; every other rule is planned.
    ///
    /// - Parameter column: the axis' name where it is not given.
    public func axis<Value: Textual>(
        _ name: String, column: String? = nil, of _: Value.Type = String.self,
        file: String = #fileID, line: Int = #line
    ) -> Axis<Value> {
        let place = Place(file: file, line: line)
        let column = column ?? name
        guard let texts = build.column(column, of: artifact, at: place) else { return Axis(name, awaiting: artifact) }
        var seen: Set<ByteText> = []
        var values: [Value] = []
        for text in texts where seen.insert(ByteText(text)).inserted {
            guard let value = Value(text: text) else {
                build.fail(
                    .notAnAxisValue(text: text, column: column, path: artifact.path, type: "\(Value.self)"), at: place)
            }
            values.append(value)
        }
        return Axis(name, read: values)
    }

    /// A column's values, at once.
    ///
    /// - Throws: an error that suspends the surrounding `Build.section` until the artifact is current.
    public func column(_ name: String, file: String = #fileID, line: Int = #line) throws -> [String] {
        guard let texts = build.column(name, of: artifact, at: Place(file: file, line: line)) else { throw Suspended() }
        return texts
    }
}
