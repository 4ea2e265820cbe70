/// The compiled rules, as dbuild starts them.
struct RulesProcess<R: Rulesfile> {
    let task: RulesTask

    init(_: R.Type, _ task: RulesTask) { self.task = task }

    func run() {
        let channel = claimStandardChannels()
        switch task {
        case .plan(let settings): plan(settings, over: channel)
        case .parameters: describeParameters(to: channel)
        case .worker: Worker(channel).serve()
        case .runAction(let path, let reply): runAction(path, reply: reply)
        case .libraries: channel.send(text: mappedLibraries().map { $0 + "\n" }.joined())
        }
    }

    private func plan(_ settings: [String], over channel: Channel) {
        // dbuild keeps its end open until the plan is there: rules that never end must not outlive it.
        exitWhenClosed(channel.input)
        let writer = PlanWriter { channel.send($0) }
        let build = Build(plan: writer, ask: channel.answer, stop: { exit($0 == .usage ? 64 : 2) })
        let rulesfile = R()
        do throws(RulesError) { try build.plan(rulesfile, settings) } catch { build.fail(error) }
    }

    private func describeParameters(to channel: Channel) {
        do throws(RulesError) {
            channel.send(Value.list(try Parameters(of: R()).descriptions.map(\.value)).frame)
        } catch {
            printError("\(error)")
            exit(2)
        }
    }

    private func runAction(_ path: String, reply place: String?) {
        do {
            guard let frame = try readFrame(inFile: path) else { throw RequestError.noRequest(path: path) }
            let reply = WorkerReply(runningFrame: frame, WorkerMemory())
            if let place {
                // Who asks for it tells people what it says.
                try writeFile(place, reply.frame)
            } else if let failure = reply.failure {
                printError(failure)
            }
            if reply.failure != nil { exit(1) }
        } catch {
            printError("\(error)")
            exit(1)
        }
    }
}

extension Build {
    /// Evaluates the rules from the first record to the last.
    func plan(_ rulesfile: some Rulesfile, _ settings: [String]) throws(RulesError) {
        let parameters = try Parameters(of: rulesfile)
        try parameters.set(settings)
        begin(parameters.values)
        do { try section { try rulesfile.rules(self) } } catch { throw .thrown("\(error)") }
        finish()
    }
}
