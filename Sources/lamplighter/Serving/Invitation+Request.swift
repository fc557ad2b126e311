// What an INVITE says about its call, by who vouches for it: a phone's identity comes from its account, a trusted
// peer's from P-Asserted-Identity (RFC 3325) or else From. Nobody else's is believed.

import CallControl
import Logging
import Mailboxes
import SIP

extension Invitation {
    init(_ call: IncomingInvite, from account: Extension) {
        self.init(call, domain: account.domain)
        self.account = account.number
        if !call.request.head.from.uri.isAnonymous {
            callerNumber = account.number
            callerName = account.displayName ?? call.request.head.from.displayName
        }
        source = "\(account.number)@\(account.domain)"
        address = call.flow.remote.host
    }

    init(_ call: IncomingInvite, fromPeerOf domain: String) {
        self.init(call, domain: domain)
        let head = call.request.head
        // RFC 4240 §3.1: "es_ES", as media servers are told; a mailbox's own language waits behind it.
        language = call.request.uri.parameters["locale"]?.replacing("_", with: "-")
        let asserted = head["P-Asserted-Identity"].flatMap { try? NameAddress(parsing: $0) }
        let identity = asserted ?? head.from
        callerNumber = identity.uri.isAnonymous ? nil : identity.uri.user
        callerName = identity.displayName
        // All calls of a trunk have its address: one caller's wrong PINs must not lock the others out.
        source = "\(call.flow.remote.host) \(callerNumber ?? "anonymous")"
    }

    private init(_ call: IncomingInvite, domain: String) {
        self.init(
            callID: call.request.head.callID, dialled: call.request.uri.user ?? "", domain: domain,
            source: call.flow.remote.host)
    }

    var logFields: Logger.Metadata {
        ["call-id": "\(callID)", "dialled": "\(dialled)", "caller": "\(callerNumber ?? "-")", "from": "\(source)"]
            .merging(diversion.map { ["diverted": "\($0.number) \($0.reason)"] } ?? [:]) { $1 }
    }
}
