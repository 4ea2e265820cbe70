import Forecasting
import Rules

/// Figures, drawn by gnuplot as SVG: it writes neither dates nor anything of the machine's fonts, so that equal tables
/// give equal bytes.
struct Plot {
    private let build: Build
    /// Sizes and colours, which every figure loads.
    private let style: Artifact

    init(_ build: Build) {
        self.build = build
        style = build.source("scripts/plot-style.gp")
    }

    /// - Parameters:
    ///   - name: of the script, `scripts/plot-index.gp` for `index`.
    ///   - words: what it is told after tables and figure.
    func draw(_ name: String, _ tables: [CSVFile], _ words: [String], to figure: TextFile) -> Command {
        Command(
            // Without the settings of whoever runs it.
            "gnuplot", "-d", "-c", .input(build.source("scripts/plot-\(name).gp")), .inputs(tables), .output(figure),
            .texts(words), .hiddenInput(style), .probe("gnuplot", "--version"))
    }
}
