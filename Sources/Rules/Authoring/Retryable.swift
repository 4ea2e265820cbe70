/// An error of a recipe that may not come again: a server that was busy, a connection that broke.
///
/// What throws it is run again where its rule says `.retries`. Everything else that a recipe throws is final.
public protocol Retryable: Error {}
