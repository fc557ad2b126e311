// Passing the peer of a dialog on to somebody else (B1): REFER (RFC 3515) asks it to call there, and its NOTIFYs tell
// what came of that (RFC 6665). The dialog stays as it is, so that a call that was not taken there goes on here.

/// What came of a REFER.
public enum ReferralOutcome: Sendable, Hashable {
    /// The peer has reached the target, or has taken the matter over.
    case transferred
    /// The status that the target or the peer itself refused with; 408 when the peer said nothing at all.
    case failed(status: Int)
}

struct Referral: Sendable {
    /// Not sent before our 2xx is acknowledged.
    var waiting: SIPRequest?
    /// CSeq of the REFER: the id of its subscription (RFC 3515 §2.4.6).
    let number: UInt32
    var isAccepted = false
    /// When a peer that tells nothing any more counts as done.
    var end: Duration?
}

extension InviteSession {
    /// How long a peer that has accepted a REFER may take to its first NOTIFY, and from one to the next: as long as
    /// a telephone rings.
    private static let firstNotice = Duration.seconds(10)
    private static let nextNotice = Duration.seconds(90)

    mutating func refer(to target: NameAddress) -> [Action] {
        guard referral == nil else { return [] }
        var request = dialog.request(.refer)
        let referrer = NameAddress(uri: dialog.local.uri)
        request.head.other += [
            HeaderField("Refer-To", target.description), HeaderField("Referred-By", referrer.description),
        ]
        referral = Referral(waiting: request, number: request.head.cseq.number)
        return sendReferral()
    }

    /// Once the caller is known to be in the call.
    mutating func sendReferral() -> [Action] {
        guard unacknowledged == nil, let request = referral?.waiting else { return [] }
        referral?.waiting = nil
        return [.refer(request)]
    }

    mutating func referAnswered(_ status: Int?, now: Duration) -> [Action] {
        guard let referral, referral.waiting == nil else { return [] }
        guard let status, (200...299).contains(status) else { return settleReferral(.failed(status: status ?? 408)) }
        // A NOTIFY may have overtaken it.
        guard !referral.isAccepted else { return [] }
        self.referral?.isAccepted = true
        self.referral?.end = now + Self.firstNotice
        return []
    }

    mutating func notified(_ request: SIPRequest, _ key: ServerTransactionKey, now: Duration) -> [Action] {
        guard let referral, referral.waiting == nil else { return [.respond(request.response(481), key)] }
        let event = TokenField(request.head["event"])
        guard event.value == "refer" else { return [.respond(request.response(489), key)] }
        guard event["id"].map({ $0 == String(referral.number) }) ?? true else {
            return [.respond(request.response(481), key)]
        }
        let taken = Action.respond(request.response(200), key)
        let state = TokenField(request.head["subscription-state"])
        if let status = request.reportedStatus, status >= 200 {
            return [taken] + settleReferral(status < 300 ? .transferred : .failed(status: status))
        }
        if state.value == "terminated" {
            let isRejected = state["reason"] == "rejected"
            return [taken] + settleReferral(isRejected ? .failed(status: 603) : .transferred)
        }
        self.referral?.isAccepted = true
        self.referral?.end = now + Self.nextNotice
        return [taken]
    }

    mutating func expireReferral(_ now: Duration) -> [Action] {
        guard let end = referral?.end, now >= end else { return [] }
        return settleReferral(.transferred)
    }

    /// A peer that has accepted and then hangs up has gone where it was sent.
    mutating func leftByReferral() -> [Action] {
        referral?.isAccepted == true ? settleReferral(.transferred) : []
    }

    private mutating func settleReferral(_ outcome: ReferralOutcome) -> [Action] {
        referral = nil
        return [.referred(outcome)]
    }
}

extension SIPRequest {
    /// The status line of a `message/sipfrag` body (RFC 3420, RFC 3515 §2.4.5).
    fileprivate var reportedStatus: Int? {
        guard contentType == "message/sipfrag",
            case .response(let status, _)? = StartLine(MessageSections(head.body + Array("\r\n\r\n".utf8)))
        else { return nil }
        return status
    }
}

/// A header value of the form `token;name=value`, such as Event and Subscription-State (RFC 6665 §8.4), in lower case.
private struct TokenField {
    let value: String
    private let parameters: [Substring: Substring]

    init(_ text: String?) {
        let parts = (text ?? "").lowercased().split(separator: ";").map { $0.filter { !$0.isWhitespace } }
        value = parts.first ?? ""
        let pairs = parts.dropFirst().map { $0.split(separator: "=", maxSplits: 1) }.filter { $0.count == 2 }
        parameters = Dictionary(pairs.map { ($0[0], $0[1]) }) { first, _ in first }
    }

    subscript(name: Substring) -> Substring? { parameters[name] }
}
