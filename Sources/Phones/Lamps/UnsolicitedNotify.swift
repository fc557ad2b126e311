// A NOTIFY outside any subscription (F2, F4): what most phones take from the server they are registered with.

internal import SIP

enum UnsolicitedNotify {
    /// - Parameters:
    ///   - origin: our own Contact for the phone's flow.
    ///   - token: makes Call-ID and tag unique; at least 64 random bits as text.
    static func request(
        to contact: LampContact, summary: MessageSummary, state: String, origin: NameAddress, token: String
    ) -> SIPRequest {
        let owner = contact.owner.uri
        var head = MessageHead(
            from: NameAddress(uri: owner, parameters: [.init("tag", String(token.prefix(16)))]),
            to: NameAddress(uri: owner), callID: "\(token)@\(contact.owner.domain)", cseq: CSeq(1, .notify))
        head.contacts = [.address(origin)]
        head.other = [
            HeaderField("Event", SubscribeRules.package),
            HeaderField("Subscription-State", state),
            HeaderField("Content-Type", MessageSummary.contentType),
        ]
        head.body = summary.body
        var uri = contact.uri
        uri.headers = nil
        var request = SIPRequest(.notify, uri: uri, head: head)
        request.routes = contact.path
        return request
    }
}
