import Foundation

/// True where `DBUILD_LONG=1` asks for the long forms.
let isLong = ProcessInfo.processInfo.environment["DBUILD_LONG"] == "1"
