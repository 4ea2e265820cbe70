private import Glibc

/// Runs a body on a thread of its own, which ends with it.
func startThread(_ body: @escaping @Sendable () -> Void) throws {
    final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    let box = unsafe Unmanaged.passRetained(Box(body))
    let failure = unsafe pthread_create(
        &thread, nil,
        { argument in
            if let argument = unsafe argument { unsafe Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body() }
            return nil
        }, box.toOpaque())
    guard failure == 0 else {
        unsafe box.release()
        throw SystemError(call: "pthread_create", subject: "thread", errno: failure)
    }
    pthread_detach(thread)
}
