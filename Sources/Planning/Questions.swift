/// Reads while planning, and what follows of them.
extension Plan {
    /// Those of some reads whose artifacts can be made with this plan, whatever others say.
    ///
    /// What makes them was all said before the rules asked anything that is open: another answer could list other
    /// actions behind it, so that some would run in vain and others twice.
    ///
    /// - Parameters:
    ///   - reads: whose artifacts are not current.
    ///   - open: all whose answers are not known, or known to be others now.
    package func independent(_ reads: [Question], of open: [Question]) -> [Question] {
        reads.filter { read in
            guard let maker = artifact(at: read.path).flatMap({ maker(of: $0) }) else { return false }
            let last = ancestors(of: maker).union([maker]).max()?.index ?? 0
            return open.allSatisfy { $0.path == read.path || last < $0.actionsBefore }
        }
    }
}
