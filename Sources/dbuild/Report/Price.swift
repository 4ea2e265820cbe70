import Planning

/// What a request will take, from what its actions took the last time; those that never ran cost nothing here.
struct Price {
    private(set) var certainSeconds = 0.0
    private(set) var mostSeconds = 0.0
    private(set) var neverRan = 0

    init(_ assessment: Assessment, _ request: Request) {
        for action in request.actions {
            let seconds = assessment.snapshot.durationSeconds[action.index]
            switch assessment.verdicts[action.index] {
            case .build?:
                certainSeconds += seconds
                mostSeconds += seconds
            case .undecided?: mostSeconds += seconds
            default: continue
            }
            if seconds == 0 { neverRan += 1 }
        }
    }

    func lines(jobs: Int) -> [String] {
        let certain = duration(certainSeconds / Double(jobs))
        let most = duration(mostSeconds / Double(jobs))
        let text = "price    certain \(certain) / at most \(most) with -j \(jobs)"
        guard neverRan > 0 else { return [text] }
        return ["\(text), and \(counted(neverRan, "action")) that never ran"]
    }
}
