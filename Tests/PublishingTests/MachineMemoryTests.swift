import Foundation
import Planning
import Testing

@testable import dbuild

/// What the machine says of its memory, and what a run makes of it.
@Suite struct MachineMemoryTests {
    private static let meminfo = """
        MemTotal:       16000000 kB
        MemFree:         1000000 kB
        MemAvailable:    8000000 kB

        """

    @Test func whatIsAvailableIsSaidByTheKernel() throws {
        let memory = try #require(MachineMemory(meminfo: Self.meminfo, groups: []))
        #expect(memory.totalBytes == 16_000_000 * 1024)
        #expect(memory.availableBytes == 8_000_000 * 1024)
        let old = try #require(
            MachineMemory(meminfo: Self.meminfo.replacing("MemAvailable", with: "Other"), groups: []))
        #expect(old.availableBytes == 1_000_000 * 1024)
        #expect(MachineMemory(meminfo: "", groups: []) == nil)
        #expect(MachineMemory(meminfo: "MemTotal: many kB\n", groups: []) == nil)
    }

    @Test func theTightestGroupCounts() throws {
        let groups = [
            MachineMemory.Group(limitBytes: 4 << 30, usedBytes: 1 << 30),
            MachineMemory.Group(limitBytes: .max, usedBytes: 9 << 30),
            MachineMemory.Group(limitBytes: 3 << 30, usedBytes: 5 << 30),
        ]
        var memory = try #require(MachineMemory(meminfo: Self.meminfo, groups: Array(groups.prefix(2))))
        #expect(memory.totalBytes == 4 << 30)
        #expect(memory.availableBytes == 3 << 30)
        memory = try #require(MachineMemory(meminfo: Self.meminfo, groups: groups))
        #expect(memory.totalBytes == 3 << 30)
        #expect(memory.availableBytes == 0)
    }

    @Test func thisMachineHasMemoryAndThreads() throws {
        let memory = try #require(Machine.memory)
        #expect(memory.totalBytes > 64 << 20)
        #expect(memory.availableBytes > 0)
        #expect(memory.availableBytes <= memory.totalBytes)
        #expect(try #require(Machine.runnableCount) >= 0)
    }

    @Test func aBudgetIsASizeOrAShare() throws {
        let machine = try #require(MachineMemory(meminfo: Self.meminfo, groups: []))
        func budget(_ text: String?) throws(SettingsError) -> RunBudget {
            try RunBudget(jobs: 4, memory: text, load: nil, machine: machine)
        }
        #expect(try budget(nil).budget.bytes == 8_000_000 * 1024 * 8 / 10)
        #expect(try budget("25%").budget.bytes == 2_000_000 * 1024)
        #expect(try budget("12.5%").budget.bytes == 1_000_000 * 1024)
        #expect(try budget("3G").budget.bytes == 3 << 30)
        #expect(try budget("3G").mostBytes == machine.totalBytes)
        // Who asks for more than there is, has it.
        #expect(try budget("64G").mostBytes == 64 << 30)
        #expect(try RunBudget(jobs: 1, memory: nil, load: nil, machine: nil).budget.bytes == Budget.unlimitedBytes)
        for text in ["", "%", "0", "0%", "101%", "-5%", "nan%", "inf%", "1P", "9999999999999999999G"] {
            #expect(throws: SettingsError.self, "\(text)") { try budget(text) }
        }
    }

    @Test func theMemoryOfGrandchildrenIsSeen() async throws {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", "tail -n 1; true"]
        let pipe = Pipe()
        (process.standardInput, process.standardOutput) = (pipe, FileHandle.nullDevice)
        let before = ProcessTree.heldBytes
        try process.run()
        // Without a line's end in it, `tail` keeps all of it, until it is told that this was all.
        defer { try? pipe.fileHandleForWriting.close() }
        try pipe.fileHandleForWriting.write(contentsOf: Data(count: 100_000_000))
        var held: Int64 = 0
        for _ in 0 ..< 2000 where held < before + 90_000_000 {
            try await Task.sleep(for: .milliseconds(10))
            held = ProcessTree.heldBytes
        }
        #expect(held >= before + 90_000_000)
    }
}
