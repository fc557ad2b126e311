// The second leg of a bridged call (B1, C7): a call that we make and its media session, from its INVITE until either
// side hangs up. Hold and other offers of the far side are answered here; what the near side has to know is told.

import CallControl
import Logging
import Media
import SIP

actor FarLeg {
    enum State: Sendable, Hashable {
        case calling
        /// The far side is heard before it has answered.
        case earlyMedia
        /// With what it plays in.
        case answered(Codec)
        case failed(TransferFailure)
        /// Nothing is left of a leg that had been answered.
        case over
    }

    enum Event: Sendable {
        case state(State)
        case key(Key)
    }

    nonisolated let media: MediaSession
    private let capabilities: MediaCapabilities
    private let offer: SessionDescription
    private let logger: Logger
    private let tell: @Sendable (Event) async -> Void
    private var state = State.calling
    private var negotiation: Negotiation?
    /// Of the first agreement, which the media session keeps to.
    private var codec: Codec?
    private var call: OutgoingCall?
    private var dialog: InviteDialog?
    private var isClosed = false

    /// - Parameters:
    ///   - capabilities: with the codec of the near leg first, so that nothing need be transcoded.
    ///   - tell: hears what happens, in its order; not called after `close()`.
    init(
        media: MediaSession, capabilities: MediaCapabilities, logger: Logger,
        tell: @escaping @Sendable (Event) async -> Void
    ) {
        self.media = media
        self.logger = logger
        self.tell = tell
        self.capabilities = capabilities
        offer = SDPNegotiation.offer(with: capabilities)
    }

    /// Calls; returns at once.
    func place(_ route: Route, to: NameAddress, from: NameAddress, by endpoint: SIPEndpoint, ringLimit: Duration) async
    {
        let invite = OutgoingInvite(
            target: route.target, routes: route.routes, to: to, from: from, offer: offer, ringLimit: ringLimit)
        let call = await endpoint.invite(invite, over: route.flow)
        guard !isClosed else { return call.cancel() }
        self.call = call
        Task { for await event in media.events { await self.heard(event) } }
        Task { for await progress in call.progress { await self.progressed(progress) } }
    }

    /// Gives up or hangs up, whatever it has come to.
    func close() {
        isClosed = true
        call?.cancel()
        dialog?.hangUp()
        media.close()
    }

    // MARK: What happens to the leg

    private func progressed(_ progress: CallProgress) async {
        switch progress {
        case .ringing(_, let description):
            guard state == .calling, let description, agree(on: description) else { return }
            await become(.earlyMedia)
        case .answered(let description, let dialog):
            guard !isClosed else { return dialog.hangUp() }
            self.dialog = dialog
            Task { for await event in dialog.events { await self.signalled(event) } }
            // Without a description it stays with that of the early media (RFC 3261 §13.2.1).
            let isAgreed = description.map(agree) ?? true
            guard isAgreed, let codec else {
                logger.notice("the far side's answer does not fit")
                return await become(.failed(.refused))
            }
            // Only now does silence begin to count.
            restart()
            await become(.answered(codec))
        case .failed(let status):
            logger.notice("the call to the far side failed", metadata: ["status": "\(status)"])
            await become(.failed(TransferFailure(status: status)))
        }
    }

    private func agree(on answer: SessionDescription) -> Bool {
        guard let agreement = try? SDPNegotiation.agreement(offered: offer, answer: answer),
            let negotiation = Negotiation(agreement, capabilities)
        else { return false }
        self.negotiation = negotiation
        codec = codec ?? negotiation.codec
        media.start(negotiation.parameters)
        return true
    }

    private func signalled(_ event: DialogEvent) async {
        switch event {
        case .acknowledged(let answer):
            guard let answer else { return }
            guard negotiation?.complete(with: answer) == true else { return await become(.over) }
            restart()
        case .offer(let offer, let reply):
            guard let description = negotiation?.answer(to: offer) else { return reply.reject(488) }
            if offer != nil { restart() }
            reply.accept(description)
        case .info(let contentType, let body):
            if let key = InfoDigit.key(contentType: contentType, body: body) { media.press(key.rawValue) }
        case .accepted, .referred: break
        case .ended: await become(.over)
        }
    }

    private func restart() {
        if let negotiation { media.start(negotiation.parameters) }
    }

    private func heard(_ event: MediaEvent) async {
        switch event {
        case .digit(let character):
            // Without telephone events the tone itself is on its way through the bridge.
            guard case .answered = state, negotiation?.parameters.telephoneEvent != nil,
                let key = Key(rawValue: character), !isClosed
            else { return }
            await tell(.key(key))
        case .rtpTimeout:
            guard case .answered = state else { return }
            logger.notice("no media from the far side")
            await become(.over)
        default: break
        }
    }

    private func become(_ new: State) async {
        switch state {
        case .failed, .over: return
        case .calling, .earlyMedia, .answered: break
        }
        guard !isClosed else { return }
        state = new
        await tell(.state(new))
    }
}
