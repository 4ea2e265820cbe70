import Rules

/// An attraction.
struct Entity {
    var code: String
    /// The name of the file of its observations.
    var facts: String
    /// As it is listed: no code says it.
    var park: Park
}

/// The attractions that are wanted, in the order in which they are listed.
struct Entities {
    private var all: [Entity] = []

    /// - Parameter listed: `entities.csv`.
    init(_ build: Build, listed: Artifact, wanted: EntityCodes) throws {
        let table = build.table(listed)
        var found: [Entity] = []
        try build.section {
            let (codes, facts) = (try table.column("code"), try table.column("dataset_name"))
            for (row, name) in try table.column("park").enumerated() {
                guard wanted.codes?.contains(codes[row]) ?? true else { continue }
                guard isEntityCode(codes[row]) else { throw EntitiesError.badCode(codes[row]) }
                guard let park = Park.allCases.first(where: { $0.name == name }) else {
                    throw EntitiesError.noSuchPark(name)
                }
                found.append(Entity(code: codes[row], facts: facts[row], park: park))
            }
            for code in wanted.codes ?? [] where !found.contains(where: { $0.code == code }) {
                throw EntitiesError.notListed(code)
            }
        }
        all = found
    }

    var codes: [String] { all.map(\.code) }
    /// Those that have any.
    var parks: [Park] { Park.allCases.filter { park in all.contains { $0.park == park } } }
    func codes(in park: Park) -> [String] { all.filter { $0.park == park }.map(\.code) }
    subscript(code: String) -> Entity? { all.first { $0.code == code } }
}

/// What is wrong with `entities.csv`, or with what is wanted of it.
enum EntitiesError: Error, Hashable, CustomStringConvertible {
    case badCode(String)
    case noSuchPark(String)
    case notListed(String)

    var description: String {
        switch self {
        case .badCode(let code): "`\(code)` is not the code of an attraction\nhint: a code has letters A-Z and digits"
        case .noSuchPark(let name): "there is no park `\(name)`\nhint: the parks are in Park.swift"
        case .notListed(let code): "no attraction `\(code)` is listed in entities.csv"
        }
    }
}
