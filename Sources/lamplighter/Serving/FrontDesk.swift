// Where every new request of the SIP endpoint arrives. Phones get REGISTER and SUBSCRIBE; a call is first
// admitted, then the number plan says what it is for, then the switchboard runs that with the call.

import CallControl
import Dialplan
import Foundation
import Logging
import Phones
import SIP
import Synchronization
import Telephony
import Voicemail

final class FrontDesk: SIPUser {
    private let phones: Phones
    private let switchboard: Switchboard
    private let rules: Mutex<Rules>
    private let logger: Logger

    /// What calls go by; a call keeps what was in force when it came in.
    struct Rules {
        var plan: Dialplan
        var voicemail: VoicemailService
    }

    init(phones: Phones, switchboard: Switchboard, rules: Rules, logger: Logger) {
        self.phones = phones
        self.switchboard = switchboard
        self.rules = Mutex(rules)
        self.logger = logger
    }

    func replaceRules(_ change: (inout Rules) -> Void) { rules.withLock { change(&$0) } }

    func received(_ request: IncomingRequest) { phones.register(request) }

    func received(_ subscription: IncomingSubscribe) { phones.subscribe(subscription) }

    func received(_ call: IncomingInvite) { Task { await take(call) } }

    private func take(_ call: IncomingInvite) async {
        switch await phones.admit(call.request, by: call.flow) {
        case .phone(let account):
            await connect(call, Invitation(call, from: account))
        case .peer(_, let domain):
            await connect(call, Invitation(call, fromPeerOf: domain))
        case .challenge(let headers):
            call.reject(401, headers: headers)
        case .reject(let status, let headers):
            call.reject(status, headers: headers)
        }
    }

    private func connect(_ call: IncomingInvite, _ invitation: Invitation) async {
        let rules = rules.withLock { $0 }
        let application = rules.plan.application(for: invitation.dialled, domain: invitation.domain)
        guard let application else {
            logger.notice("nothing has this number", metadata: invitation.logFields)
            return call.reject(404)
        }
        logger.info("call", metadata: invitation.logFields.merging(["application": "\(application.name)"]) { $1 })
        await switchboard.connect(call, as: invitation) { incoming in
            await rules.voicemail.run(application.name, arguments: application.arguments, incoming)
        }
        logger.info("call over", metadata: invitation.logFields)
    }
}
