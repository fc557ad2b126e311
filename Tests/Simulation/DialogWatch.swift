// Looks at all that the server sends: its requests in a dialog count up, and a 200 to an INVITE that is sent again is so
// in time, and for 32 s at most.

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

    /// - Returns: what is wrong.
    mutating func look(at datagram: Datagram, to address: HostPort, now: Duration) -> String? {
        switch datagram.message {
        case .request(let request): look(at: request)
        case .response(let response) where response.head.cseq.method == .invite && response.status / 100 == 2:
            look(at: response, now: now)
        default: nil
        }
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
        let name = "\(response.head.callID) \(response.head.to.tag ?? "") \(response.head.cseq.number)"
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
