// The server side of a request other than INVITE and ACK (RFC 3261 §17.2.2).

struct ServerTransaction: Hashable, Sendable {
    enum State: Hashable, Sendable { case trying, completed, terminated }

    enum Event {
        /// The request again.
        case request
        /// A final response: there are no provisional ones to requests that are answered within seconds (RFC 4320 §4.1).
        case respond([UInt8])
        case time
    }

    enum Action: Hashable {
        case send([UInt8])
        /// The user has not answered for 30 s; the request wants a 500.
        case unanswered
        case terminate
    }

    private(set) var state = State.trying
    private let reliable: Bool
    private var response: [UInt8] = []
    /// When `.time` is to be handled next.
    private(set) var deadline: Duration?

    init(reliable: Bool, now: Duration) {
        self.reliable = reliable
        deadline = now + TransactionTiming.unanswered
    }

    mutating func handle(_ event: Event, now: Duration) -> [Action] {
        switch (state, event) {
        case (.completed, .request):
            return [.send(response)]
        case (.trying, .respond(let bytes)) where reliable:
            return [.send(bytes)] + terminate()  // timer J is zero
        case (.trying, .respond(let bytes)):
            state = .completed
            response = bytes
            deadline = now + TransactionTiming.whole  // timer J
            return [.send(bytes)]
        case (.trying, .time):
            guard isDue(now) else { return [] }
            deadline = nil
            return [.unanswered]
        case (.completed, .time):
            return isDue(now) ? terminate() : []
        case (.trying, .request), (.completed, .respond), (.terminated, _):
            return []
        }
    }

    private func isDue(_ now: Duration) -> Bool { deadline.map { now >= $0 } ?? false }

    private mutating func terminate() -> [Action] {
        state = .terminated
        deadline = nil
        return [.terminate]
    }
}
