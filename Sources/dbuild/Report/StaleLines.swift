import Planning

/// What a build says before it begins: how much is to be done, and why.
enum StaleLines {
    private static let mostCauses = 3

    static func lines(_ outlook: Event.Outlook, _ causes: [Event.Cause]) -> [String] {
        var lines: [String] = []
        if outlook.open > 0 {
            let more = outlook.undecided > 0 ? ", at most \(grouped(outlook.undecided)) more" : ""
            lines.append("stale    \(grouped(outlook.certain)) for certain\(more)")
            for cause in causes.prefix(mostCauses) where cause.certain + cause.followed > 0 {
                lines.append("         \(cause.what)")
            }
            if causes.count > mostCauses {
                lines.append("         and \(counted(causes.count - mostCauses, "cause")) more")
            }
        }
        let held = [
            (outlook.restorable, "restore", "from the store"), (outlook.waiting, "waiting", "by policy"),
            (outlook.kept, "kept", "as they are"), (outlook.skipped, "skipped", "as they are"),
        ]
        for (count, name, what) in held where count > 0 {
            let title = name + String(repeating: " ", count: 9 - name.count)
            lines.append("\(title)\(counted(count, "action")) \(what): dbuild --explain")
        }
        return lines
    }
}
