private import Glibc

/// - Source: Swift runtime, `swift_demangle` (stdlib/public/runtime/Demangle.cpp).
@_silgen_name("swift_demangle")
private func runtimeDemangle(
    _ name: UnsafePointer<CChar>, _ length: Int, _ output: UnsafeMutablePointer<CChar>?,
    _ outputLength: UnsafeMutablePointer<Int>?, _ flags: UInt32
) -> UnsafeMutablePointer<CChar>?

/// A symbol as the runtime spells it for people; nil for one that is no Swift name.
func demangled(_ symbol: String) -> String? {
    unsafe symbol.withCString { name in
        guard let text = unsafe runtimeDemangle(name, symbol.utf8.count, nil, nil, 0) else { return nil }
        defer { unsafe free(text) }
        return unsafe String(cString: text)
    }
}
