// A call that has not been answered: rejecting it costs a response; answering it takes a media session, comes to
// an agreement about codecs and gives the live call.

public import CallControl
internal import Logging
public import Media
internal import SIP

/// What all calls share.
public struct Equipment: Sendable {
    public var media: MediaEngine
    public var prompts: PromptLibrary
    /// What a caller hears whose call is ended because the system stops.
    public var farewell: Clip?
    /// Waits; a parameter, so that tests need no real time.
    public var sleep: @Sendable (Duration) async throws -> Void

    public init(
        media: MediaEngine, prompts: PromptLibrary, farewell: Clip? = nil,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.media = media
        self.prompts = prompts
        self.farewell = farewell
        self.sleep = sleep
    }
}

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
        let capabilities = MediaCapabilities(
            address: invite.flow.local.host, port: session.localPort, codecs: [.pcmu, .pcma],
            sessionID: UInt64.random(in: 1...0x7fff_ffff), version: 1)
        do throws(CallEnded) {
            let call = try await invite.needsOffer ? offer(capabilities, session) : accept(capabilities, session)
            call.connect()
            await answered.call(call)
            return call
        } catch {
            session.close()
            throw error
        }
    }

    /// The usual way: the offer is in the INVITE, the answer in our 200.
    private func accept(_ capabilities: MediaCapabilities, _ session: MediaSession) async throws(CallEnded) -> LiveCall
    {
        guard let offer = try? SessionDescription(parsing: invite.request.head.body),
            let (answer, agreement) = try? SDPNegotiation.answer(to: offer, with: capabilities),
            let negotiation = Negotiation(agreement, capabilities)
        else {
            invite.reject(488)
            throw CallEnded(.failure)
        }
        // Ready before the 200 goes out: some phones send their first packets at once.
        session.start(negotiation.parameters)
        guard let dialog = await invite.answer(sdp: answer) else { throw CallEnded(.cancelled) }
        return live(negotiation, dialog, session)
    }

    /// The late offer: ours is in the 200, the answer in the ACK (RFC 3261 §13.2.1).
    private func offer(_ capabilities: MediaCapabilities, _ session: MediaSession) async throws(CallEnded) -> LiveCall {
        let offer = SDPNegotiation.offer(with: capabilities)
        guard let dialog = await invite.answer(sdp: offer) else { throw CallEnded(.cancelled) }
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

    private func live(_ negotiation: Negotiation, _ dialog: InviteDialog, _ session: MediaSession) -> LiveCall {
        LiveCall(
            invitation: invitation, negotiation: negotiation, dialog: dialog, media: session, equipment: equipment,
            logger: logger)
    }
}

/// Where a call is put when it has been answered, so that whoever runs its flow can end it.
actor Answered {
    private(set) var call: LiveCall?
    func call(_ call: LiveCall) { self.call = call }
}
