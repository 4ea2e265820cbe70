import Planning
import Testing

@testable import dbuild

/// What a run takes of the machine.
@Suite struct RunBudgetTests {
    @Test(arguments: [16, 40, 64, 256, 1024, 1 << 20]) func allThatIsOpenAtOnceFitsIntoTheLimit(openFiles: Int) throws {
        for jobs in [1, 2, 8, 64, 500] {
            var budget = try RunBudget(jobs: jobs, memory: nil, load: nil, machine: nil)
            let fewer = budget.fit(openFiles: openFiles)
            #expect((fewer == nil) == (budget.budget.cpus == jobs))
            #expect(budget.budget.cpus >= 1 && budget.mostCompleting >= 1)
            if openFiles > 32 + 9 {
                #expect(32 + 6 * budget.budget.cpus + 3 * budget.mostCompleting <= openFiles)
            }
        }
    }

    @Test func aLargeLimitTakesNothingAway() throws {
        var budget = try RunBudget(jobs: 8, memory: nil, load: nil, machine: nil)
        #expect(budget.fit(openFiles: 1024) == nil)
        #expect(budget.mostCompleting == 128)
    }
}
