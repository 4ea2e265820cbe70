import Testing

@testable import Rules

@Suite struct ParameterTests {
    private struct Settings: Rulesfile {
        @Parameter("Last day whose data may be used") var asOf: Day
        @Parameter("Days ahead", in: 1 ... 366) var horizon = 14
        @Parameter("Share") var share = 0.98
        func rules(_ build: Build) {}
    }

    private func set(_ settings: String...) throws -> Settings {
        let rulesfile = Settings()
        try Parameters(of: rulesfile).set(settings)
        return rulesfile
    }

    @Test func bothSpellingsSetAParameterAndTheLaterCounts() throws {
        let settings = try set("as-of=2013-11-30", "asOf=2013-12-01", "share=0.5")
        #expect(settings.asOf == "2013-12-01")
        #expect(settings.horizon == 14)
        #expect(settings.share == 0.5)
    }

    @Test func aValueMayHoldAnEqualsSign() throws {
        struct Named: Rulesfile {
            @Parameter("Any text") var text = ""
            func rules(_ build: Build) {}
        }
        let named = Named()
        try Parameters(of: named).set(["text=a=b"])
        #expect(named.text == "a=b")
    }

    @Test(arguments: [
        (["as-of"], RulesError.malformedSetting("as-of")),
        (["as-off=2013-12-01"], .unknownParameter("as-off", nearest: ["as-of"])),
        (["completely-different=1"], .unknownParameter("completely-different", nearest: [])),
        (["as-of=2013-02-30"], .notAParameterValue("2013-02-30", type: "Day", parameter: "as-of")),
        (["as-of=2013-12-01", "horizon=367"], .parameterOutOfRange("horizon", value: "367", range: "1 ... 366")),
        ([], .missingParameter("as-of", help: "Last day whose data may be used")),
    ])
    func aWrongSettingIsNamed(settings: [String], error: RulesError) {
        #expect(error.isUsage)
        #expect(throws: error) { try Parameters(of: Settings()).set(settings) }
    }

    @Test func parametersThatAreSpelledAlikeOutsideAreRefused() {
        struct Twice: Rulesfile {
            @Parameter("One") var baseURL = 1
            @Parameter("Other") var baseUrl = 2
            func rules(_ build: Build) {}
        }
        #expect(throws: RulesError.sameParameter("base-url")) { try Parameters(of: Twice()) }
    }

    @Test func aDefaultOutOfItsRangeIsRefused() {
        struct Far: Rulesfile {
            @Parameter("Days ahead", in: 1 ... 3) var horizon = 4
            func rules(_ build: Build) {}
        }
        #expect(throws: RulesError.parameterOutOfRange("horizon", value: "4", range: "1 ... 3")) {
            try Parameters(of: Far()).set([])
        }
    }

    @Test func descriptionsSurviveTheTrip() throws {
        let descriptions = try Parameters(of: Settings()).descriptions
        #expect(try ParameterDescription.list(Value.list(descriptions.map(\.value)).frame) == descriptions)
        #expect(descriptions.map(\.name) == ["as-of", "horizon", "share"])
        #expect(descriptions.map(\.defaultText) == [nil, "14", "0.98"])
        #expect(descriptions.map(\.range) == [nil, "1 ... 366", nil])
    }

    @Test(arguments: [
        ("asOf", "as-of"), ("as-of", "as-of"), ("horizon", "horizon"), ("minObservations2", "min-observations2"),
        ("baseURL", "base-url"), ("as_of", "as-of"),
    ])
    func anOutsideNameHasWordsOfLowerCase(inside: String, outside: String) {
        #expect(outsideName(of: inside) == outside)
    }

    @Test func theNearestNamesComeFirst() {
        let names = ["forecasts", "forecast", "features", "index"]
        #expect(nearest(to: "forcast", among: names) == ["forecast", "forecasts"])
        #expect(nearest(to: "xyzzy", among: names) == [])
        #expect(nearest(to: "feat", among: names) == ["features"])
    }

    @Test func aDayMayDeclareTheZoneInWhichItIsToday() throws {
        struct Dated: Rulesfile {
            @Parameter("Last day", zone: "America/New_York") var asOf: Day
            @Parameter("First day", zone: "Asia/Tokyo") var since: Day = "2013-01-01"
            @Parameter("Any day") var other: Day = "2013-01-01"
            func rules(_ build: Build) {}
        }
        let frame = Value.list(try Parameters(of: Dated()).descriptions.map(\.value)).frame
        let descriptions = try ParameterDescription.list(frame)
        #expect(descriptions.map(\.zone) == ["America/New_York", "Asia/Tokyo", nil])
        #expect(descriptions.map(\.defaultText) == [nil, "2013-01-01", "2013-01-01"])
        // Words are for dbuild, which knows what day it is: rules are a function of their settings.
        #expect(throws: RulesError.notAParameterValue("today", type: "Day", parameter: "as-of")) {
            try Parameters(of: Dated()).set(["as-of=today"])
        }
    }
}
