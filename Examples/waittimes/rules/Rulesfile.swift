import Forecasting
import Rules

/// Forecasts waits in Walt Disney World's parks, attraction by attraction: curves of five minutes, and their index.
@main struct WaitTimes: Rulesfile {
    @Parameter("Folder of the data, in the workspace; a link to it will do") var data = "data"
    @Parameter("Last day whose observations may be used", zone: "America/New_York") var asOf: Day = "2019-11-30"
    @Parameter("Days ahead", in: 1 ... 731) var horizonDays = 14
    @Parameter("Past days that are filled", in: 1 ... 366) var backfillDays = 7
    @Parameter("Actual waits to grow on without which a model is their mean", in: 1 ... 1_000_000)
    var minObservations = 500
    @Parameter("Codes of attractions, as AK18,EP02, or all") var attractions: EntityCodes = "all"

    func rules(_ build: Build) throws {
        let settings = Settings(minObservations: minObservations)
        let known = try Known(build, folder: data, wanted: attractions, asOf: asOf)
        let learned = Learned(build, known, settings)
        let expected = Expected(build, known, settings, asOf: asOf)
        let curves = Curves(
            build, known, learned, expected, settings, past: (asOf + 1).previous(backfillDays),
            coming: asOf.following(horizonDays))
        build.defaults(curves.forecast, curves.backfill, curves.index, known.dirt, expected.table, learned.accuracy)
    }
}
