/// Messages of one fixed size, arriving in pieces.
struct Inbox<Message: WireMessage> {
    private var bytes = [UInt8](repeating: 0, count: Message.sizeBytes)
    private var have = 0

    enum Arrival {
        case message(Message)
        case nothing
        case end
    }

    /// Takes what is there, without waiting.
    mutating func receive(from socket: Int32) -> Arrival {
        guard let received = receiveNow(into: &bytes, from: have, socket: socket) else { return .end }
        have += received
        guard have == bytes.count else { return .nothing }
        have = 0
        return Message(bytes: bytes).map { .message($0) } ?? .nothing
    }
}
