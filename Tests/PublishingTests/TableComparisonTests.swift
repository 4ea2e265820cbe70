import Foundation
import Planning
import Tables
import Testing

@testable import dbuild

/// How two tables with one name differ.
@Suite struct TableComparisonTests {
    private static func compare(
        _ old: String, _ new: String, name: String = "table.csv", _ tolerance: Running.Tolerance? = nil
    ) throws -> TableComparison? {
        let directory = FileManager.default.temporaryDirectory.appending(path: "tables-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let places = [old, new].indices.map { directory.appending(path: "\($0)-\(name)") }
        for (place, text) in zip(places, [old, new]) { try Data(text.utf8).write(to: place) }
        return TableComparison(old: places[0].path, new: places[1].path, name: name, tolerance: tolerance)
    }

    @Test func theSameValuesInOtherBytesAreEqual() throws {
        let found = try #require(try Self.compare("a,b\n1,x\n", "a,\"b\"\r\n\"1\",x\r\n"))
        #expect(found.isEqual)
        #expect(found.tolerated == nil)
    }

    @Test func cellsThatDifferAreCountedByColumnAndTheFirstAreTold() throws {
        let found = try #require(try Self.compare("a,b\n1,x\n2,y\n3,z\n", "a,b\n1,x\n5,y\n3,w\n"))
        #expect(!found.isEqual)
        #expect(found.differingRows == 2)
        #expect(found.columns.map(\.name) == ["a", "b"])
        #expect(found.columns.map(\.largest) == [3, nil])
        #expect(
            found.cells == [
                TableComparison.Cell(row: 1, column: "a", old: "2", new: "5"),
                TableComparison.Cell(row: 2, column: "b", old: "z", new: "w"),
            ])
    }

    @Test func numbersWithinTheToleranceAreToldByTheLargest() throws {
        let tolerance = Running.Tolerance(absolute: 0.1, relative: 0.01)
        let found = try #require(try Self.compare("a\n100.0\n0.0\n", "a\n101.0\n0.05\n", tolerance))
        #expect(found.isEqual)
        #expect(found.tolerated == 1)
        // Days and numbers of things are no measurements.
        let named = try #require(try Self.compare("a\n20131201\n", "a\n20131202\n", tolerance))
        #expect(!named.isEqual)
        let beyond = try #require(try Self.compare("a\n100\n", "a\n101.2\n", tolerance))
        #expect(!beyond.isEqual)
    }

    @Test func rowsThatOnlyOneHasMakeThemDiffer() throws {
        let found = try #require(try Self.compare("a\n1\n", "a\n1\n2\n"))
        #expect(!found.isEqual)
        #expect((found.oldRows, found.newRows) == (1, 2))
        #expect(found.differingRows == 0)
    }

    @Test func columnsThatOnlyOneHasAreNamed() throws {
        let found = try #require(try Self.compare("a,b\n1,2\n", "a,c\n1,2\n"))
        #expect(found.schema == ["-b string", "+c string"])
        let turned = try #require(try Self.compare("a,b\n1,2\n", "b,a\n2,1\n"))
        #expect(!turned.isEqual)
        #expect(turned.schema == ["another order of columns"])
    }

    @Test func whatIsNoTableIsComparedByItsBytesOnly() throws {
        #expect(try Self.compare("a", "b", name: "model.ubj") == nil)
        #expect(try Self.compare("no parquet", "PAR1", name: "table.parquet") == nil)
        // No header to go by.
        #expect(try Self.compare("", "a\n1\n") == nil)
    }
}
