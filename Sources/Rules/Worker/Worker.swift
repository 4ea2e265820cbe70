/// Runs recipes for dbuild, one at a time.
///
/// When its input ends dbuild is gone: it stops at once, even in the middle of a recipe.
struct Worker {
    private let channel: Channel
    private let memory = WorkerMemory()
    private let surroundings = ProcessSurroundings()

    init(_ channel: Channel) { self.channel = channel }

    func serve() {
        ignoreInterrupts()
        exitWhenClosed(channel.input)
        do throws(WireError) {
            while let frame = try channel.receive() {
                let reply = WorkerReply(runningFrame: frame, memory)
                // The next action begins as this one did.
                surroundings.restore()
                channel.send(reply.frame)
            }
        } catch {
            printError("\(error)")  // where a frame ends is lost, and with it every later request
            exit(2)
        }
    }
}

/// An error's words as they are kept and shown, again and again: the beginning and the end of very many.
func shortened(_ text: String) -> String {
    let most = 16 << 10
    guard text.utf8.count > most else { return text }
    let (first, last) = (text.utf8.prefix(most / 2), text.utf8.suffix(most / 2))
    let dropped = text.utf8.count - most
    return String(decoding: first, as: UTF8.self) + "\n[dbuild: \(dropped) bytes dropped]\n"
        + String(decoding: last, as: UTF8.self)
}

extension WorkerReply {
    /// Runs what a request frame asks for, in this process, and says how it went.
    init(runningFrame frame: [UInt8], _ memory: WorkerMemory) {
        memory.resetPeak()
        let reads = ReadLog()
        let start = now()
        let cpuStart = processTime()
        var failure: String?
        var isRetryable = false
        do { try WorkerRequest.run(frame, reads) } catch {
            failure = shortened("\(error)")
            isRetryable = error is any Retryable
        }
        flushOutput()
        // Before its outputs are looked at: what goes on might still write them.
        let survivors = endDescendants()
        let peakKilobytes = memory.peakKilobytes()
        self.init(
            failure: failure, isRetryable: isRetryable, nanoseconds: Int(clamping: now() - start),
            cpuNanoseconds: Int(clamping: processTime() - cpuStart), peakKilobytes: peakKilobytes,
            found: reads.found, absent: reads.absent, survivors: survivors,
            hasGrown: memory.hasGrown(peakKilobytes: peakKilobytes))
    }
}
