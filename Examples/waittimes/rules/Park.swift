import Forecasting
import Rules

/// A park, by the letters that the calendar and the codes of attractions have for it.
enum Park: String, Textual, Codable, CaseIterable {
    case magicKingdom = "MK"
    case epcot = "EP"
    case hollywoodStudios = "HS"
    case animalKingdom = "AK"

    /// As `entities.csv` calls it.
    var name: String {
        switch self {
        case .magicKingdom: "Magic Kingdom"
        case .epcot: "Epcot"
        case .hollywoodStudios: "Disney's Hollywood Studios"
        case .animalKingdom: "Disney's Animal Kingdom"
        }
    }

    /// What its columns in the calendar begin with.
    var prefix: String { rawValue.lowercased() }

    /// Of a tree that has a file for each park.
    var member: String { "\(rawValue).parquet" }
}
