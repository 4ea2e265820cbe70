import Rules
import Tables
import Testing

@testable import Forecasting

@Suite struct GatherCSVTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func table(_ name: String) -> TableFile { TableFile(artifact: Artifact(directory.file(name))) }
    private var gathered: CSVFile { CSVFile(artifact: Artifact(directory.file("all.csv"))) }

    @Test("Rows are written by entity, each with its name")
    func rows() throws {
        let schema = try Schema([Field("wait", .int32, nullable: true)])
        try table("a").write(Table(schema, [.int32([5, nil])]))
        try table("b").write(Table(schema, [.int32([])]))
        try table("c").write(Table(schema, [.int32([7])]))
        try GatherCSV(
            tables: ["MK2": table("c"), "AK1": table("a"), "EP3": table("b")], entity: "code", file: gathered
        )
        .run(Step())
        #expect(try bytes(of: gathered.path) == Array("code,wait\nAK1,5\nAK1,\nMK2,7\n".utf8))
    }

    @Test("Of nobody there is a header, and tables of other columns are refused")
    func oddTables() throws {
        try GatherCSV(tables: [:], entity: "code", file: gathered).run(Step())
        #expect(try bytes(of: gathered.path) == Array("code\n".utf8))
        try table("a").write(Table(Schema([Field("wait", .int32)]), [.int32([5])]))
        try table("b").write(Table(Schema([Field("weight", .int32)]), [.int32([5])]))
        #expect(throws: TableError.self) {
            try GatherCSV(tables: ["a": table("a"), "b": table("b")], entity: "code", file: gathered).run(Step())
        }
    }
}
