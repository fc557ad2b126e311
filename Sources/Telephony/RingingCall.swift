// A call that has not been answered: rejecting it costs a response; answering it takes a media session, comes to
// an agreement about codecs and gives the live call.

internal import CallControl
internal import Logging
internal import Media
internal import SIP

final class RingingCall: IncomingCall {
    let invitation: Invitation
    private let invite: IncomingInvite
    private let equipment: Equipment
    private let logger: Logger
    private let answered: Answered

    init(_ invite: IncomingInvite, as invitation: Invitation, equipment: Equipment, logger: Logger, answered: Answered)
    {
        self.invite = invite
        self.invitation = invitation
        self.equipment = equipment
        self.logger = logger
        self.answered = answered
    }

    func reject(_ rejection: Rejection) async { invite.reject(rejection.rawValue) }

    func answer(early: Bool) async throws(CallEnded) -> any AnsweredCall {
        let session: MediaSession
        do {
            session = try equipment.media.open(on: invite.flow.local.host)
        } catch {
            logger.error("no media session", metadata: ["reason": "\(error)"])
            invite.reject(503, headers: [HeaderField("Retry-After", "10")])
            throw CallEnded(.failure)
        }
        let capabilities = equipment.terms.capabilities(
            with: Party(
                account: invitation.account, domain: invitation.domain, address: invite.flow.remote.host),
            over: invite.flow, address: invite.mediaHost, port: session.localPort)
        do throws(CallEnded) {
            // Without an offer there is nothing to answer early: such a call is answered at once.
            let call =
                try await invite.needsOffer
                ? offer(capabilities, session) : accept(capabilities, session, early: early)
            call.connect()
            await answered.call(call)
            return call
        } catch {
            session.close()
            throw error
        }
    }

    /// The usual way: the offer is in the INVITE, the answer in our 200, or in our 183.
    private func accept(
        _ capabilities: MediaCapabilities, _ session: MediaSession, early: Bool
    ) async throws(CallEnded) -> LiveCall {
        guard let offer = try? SessionDescription(parsing: invite.request.head.body),
            let (answer, agreement) = try? SDPNegotiation.answer(to: offer, with: capabilities),
            let negotiation = Negotiation(agreement, capabilities)
        else {
            invite.reject(488)
            throw CallEnded(.failure)
        }
        // Ready before the answer goes out: some phones send their first packets at once.
        session.start(negotiation.parameters)
        let dialog = await early ? invite.progress(sdp: answer) : invite.answer(sdp: answer)
        guard let dialog else { throw CallEnded(.cancelled) }
        return live(negotiation, dialog, session, isAccepted: !early)
    }

    /// The late offer: ours is in the 200, the answer in the ACK (RFC 3261 §13.2.1).
    private func offer(_ capabilities: MediaCapabilities, _ session: MediaSession) async throws(CallEnded) -> LiveCall {
        let offer = SDPNegotiation.offer(with: capabilities)
        guard let dialog = await invite.answer(sdp: offer) else { throw CallEnded(.cancelled) }
        await answered.awaitsAnswer(dialog)
        for await event in dialog.events {
            guard case .acknowledged(let answer?) = event,
                let agreement = try? SDPNegotiation.agreement(offered: offer, answer: answer),
                let negotiation = Negotiation(agreement, capabilities)
            else { break }
            session.start(negotiation.parameters)
            return live(negotiation, dialog, session)
        }
        logger.notice("the late offer was not answered with anything that fits")
        dialog.hangUp()
        throw CallEnded(.failure)
    }

    private func live(
        _ negotiation: Negotiation, _ dialog: InviteDialog, _ session: MediaSession, isAccepted: Bool = true
    ) -> LiveCall {
        LiveCall(
            invitation: invitation, negotiation: negotiation, dialog: dialog, isAccepted: isAccepted, trunk: trunk,
            media: session, equipment: equipment, logger: logger)
    }

    /// Where a peer that is no phone of ours takes calls. Behind a proxy the Contact is that of a phone, which finds
    /// other numbers of its domain by the proxy.
    private var trunk: SIPURI? {
        guard !invitation.isAccountProven, case .address(let contact)? = invite.request.head.contacts.first else {
            return nil
        }
        return invite.request.head.vias.count > 1 ? SIPURI(host: invitation.domain) : contact.uri
    }
}

/// Where a call is put when it has been answered, so that whoever runs its flow can end it.
actor Answered {
    private(set) var call: LiveCall?
    /// A late offer of ours that the caller has still to answer.
    private var unanswered: InviteDialog?

    private var isStopped = false

    func call(_ call: LiveCall) async {
        self.call = call
        if isStopped { await call.end(.shutdown) }
    }

    func awaitsAnswer(_ dialog: InviteDialog) {
        unanswered = dialog
        if isStopped { dialog.hangUp() }
    }

    /// Because the system stops.
    func end() async {
        isStopped = true
        if let call { await call.end(.shutdown) } else { unanswered?.hangUp() }
    }
}
