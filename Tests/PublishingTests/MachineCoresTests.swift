import Glibc
import Testing

@testable import dbuild

/// How many actions at once a machine is taken to be good for.
@Suite struct MachineCoresTests {
    @Test func aQuotaCountsAsWholeProcessorsAndNeverMoreThanThereAre() {
        #expect(MachineCores(allowed: 64, quota: nil).count == 64)
        #expect(MachineCores(allowed: 64, quota: 2).count == 2)
        #expect(MachineCores(allowed: 64, quota: 2.1).count == 3)
        #expect(MachineCores(allowed: 64, quota: 0.01).count == 1)
        #expect(MachineCores(allowed: 2, quota: 1e300).count == 2)
    }

    @Test func aGroupSaysItInTwoNumbers() {
        #expect(MachineCores.quota(cpuMax: "150000 100000\n") == 1.5)
        #expect(MachineCores.quota(cpuMax: "max 100000\n") == nil)
        for text in ["", "100000", "0 100000", "100000 0", "-1 100000", "many few"] {
            #expect(MachineCores.quota(cpuMax: text) == nil, "\(text)")
        }
        // The first version says -1 where there is no limit.
        #expect(MachineCores.quota(microseconds: -1, ofEach: 100_000) == nil)
    }

    @Test func aListOfProcessorsHasRanges() {
        #expect(MachineCores.numbers(inList: "\t0-3,8\n") == [0, 1, 2, 3, 8])
        #expect(MachineCores.numbers(inList: "5") == [5])
        for text in ["", "-", "3-1", "a-b", "0-99999999999", ","] {
            #expect(MachineCores.numbers(inList: text) == [], "\(text)")
        }
    }

    @Test func itIsNeverMoreThanAreOnline() {
        #expect(1 ... sysconf(Int32(_SC_NPROCESSORS_ONLN)) ~= Machine.coreCount)
    }
}
