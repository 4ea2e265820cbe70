import Planning
import Testing

@testable import dbuild

/// Which failures are followed by another attempt, and after how long.
@Suite struct RetriesTests {
    private let action = ActionID(0)

    private func finished(_ ending: ActionReport.Ending) -> Finished {
        Finished(report: ActionReport(ending: ending, wallSeconds: 0, cpuSeconds: 0, peakBytes: 0))
    }

    private func running(_ most: Int, pause: Int64, ofTimeouts: Bool = false) -> Running {
        var running = Running()
        running.retries = Running.Retries(most: most, pauseNanoseconds: pause, ofTimeouts: ofTimeouts)
        return running
    }

    /// The pauses that an action gets which always fails so.
    private func pauses(
        _ ending: ActionReport.Ending, _ running: Running, deadline: Int64? = nil, now: Int64 = 0
    ) -> [Int64] {
        var retries = Retries(deadlineNanoseconds: deadline)
        var (found, now) = ([Int64](), now)
        for number in 1 ... 200 {
            #expect(retries.begin(action) == number)
            guard let pause = retries.pause(after: finished(ending), of: action, running, now: now) else { break }
            found.append(pause)
            now += min(pause, 1 << 40)
        }
        return found
    }

    @Test func `a pause doubles and stays within what a number can say`() {
        #expect(pauses(.exited(75), running(4, pause: 10)) == [10, 20, 40, 80])
        #expect(pauses(.exited(75), running(3, pause: 0)) == [0, 0, 0])
        let many = pauses(.exited(75), running(70, pause: 3))
        #expect(many.count == 70 && many.allSatisfy { $0 > 0 } && many == many.sorted() && many.last == .max)
    }

    @Test func `only what may pass is tried again`() {
        let passing: [ActionReport.Ending] = [
            .exited(75), .threw("", isRetryable: true), .signalled(9), .signalled(15),
            .helperKilled,
        ]
        let final: [ActionReport.Ending] = [
            .exited(1), .exited(0), .threw("", isRetryable: false), .signalled(11), .signalled(6), .notStarted(""),
            .timedOut(limitSeconds: 1), .outOfMemory(limitBytes: 1),
        ]
        for ending in passing { #expect(pauses(ending, running(1, pause: 1)) == [1], "\(ending)") }
        for ending in final { #expect(pauses(ending, running(1, pause: 1)) == [], "\(ending)") }
        #expect(pauses(.timedOut(limitSeconds: 1), running(1, pause: 1, ofTimeouts: true)) == [1])
        #expect(pauses(.exited(75), Running()) == [])
    }

    @Test func `no attempt is waited for that would begin at the deadline or after it`() {
        #expect(pauses(.exited(75), running(5, pause: 10), deadline: 70) == [10, 20])
        #expect(pauses(.exited(75), running(5, pause: 10), deadline: 71) == [10, 20, 40])
        #expect(pauses(.exited(75), running(5, pause: .max), deadline: .max, now: 1) == [])
    }

    @Test func `what waits and never begins again is given up with its last failure`() {
        var retries = Retries(deadlineNanoseconds: nil)
        for number in [2, 0, 1] {
            _ = retries.begin(ActionID(number))
            _ = retries.pause(after: finished(.exited(75)), of: ActionID(number), running(1, pause: 1), now: 0)
        }
        #expect(retries.begin(ActionID(1)) == 2)
        #expect(retries.giveUp().map(\.action) == [ActionID(0), ActionID(2)])
        #expect(retries.giveUp().isEmpty)
    }

    @Test func `an attempt that came back before it began leaves the failure before it`() {
        var retries = Retries(deadlineNanoseconds: nil)
        #expect(retries.begin(action) == 1)
        retries.cameBack(action)
        #expect(retries.giveUp().isEmpty)
        #expect(retries.begin(action) == 1)
        #expect(retries.pause(after: finished(.exited(75)), of: action, running(1, pause: 1), now: 0) == 1)
        #expect(retries.begin(action) == 2)
        retries.cameBack(action)
        #expect(retries.giveUp().map(\.finished.report.ending) == [.exited(75)])
    }
}
