/// A part of the report: what it says, whatever it is written in.
enum ReportBlock {
    /// Level 1 is the page's own.
    case heading(String, level: Int)
    case paragraph(String)
    case list([String])
    case table(ReportTable)
    case figure(ReportFigure)
}

/// Cells of text, the first column with names, the others with numbers.
struct ReportTable {
    var header: [String]
    /// Each as long as the header.
    var rows: [[String]]
}

/// A plot, with what it shows.
struct ReportFigure {
    /// Beside the report.
    var file: String
    var caption: String
    /// SVG.
    var image: [UInt8]
}
