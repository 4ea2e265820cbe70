/// The type of a value in a plan, a request or an answer.
package enum Tag: UInt8, Sendable {
    case end, absent, no, yes, int, uint, double, string, object, list, input, output, reference, awaited
}
