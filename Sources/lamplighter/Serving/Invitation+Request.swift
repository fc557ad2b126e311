// What an INVITE says about its call, by who vouches for it: a phone's identity comes from its account, a trusted
// peer's from P-Asserted-Identity (RFC 3325) or else From. Nobody else's is believed.

import CallControl
import Logging
import Mailboxes
import SIP

extension Invitation {
    init(_ call: IncomingInvite, from account: Extension) {
        self.init(call, domain: account.domain)
        fields.account = account.number
        fields.isAccountProven = true
        if !call.request.head.from.uri.isAnonymous {
            fields.callerNumber = account.number
            fields.callerName = account.displayName ?? call.request.head.from.displayName
        }
        fields.source = "\(account.number)@\(account.domain)"
        fields.address = call.flow.remote.host
    }

    /// - Parameter account: whose phone it is, as the peer says.
    init(_ call: IncomingInvite, fromPeerOf domain: String, vouchingFor account: Extension?) {
        self.init(call, domain: domain)
        let head = call.request.head
        // RFC 4240 §3.1: "es_ES", as media servers are told; a mailbox's own language waits behind it.
        fields.language = call.request.uri.parameters["locale"]?.replacing("_", with: "-")
        fields.account = account?.number
        let identity = head.assertedIdentities.first ?? head.from
        let number = identity.uri.isAnonymous ? nil : identity.uri.number
        if !head.withholdsIdentity {
            fields.callerNumber = account?.number ?? number
            fields.callerName = identity.displayName ?? account?.displayName
        }
        // All calls of a trunk have its address: one caller's wrong PINs must not lock the others out.
        fields.source = account.map { "\($0.number)@\(domain)" } ?? "\(call.flow.remote.host) \(number ?? "anonymous")"
    }

    private init(_ call: IncomingInvite, domain: String) {
        self.init(
            callID: call.request.head.callID, dialled: call.request.uri.user ?? "", domain: domain,
            source: call.flow.remote.host)
    }

    var logFields: Logger.Metadata {
        [
            "call-id": "\(fields.callID)", "dialled": "\(fields.dialled)", "caller": "\(fields.callerNumber ?? "-")",
            "from": "\(fields.source)",
        ].merging(fields.diversion.map { ["diverted": "\($0.number) \($0.reason)"] } ?? [:]) { $1 }
    }
}
