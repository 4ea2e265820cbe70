package import Artifact

/// How an output stands to what was published in its place.
package enum OutputCondition: Hashable, Sendable {
    case missing
    case intact(Content)
    /// Edited, replaced, or never published.
    case edited
}

extension Snapshot {
    /// - Parameter sight: what lies at the output's path now.
    package func condition(of output: ArtifactID, _ sight: Assessment.Sight) -> OutputCondition {
        switch sight {
        case .nothing: .missing
        case .content(let content): content == published[output.index] ? .intact(content) : .edited
        case .unreadable: .edited
        }
    }
}
