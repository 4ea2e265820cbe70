private import Glibc

/// A terminal behind a standard channel.
struct Terminal: Sendable {
    let descriptor: Int32

    /// - Returns: nil where the channel is none, or one that cannot redraw a line.
    init?(_ descriptor: Int32) {
        guard Self.isTerminal(descriptor), let kind = Machine.variable("TERM"), !["", "dumb"].contains(kind) else {
            return nil
        }
        self.descriptor = descriptor
    }

    static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    /// As it is now; 0 where another job has it, which would be drawn over.
    var columns: Int {
        guard tcgetpgrp(descriptor) == getpgrp() else { return 0 }
        var size = winsize()
        guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// `NO_COLOR` as no-color.org says: any value but an empty one.
    static var hasColour: Bool { (Machine.variable("NO_COLOR") ?? "").isEmpty }
}
