// Looks at all that the server sends: its requests in a dialog count up, and a 200 to an INVITE that is sent again is so
// in time, for 32 s at most, and no more once its ACK has come.

@testable import SIP

struct DialogWatch {
    private struct Success {
        var first: Duration
        var last: Duration
    }

    /// The last number of each dialog, and the transactions that are known: what is sent again is no step back.
    private var numbers: [String: UInt32] = [:]
    private var branches: Set<String> = []
    private var successes: [String: Success] = [:]
    /// The 2xx whose ACK the server has.
    private var acknowledged: Set<String> = []

    /// - Returns: what is wrong.
    mutating func look(at datagram: Datagram, to address: HostPort, now: Duration) -> String? {
        switch datagram.message {
        case .request(let request): look(at: request)
        case .response(let response) where response.head.cseq.method == .invite && response.status / 100 == 2:
            look(at: response, now: now)
        default: nil
        }
    }

    /// What comes to the server.
    mutating func arrived(_ datagram: Datagram) {
        guard datagram.bytes.starts(with: "ACK ".utf8),
            case .request(let ack) = MessageParser.parse(datagram.bytes)
        else { return }
        acknowledged.insert(Self.name(ack.head))
    }

    /// Of an INVITE at the server and all that belongs to it.
    private static func name(_ head: MessageHead) -> String {
        "\(head.callID) \(head.to.tag ?? "") \(head.cseq.number)"
    }

    private mutating func look(at request: SIPRequest) -> String? {
        guard let branch = request.head.vias.first?.branch, request.method != .ack, request.method != .cancel,
            branches.insert(branch).inserted
        else { return nil }
        let dialog = request.head.callID + " " + (request.head.from.tag ?? "") + " " + (request.head.to.tag ?? "")
        let number = request.head.cseq.number
        defer { numbers[dialog] = number }
        guard let last = numbers[dialog], number <= last else { return nil }
        return "\(request.head.callID): CSeq \(number) \(request.method.rawValue) after \(last)"
    }

    /// RFC 3261 §13.3.1.4.
    private mutating func look(at response: SIPResponse, now: Duration) -> String? {
        let name = Self.name(response.head)
        if acknowledged.contains(name) { return "\(name): 200 is sent again after its ACK" }
        guard var success = successes[name] else {
            successes[name] = Success(first: now, last: now)
            return nil
        }
        defer { successes[name] = success }
        let pause = now - success.last
        success.last = now
        if now - success.first > TransactionTiming.whole { return "\(name): 200 is sent after 32 s" }
        return pause > TransactionTiming.t2 ? "\(name): 200 was not sent again for \(pause)" : nil
    }
}
