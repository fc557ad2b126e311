// Where every new request of the SIP endpoint arrives. Phones get REGISTER and SUBSCRIBE; a call is first
// admitted, then the number plan says what it is for, then the switchboard runs that with the call.

import CallControl
import Dialplan
import Foundation
import Logging
import Mailboxes
import Phones
import SIP
import Synchronization
import Telephony
import Voicemail

final class FrontDesk: SIPUser {
    private let phones: Phones
    private let store: any Store
    private let switchboard: Switchboard
    private let rules: Mutex<Rules>
    private let logger: Logger

    /// What calls go by; a call keeps what was in force when it came in.
    struct Rules {
        var plan: Dialplan
        var voicemail: VoicemailService
    }

    private struct Placed {
        var invitation: Invitation
        var application: Application
        var voicemail: VoicemailService
    }

    init(phones: Phones, store: any Store, switchboard: Switchboard, rules: Rules, logger: Logger) {
        self.phones = phones
        self.store = store
        self.switchboard = switchboard
        self.rules = Mutex(rules)
        self.logger = logger
    }

    func replaceRules(_ change: (inout Rules) -> Void) { rules.withLock { change(&$0) } }

    func received(_ request: IncomingRequest) { phones.register(request) }

    func received(_ subscription: IncomingSubscribe) { phones.subscribe(subscription) }

    func received(_ call: IncomingInvite) { Task { await take(call) } }

    /// Whoever is let in is served by a Task of its own: what admission needed for a moment, this Task keeps to its end.
    private func take(_ call: IncomingInvite) async {
        switch await phones.admit(call.request, by: call.flow) {
        case .phone(let account):
            let invitation = Invitation(call, from: account)
            Task { await connect(call, invitation, diversions: nil) }
        case .peer(_, let domain, let account):
            let invitation = Invitation(call, fromPeerOf: domain, vouchingFor: account)
            // Only a peer is believed when it says who diverted a call.
            let diversions = Diversions(of: call.request)
            Task { await connect(call, invitation, diversions: diversions) }
        case .challenge(let headers):
            call.reject(401, headers: headers)
        case .reject(let status, let headers):
            call.reject(status, headers: headers)
        }
    }

    private func connect(_ call: IncomingInvite, _ invitation: Invitation, diversions: Diversions?) async {
        guard let placed = await place(call, invitation, diversions) else { return }
        await switchboard.connect(call, as: placed.invitation) { incoming in
            await placed.voicemail.run(placed.application.name, arguments: placed.application.arguments, incoming)
        }
        logger.info("call over", metadata: placed.invitation.logFields)
    }

    /// What a call is for. Nil: for nothing, it was refused. A function of its own, as the frame of `connect` lasts as
    /// long as the call.
    @inline(never)
    private func place(_ call: IncomingInvite, _ invitation: Invitation, _ diversions: Diversions?) async -> Placed? {
        let rules = rules.withLock { $0 }
        let destination: Destination?
        do { destination = try await self.destination(of: invitation, diversions, rules.plan) } catch {
            logger.error("the store did not say whose call this is", metadata: ["error": "\(error)"])
            call.reject(503, headers: [HeaderField("Retry-After", "5")])
            return nil
        }
        guard let application = destination?.application else {
            logger.notice(
                "nothing has this number",
                metadata: invitation.logFields.merging(diversions?.logFields ?? [:]) { $1 })
            call.reject(404)
            return nil
        }
        var invitation = invitation
        invitation.diversion = destination?.diversion
        if let language = application.arguments["language"] { invitation.language = language }
        logger.info("call", metadata: invitation.logFields.merging(["application": "\(application.name)"]) { $1 })
        return Placed(invitation: invitation, application: application, voicemail: rules.voicemail)
    }

    private func destination(
        of invitation: Invitation, _ diversions: Diversions?, _ plan: Dialplan
    ) async throws -> Destination? {
        let dialled = plan.application(for: invitation.dialled, domain: invitation.domain)
        guard let diversions else { return dialled.map { Destination(application: $0) } }
        return try await DivertedCall(store: store, plan: plan, domain: invitation.domain)
            .destination(diversions, dialled: dialled, caller: invitation.callerNumber)
    }
}
