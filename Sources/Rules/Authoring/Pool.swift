/// Something that only so many actions may use at once, or that may be asked only so often: an API, a licence.
///
///     let polygon = build.pool("polygon", atOnce: 4, perMinute: 5)
///     build.rule("landing", days) { … }.pool(polygon)
public struct Pool: Sendable {
    /// Numbered in the order in which the rules made them.
    let number: Int
}

extension Build {
    /// A pool that rules can be put into with `.pool`.
    ///
    /// - Parameters:
    ///   - atOnce: how many actions of its rules run at once; nil: as many as the machine allows.
    ///   - perMinute: how many of them start within any 60 seconds of a run; nil: no limit. Another run knows nothing of
    ///     it, even one that follows at once.
    public func pool(
        _ name: String, atOnce: Int? = nil, perMinute: Int? = nil, file: String = #fileID, line: Int = #line
    ) -> Pool {
        let place = Place(file: file, line: line)
        for limit in [atOnce, perMinute] {
            if let limit, limit < 1 { fail(.emptyPool(name, limit), at: place) }
        }
        if atOnce == nil, perMinute == nil { fail(.unlimitedPool(name), at: place) }
        let (number, earlier) = notePool(name, at: place)
        if let earlier { fail(.samePool(name), at: earlier, place) }
        write(pool: name, atOnce: atOnce, perMinute: perMinute, at: place)
        return Pool(number: number)
    }
}
