// What a SUBSCRIBE has to be before anyone is asked who sent it, and whose mailbox it means (RFC 6665 §4.2.1,
// RFC 3842 §3, F2, F4): pure.

internal import Mailboxes
internal import SIP

struct SubscribeRules: Sendable {
    enum Verdict: Hashable, Sendable {
        /// Seconds to grant; 0 is a fetch or the end of a subscription that there is not.
        case granted(expires: Int)
        case refused(status: Int, headers: [HeaderField] = [])
    }

    enum Resource: Hashable, Sendable {
        case own
        /// Another mailbox of the same organisation.
        case mailbox(number: String)
    }

    static let package = "message-summary"
    /// Names what there is to subscribe to, in a 489 (RFC 6665 §8.2.2).
    static let allowEvents = HeaderField("Allow-Events", package)

    var limits: LampLimits
    var pilotNumbers: [String]

    func judge(_ request: SIPRequest) -> Verdict {
        guard let event = request.head["Event"], firstToken(event) == Self.package else {
            return .refused(status: 489, headers: [Self.allowEvents])
        }
        guard accepts(request.head) else {
            return .refused(status: 406, headers: [HeaderField("Accept", MessageSummary.contentType)])
        }
        guard let text = request.head["Expires"] else { return .granted(expires: limits.defaultExpiry) }
        guard let expires = deltaSeconds(text) else { return .refused(status: 400) }
        guard expires == 0 || expires >= limits.minimumExpiry else {
            return .refused(status: 423, headers: [HeaderField("Min-Expires", String(limits.minimumExpiry))])
        }
        return .granted(expires: min(expires, limits.maximumExpiry))
    }

    /// Some phones name no user, some the number that they dial to hear messages: both mean their own mailbox.
    func resource(of uri: SIPURI, for account: Extension) -> Resource {
        guard let number = uri.number, number != account.number, !pilotNumbers.contains(number) else { return .own }
        return .mailbox(number: number)
    }

    /// No Accept means the package's own type (RFC 3842 §3.6).
    private func accepts(_ head: MessageHead) -> Bool {
        guard head["Accept"] != nil else { return true }
        return head.tokens(of: "Accept").contains { type in
            [MessageSummary.contentType, "application/*", "*/*"].contains(firstToken(type))
        }
    }

    /// What stands before the parameters, in lower case.
    private func firstToken(_ value: String) -> String {
        String(value.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }).lowercased()
    }
}
