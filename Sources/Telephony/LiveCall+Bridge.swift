// Passing a caller on by a second leg (B1, C7). While it rings there the caller hears ringing, or what the far side
// sends; when it is answered the two are joined; when it is not, the caller is back with the flow.

internal import CallControl
internal import Logging
internal import Media
internal import SIP

extension LiveCall {
    /// The second leg of this call and what is known of it.
    struct Bridge {
        let leg: FarLeg
        var state = FarLeg.State.calling
        /// What the caller hears meanwhile.
        var ringing: PlaybackID?
        var isJoined = false
        var wasAnswered = false
    }

    func bridge(to number: String, _ route: Route?) async throws(CallEnded) -> TransferFailure {
        guard let route, let endpoint = equipment.endpoint else { return .noRoute }
        let session: MediaSession
        do {
            session = try equipment.media.open(on: route.flow.local.host)
        } catch {
            logger.error("no media session for the far side", metadata: ["reason": "\(error)"])
            return .refused
        }
        let party = Party(account: number, domain: invitation.domain, address: route.flow.remote.host)
        let capabilities = equipment.terms.capabilities(
            with: party, over: route.flow, address: endpoint.mediaHost(for: route.flow), port: session.localPort,
            first: codec)
        let leg = FarLeg(media: session, capabilities: capabilities, logger: logger) { [weak self] in
            await self?.told($0)
        }
        bridge = Bridge(leg: leg)
        let to = NameAddress(uri: SIPURI(user: number, host: invitation.domain))
        await leg.place(route, to: to, from: caller, by: endpoint, ringLimit: equipment.ringLimit)
        let failure = await watchBridge()
        let wasAnswered = bridge?.wasAnswered ?? false
        bridge = nil
        await leg.close()
        media.disconnect()
        if let failure {
            forgetKeys()
            return failure
        }
        if wasAnswered { end(.transferred) }
        throw CallEnded(wasAnswered ? .transferred : ended ?? .failure)
    }

    /// Waits for the end of the bridge.
    /// - Returns: nil when the call is over.
    private func watchBridge() async -> TransferFailure? {
        while ended == nil, let state = bridge?.state {
            switch state {
            case .calling: ring()
            case .earlyMedia, .answered:
                guard join() else { return .refused }
            case .failed(let failure):
                silence()
                return failure
            case .over: return nil
            }
            await somethingHappens()
        }
        return nil
    }

    /// Rings for as long as it takes: another round whenever the last one runs out.
    private func ring() {
        if bridge?.ringing == nil {
            let id = beginPlayback()
            bridge?.ringing = id
            media.play(id, [Tones.ringing(codec)], ends: false)
        } else if let id = takePlaybackHunger() {
            media.append(id, [Tones.ringing(codec)], ends: false)
        }
    }

    private func silence() {
        guard bridge?.ringing != nil else { return }
        bridge?.ringing = nil
        endPlayback()
        media.stopPlaying()
    }

    /// - Returns: false when the media threads are too busy.
    private func join() -> Bool {
        silence()
        guard let bridge, !bridge.isJoined else { return true }
        self.bridge?.isJoined = media.connect(to: bridge.leg.media)
        return self.bridge?.isJoined ?? true
    }

    private func told(_ event: FarLeg.Event) {
        switch event {
        case .state(let state):
            bridge?.state = state
            if case .answered = state { bridge?.wasAnswered = true }
        case .key(let key):
            guard bridge != nil, let tone = Tones.key(key, codec) else { return }
            media.play(beginPlayback(), [tone])
            endPlayback()
        }
        wake()
    }

    /// Lets the far side hear a key that the caller presses, as a tone: it may have agreed on no other way.
    /// - Returns: false when nobody is there.
    func passOn(_ key: Key) -> Bool {
        guard let bridge, case .answered(let codec) = bridge.state else { return false }
        // Without telephone events the tone itself is on its way through the bridge.
        if hasTelephoneEvents, let tone = Tones.key(key, codec) {
            bridge.leg.media.play(beginPlayback(), [tone])
            endPlayback()
        }
        return true
    }

    /// Who calls, as the far side may know it.
    private var caller: NameAddress {
        guard let number = invitation.callerNumber else {
            return NameAddress(
                displayName: "Anonymous", uri: SIPURI(user: "anonymous", host: "anonymous.invalid"))
        }
        return NameAddress(
            displayName: invitation.callerName, uri: SIPURI(user: number, host: invitation.domain))
    }
}
