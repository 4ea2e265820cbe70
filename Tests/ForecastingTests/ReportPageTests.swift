import Calendar
import Forecasting
import Foundation
import Rules
import Tables
import Testing

@testable import AirportRules

/// What the report says, and how it is written.
@Suite struct ReportPageTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// The accuracy of forecast and median over everything and one origin, the difference between two ends.
    private func rows(_ low: Double?, _ high: Double?, bias: Double = -9) throws -> [AccuracyRow] {
        let origins: [Day?] = [nil, nil, "2013-11-30", "2013-11-30"]
        let intervals = ["mean_absolute_error", "bias", "minus_median"].flatMap { name in
            [
                Field(name, .double), Field("\(name)_low", .double, nullable: true),
                Field("\(name)_high", .double, nullable: true),
            ]
        }
        func four(_ forecast: Double?, _ median: Double?) -> Column {
            .double(Values([forecast, median, forecast, median]))
        }
        return try AccuracyRow.read(
            Table(
                Schema(
                    [
                        Field("origin", .date, nullable: true), Field("horizon_day", .int32, nullable: true),
                        Field("predictor", .string), Field("flights", .int64), Field("days", .int64),
                    ] + intervals),
                [
                    .date(Values(origins)), .int32(Values([nil, nil, nil, nil])),
                    .string(["forecast", "median", "forecast", "median"]), .int64([46459, 46459, 11458, 11458]),
                    .int64([56, 56, 14, 14]), four(15, 16), four(12, 13), four(18, 19), four(bias, bias),
                    four(bias - 1, bias - 1), four(bias + 1, bias + 1), four(-0.5, 0), four(low, 0), four(high, 0),
                ]))
    }

    @Test("Whether the forecast beats the median is said by the interval of the difference, never by its sign alone")
    func verdicts() throws {
        func first(_ low: Double?, _ high: Double?) throws -> String {
            try #require(Findings(rows: rows(low, high)).overall().first)
        }
        #expect(try first(-1, -0.1).hasPrefix("The forecast beats the median"))
        #expect(try first(-1, 0.1).hasPrefix("The forecast does NOT beat the median"))
        #expect(try first(-1, 0).hasPrefix("The forecast does NOT beat the median"))
        #expect(try first(0.1, 0.4).hasPrefix("The forecast LOSES to the median"))
        #expect(try first(nil, nil).hasPrefix("The forecast does NOT beat the median"))
        #expect(try first(-1, 0.1).contains("-0.50 [-1.00, 0.10] (n = 46,459 flights on 56 days)"))
    }

    @Test("Each day as of which is said, too, and in which direction forecasts miss")
    func origins() throws {
        let findings = try Findings(rows: rows(0.1, 0.4))
        #expect(
            findings.byOrigin() == [
                "As of 2013-11-30: loses to the median, -0.50 [0.10, 0.40] minutes (n = 11,458)."
            ])
        #expect(try findings.overall().contains { $0.contains("9.00 minutes later than forecast") })
        #expect(try Findings(rows: rows(0, 0, bias: 3)).overall().contains { $0.contains("3.00 minutes earlier") })
        #expect(try Findings(rows: rows(0, 0, bias: 0.5)).overall().contains { $0.contains("neither") })
        let table = AccuracyTables(findings).origins(choices: ["2013-11-30": (84, 134)])
        #expect(
            table.rows == [
                [
                    "2013-11-30", "15.00", "16.00", "-0.50 [0.10, 0.40]", "-9.00 [-10.00, -8.00]", "84 of 134",
                    "11,458", "14",
                ]
            ])
    }

    @Test("Without any flight to compare with there is no report")
    func nothing() {
        #expect(throws: ReportError.noAccuracy) { try Findings(rows: []).overall() }
    }

    private let blocks: [ReportBlock] = [
        .heading("Delays & more", level: 1), .paragraph("1 < 2"), .list(["a \"b\"", "c"]),
        .table(ReportTable(header: ["", "n"], rows: [["x>y", "1"]])),
        .figure(ReportFigure(file: "f.svg", caption: "A figure", image: Array("<svg/>".utf8))),
    ]

    @Test("As HTML it needs no other file, and no text of it is taken for markup")
    func html() {
        let text = ReportHTML(title: "Delays & more", blocks: blocks).text
        #expect(text.contains("<title>Delays &amp; more</title>"))
        #expect(text.contains("<p>1 &lt; 2</p>"))
        #expect(text.contains("<li>a &quot;b&quot;</li>"))
        #expect(text.contains("<tr><td>x&gt;y</td><td>1</td></tr>"))
        #expect(text.contains("src=\"data:image/svg+xml;base64,PHN2Zy8+\""))
        #expect(!text.contains("f.svg"))
        #expect(!text.contains("http"))
    }

    @Test("As Markdown it refers to the figures beside it")
    func markdown() {
        #expect(
            ReportMarkdown(blocks: blocks).text == """
                # Delays & more

                1 < 2

                - a "b"
                - c

                |  | n |
                | --- | ---: |
                | x>y | 1 |

                ![A figure](f.svg)

                *A figure*

                """)
    }

    @Test("Base 64 is that of RFC 4648")
    func base() {
        let examples = ["": "", "f": "Zg==", "fo": "Zm8=", "foo": "Zm9v", "foob": "Zm9vYg==", "foobar": "Zm9vYmFy"]
        for (plain, coded) in examples { #expect(base64(Array(plain.utf8)) == coded) }
        let all = (0 ..< 1000).map { UInt8(truncatingIfNeeded: $0 &* 37) }
        #expect(base64(all) == Data(all).base64EncodedString())
    }

    @Test("Counts are grouped by thousands")
    func counts() {
        #expect(
            [0, 12, 999, 1000, 336_776, -1_234_567].map(grouped) == [
                "0", "12", "999", "1,000", "336,776", "-1,234,567",
            ])
    }
}
