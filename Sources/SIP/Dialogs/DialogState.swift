// What a dialog knows of its two ends (RFC 3261 §12): whom its requests go to, by which route, and in which order
// requests count. INVITE dialogs and subscriptions are built on it.

struct DialogState: Sendable {
    let id: DialogID
    /// From of our requests.
    let local: NameAddress
    /// To of our requests.
    private let remote: NameAddress
    /// Our Contact in this dialog.
    let contact: NameAddress
    private(set) var remoteTarget: SIPURI
    let routeSet: [NameAddress]
    private var localSequence: UInt32 = 0
    /// Nil until the peer has sent a request.
    private var remoteSequence: UInt32?

    /// The side that answers the request which makes the dialog (RFC 3261 §12.1.1).
    /// - Returns: nil when it names no Contact that requests could go to. A caller of RFC 2543 needs none: its requests
    ///   go to its From (RFC 4475 §3.4.1).
    init?(answering request: SIPRequest, localTag: String, contact: NameAddress) {
        guard let target = request.head.contacts.first?.address ?? request.legacyTarget else { return nil }
        let fromTag = request.head.from.tag
        id = DialogID(callID: request.head.callID, localTag: localTag, remoteTag: fromTag ?? "")
        local = NameAddress(
            displayName: request.head.to.displayName, uri: request.head.to.uri,
            parameters: [Parameters.Entry("tag", localTag)])
        remote = NameAddress(
            displayName: request.head.from.displayName, uri: request.head.from.uri,
            parameters: fromTag.map { [Parameters.Entry("tag", $0)] } ?? [])
        self.contact = contact
        remoteTarget = target.uri
        routeSet = request.head.recordRoutes
        remoteSequence = request.head.cseq.number
    }

    /// The side that has made the dialog by `invite`, as a 2xx confirms it (RFC 3261 §12.1.2). A 2xx without a Contact
    /// that requests could go to must have its ACK and BYE too: they go where the INVITE went.
    init(confirming response: SIPResponse, to invite: SIPRequest) {
        id = DialogID(
            callID: invite.head.callID, localTag: invite.head.from.tag ?? "", remoteTag: response.head.to.tag ?? "")
        local = invite.head.from
        remote = NameAddress(
            displayName: invite.head.to.displayName, uri: invite.head.to.uri,
            parameters: response.head.to.tag.map { [Parameters.Entry("tag", $0)] } ?? [])
        contact = invite.head.contacts.lazy.compactMap(\.address).first ?? NameAddress(uri: invite.head.from.uri)
        remoteTarget =
            response.head.contacts.lazy.compactMap(\.address).map(\.uri).first { $0.scheme.isSIP } ?? invite.uri
        routeSet = response.head.recordRoutes.reversed()
        localSequence = invite.head.cseq.number
    }

    /// The notifier's side of a subscription that was kept over a restart.
    /// - Parameter skipped: CSeq numbers that may have been used since it was kept.
    /// - Returns: nil when it cannot be read, or is out of numbers (RFC 3261 §8.1.1.5).
    init?(_ kept: KeptSubscription, skipping skipped: UInt32) {
        let (sequence, overflows) = kept.localSequence.addingReportingOverflow(skipped)
        guard !overflows, sequence < 1 << 30, let local = try? NameAddress(parsing: kept.local),
            let remote = try? NameAddress(parsing: kept.remote), let contact = try? NameAddress(parsing: kept.contact),
            let target = kept.remoteTarget, let routes = try? kept.routes.map({ try NameAddress(parsing: $0) })
        else { return nil }
        id = kept.id
        (self.local, self.remote, self.contact) = (local, remote, contact)
        remoteTarget = target
        routeSet = routes
        localSequence = sequence
        remoteSequence = kept.remoteSequence
    }

    /// As it can be kept.
    func kept(event: String, path: DialogPath) -> KeptSubscription {
        KeptSubscription(
            id: id, local: local.description, remote: remote.description, contact: contact.description,
            target: remoteTarget.description, routes: routeSet.map(\.description),
            localSequence: localSequence, remoteSequence: remoteSequence, event: event, flow: path.flow,
            isProxied: path.isProxied, isSymmetric: path.isSymmetric)
    }

    /// Whether a request is in order; if so it is the new mark for those behind it (RFC 3261 §12.2.2). The same number
    /// again in a new transaction is out of order too: it would be run twice.
    mutating func admits(_ request: SIPRequest) -> Bool {
        if let remoteSequence, request.head.cseq.number <= remoteSequence { return false }
        remoteSequence = request.head.cseq.number
        return true
    }

    /// For a re-INVITE, UPDATE or SUBSCRIBE that has been accepted (RFC 3261 §12.2.2).
    mutating func refreshTarget(by request: SIPRequest) {
        if case .address(let target)? = request.head.contacts.first { remoteTarget = target.uri }
    }

    /// The same for our own re-INVITE or UPDATE (RFC 3261 §12.2.1.2).
    mutating func refreshTarget(by response: SIPResponse) {
        if case .address(let target)? = response.head.contacts.first, target.uri.scheme.isSIP {
            remoteTarget = target.uri
        }
    }

    /// Where our requests go first: a route's URI or the remote target.
    var nextHop: SIPURI { routeSet.first?.uri ?? remoteTarget }

    /// A request inside the dialog, without Via (RFC 3261 §12.2.1.1).
    mutating func request(_ method: Method) -> SIPRequest {
        localSequence += 1
        return request(method, number: localSequence)
    }

    /// The ACK of a 2xx to the INVITE with this CSeq number, without Via (RFC 3261 §13.2.2.4).
    func acknowledgement(of number: UInt32) -> SIPRequest { request(.ack, number: number) }

    private func request(_ method: Method, number: UInt32) -> SIPRequest {
        var head = MessageHead(from: local, to: remote, callID: id.callID, cseq: CSeq(number, method))
        head.contacts = [.address(contact)]
        guard let first = routeSet.first, !first.uri.parameters.contains("lr") else {
            var request = SIPRequest(method, uri: remoteTarget, head: head)
            request.routes = routeSet
            return request
        }
        // A strict router takes its own URI as the Request-URI and finds the target at the end of the route.
        var uri = first.uri
        uri.headers = nil
        uri.parameters["method"] = nil
        var request = SIPRequest(method, uri: uri, head: head)
        request.routes = routeSet.dropFirst() + [NameAddress(uri: remoteTarget)]
        return request
    }
}

extension SIPRequest {
    fileprivate var legacyTarget: NameAddress? {
        guard method == .invite, ServerTransactionKey(self)?.isLegacy == true, head.contacts.isEmpty,
            head.from.uri.scheme.isSIP
        else { return nil }
        return head.from
    }
}
