import Artifact
import Planning

/// The last line of a build, which cron mails.
enum SummaryLine {
    static func text(_ summary: Event.Summary, price: Event.Price? = nil) -> String {
        var parts = ["\(grouped(summary.built)) built"]
        if summary.cutOff > 0 { parts.append("\(grouped(summary.cutOff)) cut off") }
        parts.append("\(grouped(summary.current)) current")
        for (count, what) in [
            (summary.restored, "restored"), (summary.waiting, "waiting"), (summary.kept, "kept"),
            (summary.skipped, "skipped"),
        ] where count > 0 {
            parts.append("\(grouped(count)) \(what)")
        }
        if summary.degraded > 0 { parts.append("\(grouped(summary.degraded)) degraded") }
        if summary.blocked > 0 { parts.append("\(grouped(summary.blocked)) blocked") }
        if summary.left > 0 { parts.append("\(grouped(summary.left)) not started") }
        if summary.retried > 0 { parts.append("\(grouped(summary.retried)) retried") }
        if summary.cancelled > 0 { parts.append("\(grouped(summary.cancelled)) cancelled") }
        parts.append("\(grouped(summary.failed)) failed")
        var text = "done     " + parts.joined(separator: ", ") + "   \(duration(summary.seconds))"
        // How far off an assumption was says nothing of the next one.
        if let price, price.neverRan == 0 { text += " (priced \(Price.time(price)))" }
        if summary.built > 0, summary.peakBytes > 0 { text += "  peak \(byteCount(summary.peakBytes))" }
        if summary.exitCode != 0 { text += "   exit \(summary.exitCode)" }
        guard summary.orphans > 0 else { return text }
        return "orphans  \(grouped(summary.orphans)) files that no rule makes any more\n" + text
    }
}
