// REGISTER and SUBSCRIBE as they come from the endpoint. They come on its event loop, so the handlers return at once
// and the work is done in Tasks, of which there are only so many.

internal import Logging
internal import Mailboxes
public import SIP

extension Phones {
    private static let busy = HeaderField("Retry-After", "5")

    // MARK: REGISTER

    /// Answers a REGISTER (F1). Returns at once.
    public func register(_ incoming: IncomingRequest) {
        work(.init(isRegistration: true, hasCredentials: incoming.request.hasCredentials)) {
            await self.answer(incoming)
        } orSendAway: { pause in
            incoming.respond(incoming.request.answer(503, [pause]))
        }
    }

    private func answer(_ incoming: IncomingRequest) async {
        let request = incoming.request
        let account: Extension
        switch await gatekeeper.admit(request, by: incoming.flow) {
        case .phone(let phone), .peer(_, _, let phone?): account = phone
        case .challenge(let headers): return incoming.respond(request.answer(401, headers))
        case .peer: return incoming.respond(request.answer(403))
        case .reject(let status, let headers): return incoming.respond(request.answer(status, headers))
        }
        await registrations.register(request, of: account, by: incoming.flow) { outcome in
            var response = request.answer(outcome.status, outcome.headers)
            response.head.contacts = outcome.contacts
            incoming.respond(response)
            if let change = outcome.change { await tellLamps(of: account, change) }
        }
    }

    // MARK: SUBSCRIBE

    /// Answers a SUBSCRIBE outside a dialog (F2). Returns at once.
    public func subscribe(_ incoming: IncomingSubscribe) {
        work(.init(isRegistration: false, hasCredentials: incoming.request.hasCredentials)) {
            await self.answer(incoming)
        } orSendAway: { pause in
            incoming.reject(503, headers: [pause])
        }
    }

    private func answer(_ incoming: IncomingSubscribe) async {
        let expires: Int
        switch rules.judge(incoming.request) {
        case .refused(let status, let headers): return incoming.reject(status, headers: headers)
        case .granted(let seconds): expires = seconds
        }
        let account: Extension
        switch await gatekeeper.admit(incoming.request, by: incoming.flow) {
        case .phone(let phone), .peer(_, _, let phone?): account = phone
        case .challenge(let headers): return incoming.reject(401, headers: headers)
        case .peer: return incoming.reject(403)
        case .reject(let status, let headers): return incoming.reject(status, headers: headers)
        }
        do {
            try await subscribe(account, by: incoming, expires: expires)
        } catch {
            logger.error("A mailbox was not found out", metadata: ["error": "\(error)"])
            incoming.reject(503, headers: [Self.busy])
        }
    }

    private func subscribe(_ account: Extension, by incoming: IncomingSubscribe, expires: Int) async throws {
        let uri = incoming.request.uri
        var display = try await display(of: account)
        let resource = rules.resource(of: uri, for: account)
        if uri.host != account.domain, try await store.organisation(domain: uri.host) != nil {
            return incoming.reject(403)
        }
        if case .mailbox(let number) = resource {
            guard let mailbox = try await store.mailbox(number: number, domain: account.domain) else {
                return incoming.reject(404)
            }
            guard mayWatch(mailbox, account) else { return incoming.reject(403) }
            display.mailboxes = [mailbox.id]
            display.messageAccount = "sip:\(number)@\(account.domain)"
        }
        let contact: SIPURI? =
            if case .address(let address) = incoming.request.head.contacts.first { address.uri } else { nil }
        let shown = display
        await lamps.subscribed(incoming, expires: expires) { id in
            LampSubscription(
                id: id, account: account.id, display: shown, isOwn: resource == .own, contact: contact,
                flow: incoming.flow, isProxied: incoming.request.head.vias.count > 1)
        }
    }
}

extension SIPRequest {
    fileprivate var hasCredentials: Bool { head["Authorization"] != nil }

    fileprivate func answer(_ status: Int, _ headers: [HeaderField] = []) -> SIPResponse {
        var response = response(status)
        response.head.other += headers
        return response
    }
}
