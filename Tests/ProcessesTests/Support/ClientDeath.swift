import Glibc
import Processes

/// How a client of the helpers is killed; it goes to another process to happen there.
struct ClientDeath: Codable, Sendable, CustomStringConvertible {
    enum Company: String, Codable, CaseIterable {
        case alone, withSomeHelpers, withGuard
    }

    let company: Company
    let slots: Int
    /// Zero: while the helpers start.
    let delayMicroseconds: Int
    let script: String

    static func random(nap: Nap) -> ClientDeath {
        let scripts = [
            nap.stubbornFamily + nap.command, nap.stubbornFamily + "exit 0", nap.command, "exit 0",
            "(setsid \(nap.command) &) ; exit 0",
        ]
        return ClientDeath(
            company: Company.allCases.randomElement() ?? .alone, slots: .random(in: 1 ... 4),
            delayMicroseconds: .random(in: 0 ... 4) == 0 ? 0 : .random(in: 0 ..< 300_000),
            script: scripts.randomElement() ?? nap.command)
    }

    var description: String { "\(company), \(slots) slots, after \(delayMicroseconds) us: \(script)" }

    /// Runs the script on all slots again and again, and is killed meanwhile.
    func dieAmongActions(helper: String) async throws {
        let pool = try HelperPool(slots: slots, executable: Array(helper.utf8))
        for _ in 0 ..< slots {
            Task.immediate { while true { _ = try await pool.run(shell(script)) } }
        }
        if delayMicroseconds > 0 { try await Task.sleep(for: .microseconds(delayMicroseconds)) }
        if let guardian = pool.guardProcess {
            switch company {
            case .alone: break
            case .withSomeHelpers: for child in children(of: guardian) where Bool.random() { killProcess(child) }
            case .withGuard: killProcess(guardian)
            }
        }
        killProcess(getpid())
    }
}
