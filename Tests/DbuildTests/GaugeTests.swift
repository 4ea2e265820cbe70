import Planning
import Testing

@testable import dbuild

/// How often the machine is looked at.
@Suite struct GaugeTests {
    private final class Machine {
        var looks = 0
        var heldBytes: Int64 = 0
    }

    @Test func `what has ended does not count until the next look where something waits for it`() {
        let machine = Machine()
        var gauge = Gauge {
            machine.looks += 1
            return Conditions(heldBytes: machine.heldBytes)
        }
        let start: UInt64 = 1_000_000_000
        machine.heldBytes = 9
        #expect(gauge.read(at: start).heldBytes == 9)
        machine.heldBytes = 2
        #expect(gauge.read(at: start + 200_000_000).heldBytes == 9)
        // Nothing has ended, or nobody could see it yet.
        #expect(gauge.readAgain(at: start + 200_000_000) == nil)
        gauge.ended()
        #expect(gauge.readAgain(at: start + 9_000_000) == nil)
        #expect(gauge.readAgain(at: start + 10_000_000)?.heldBytes == 2)
        #expect(gauge.readAgain(at: start + 200_000_000) == nil)
        #expect(machine.looks == 2)
        _ = gauge.read(at: start + 300_000_000)
        #expect(machine.looks == 3)
    }

    @Test func `what starts counts at once`() {
        var gauge = Gauge { Conditions(runnable: 1) }
        #expect(gauge.read(at: 1).runnable == 1)
        gauge.started(cpus: 3)
        #expect(gauge.read(at: 2).runnable == 4)
        #expect(gauge.read(at: 300_000_000).runnable == 1)
    }
}
