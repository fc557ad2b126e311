// An answered call, or one with early media: one SIP dialog and one media session, given to the flow as
// `AnsweredCall`. Events of both come in by two pumps and change the state here; the flow's Task, the only one that
// ever waits, is then woken and looks at what it was waiting for. Transfers are in LiveCall+Transfer.swift.

internal import Dispatch
import CallControl
import Logging
import Media
import SIP

actor LiveCall: AnsweredCall {
    nonisolated let invitation: Invitation
    nonisolated let encoding: AudioEncoding
    let codec: Codec
    let dialog: InviteDialog
    /// The trunk that sent the call; nil for a phone of ours.
    let trunk: SIPURI?
    let media: MediaSession
    let equipment: Equipment
    let logger: Logger
    private var negotiation: Negotiation

    private var typed = KeyBuffer()
    /// Whether the 200 has been sent; until then there is early media only.
    private var isAccepted: Bool
    private(set) var ended: CallEnded.Reason?
    /// What came of the last REFER.
    var referral: ReferralOutcome?
    /// The second leg of a caller who is passed on by one.
    var bridge: Bridge?
    private var waiter: CheckedContinuation<Void, Never>?
    private var alarms = 0
    private var alarmThatRang = 0
    private var lastPlayback: UInt64 = 0
    private var playback: Playback?
    private var recording: RecordingInProgress?
    /// In which prompts were said last.
    private var language = "en"

    private struct Playback {
        var id: PlaybackID
        var wantsMore = false
        /// Bytes heard, once it is over.
        var heard: Int?
    }

    private struct RecordingInProgress {
        /// Not yet handed to the sink.
        var chunks: [[UInt8]] = []
        var summary: RecordingSummary?
    }

    init(
        invitation: Invitation, negotiation: Negotiation, dialog: InviteDialog, isAccepted: Bool, trunk: SIPURI?,
        media: MediaSession, equipment: Equipment, logger: Logger
    ) {
        self.invitation = invitation
        self.isAccepted = isAccepted
        self.trunk = trunk
        self.negotiation = negotiation
        codec = negotiation.codec
        encoding = negotiation.encoding
        self.dialog = dialog
        self.media = media
        self.equipment = equipment
        self.logger = logger
    }

    /// Starts to listen to both sides. The pumps end when the dialog and the media session have ended.
    nonisolated func connect() {
        Task { for await event in media.events { await self.heard(event) } }
        Task {
            for await event in dialog.events { await self.signalled(event) }
            await self.end(.hangUp)
        }
    }

    // MARK: What the flow asks for

    func play(
        _ clips: [Clip], from offset: Duration, style: PlaybackStyle, interruptedBy keys: Set<Key>
    ) async throws(CallEnded) -> PlayOutcome {
        try stillThere()
        language = clips.compactMap(\.language).last ?? language
        if let key = typed.next(in: keys) { return PlayOutcome(key: key, position: offset) }
        var feed = ClipFeed(clips, from: offset, style: style, prompts: equipment.prompts, codec: codec)
        guard let first = await nextPiece(of: &feed) else { return PlayOutcome(position: offset) }
        lastPlayback += 1
        let id = PlaybackID(lastPlayback)
        playback = Playback(id: id, wantsMore: true)
        defer { playback = nil }
        media.play(id, [first], ends: false, stoppedBy: Set(keys.map(\.rawValue)))
        while true {
            try stillThere()
            if let heard = playback?.heard {
                return PlayOutcome(key: typed.next(in: keys), position: offset + feed.recorded(hearing: heard))
            }
            if playback?.wantsMore == true {
                playback?.wantsMore = false
                let piece = await nextPiece(of: &feed)
                media.append(id, piece.map { [$0] } ?? [], ends: piece == nil)
            } else {
                await somethingHappens()
            }
        }
    }

    /// A recording that cannot be read is heard as far as it can be; the call goes on.
    private func nextPiece(of feed: inout ClipFeed) async -> AudioBuffer? {
        do {
            return try await feed.next()
        } catch {
            logger.error("a recording cannot be read", metadata: ["reason": "\(error)"])
            return nil
        }
    }

    func key(within timeout: Duration) async throws(CallEnded) -> Key? {
        alarms += 1
        let alarm = alarms
        let clock = Task {
            try await equipment.sleep(timeout)
            self.ring(alarm)
        }
        defer { clock.cancel() }
        while true {
            try stillThere()
            if let key = typed.next() { return key }
            if alarmThatRang >= alarm { return nil }
            await somethingHappens()
        }
    }

    func record(_ limits: RecordingLimits, into sink: any RecordingSink) async -> Take {
        // Nobody is recorded in a call that he does not know to be answered.
        do { try await accept() } catch { return Take(ending: .hangUp, duration: .zero, voiced: .zero) }
        // What was pressed before the beep was not meant for the message.
        typed = KeyBuffer()
        recording = RecordingInProgress()
        defer { recording = nil }
        media.record(
            RecordingRequest(
                firstChunkBytes: Self.bytesToNextSecond(), maximumBytes: max(1, limits.maximum.audioBytes),
                silence: limits.silence, stoppedBy: Set(limits.endKeys.map(\.rawValue)),
                endsOnTones: limits.endsOnTones))
        if ended != nil { media.stopRecording() }
        var tray = Tray(sink)
        while true {
            if let chunk = recording?.chunks.first {
                recording?.chunks.removeFirst()
                if await !tray.put(chunk) { media.stopRecording() }
            } else if let summary = recording?.summary {
                return tray.take(summary, ended: ended)
            } else {
                await somethingHappens()
            }
        }
    }

    /// Chunks end on whole seconds of the monotonic clock, which the store's writer also goes by: a crash then
    /// costs the second that was being filled and the short time to its commit, not two seconds.
    private static func bytesToNextSecond() -> Int {
        let intoSecond = DispatchTime.now().uptimeNanoseconds % 1_000_000_000
        return max(1, Codec.bytesPerSecond - Int(intoSecond / 125_000))
    }

    func accept() async throws(CallEnded) {
        try stillThere()
        guard !isAccepted else { return }
        dialog.accept()
        while !isAccepted {
            await somethingHappens()
            try stillThere()
        }
    }

    func hangUp() async {
        if ended == .shutdown { await sayFarewell() }
        end(.hangUp)
        dialog.hangUp()
        media.close()
    }

    /// Tells a caller who is still there that it is the system that ends the call.
    private func sayFarewell() async {
        guard let farewell = equipment.farewell else { return }
        ended = nil
        _ = try? await play([.prompt(farewell, language: language)], from: .zero, interruptedBy: .none)
    }

    // MARK: What happens to the call

    /// Ends the call for the flow, once: whatever it waits for is over.
    func end(_ reason: CallEnded.Reason) {
        guard ended == nil else { return }
        ended = reason
        media.stopPlaying()
        media.stopRecording()
        wake()
    }

    private func heard(_ event: MediaEvent) {
        switch event {
        case .digit(let character):
            if let key = Key(rawValue: character), !passOn(key) { press(key) }
        case .playbackRunningLow(let id):
            if playback?.id == id { playback?.wantsMore = true }
        case .playbackEnded(let id, let bytes, let key):
            if playback?.id == id { playback?.heard = bytes }
            if let key = key.flatMap(Key.init(rawValue:)) { typed.press(key) }
        case .recorded(let chunk):
            recording?.chunks.append(chunk)
        case .recordingEnded(let summary):
            recording?.summary = summary
            // What was pressed while somebody spoke was not meant for what is asked next.
            typed = KeyBuffer()
        case .rtpTimeout:
            // Many phones send nothing before they are answered.
            guard isAccepted else { return }
            logger.notice("no media from the caller")
            end(.mediaTimeout)
        }
        wake()
    }

    private func press(_ key: Key) { typed.press(key) }

    func forgetKeys() { typed = KeyBuffer() }

    /// Whether keys come as telephone events (RFC 4733), and not as tones in the audio alone.
    var hasTelephoneEvents: Bool { negotiation.parameters.telephoneEvent != nil }

    // MARK: Playing

    func beginPlayback() -> PlaybackID {
        lastPlayback += 1
        let id = PlaybackID(lastPlayback)
        playback = Playback(id: id)
        return id
    }

    func endPlayback() { playback = nil }

    /// The playback that runs out of audio, once for each time.
    func takePlaybackHunger() -> PlaybackID? {
        guard playback?.wantsMore == true else { return nil }
        playback?.wantsMore = false
        return playback?.id
    }

    private func signalled(_ event: DialogEvent) {
        switch event {
        case .acknowledged(let answer):
            guard let answer else { return }
            if !negotiation.complete(with: answer) {
                logger.notice("the answer to our offer does not fit")
                end(.failure)
                return dialog.hangUp()
            }
            media.start(negotiation.parameters)
        case .offer(let offer, let reply):
            guard let description = negotiation.answer(to: offer) else { return reply.reject(488) }
            if offer != nil { media.start(negotiation.parameters) }
            reply.accept(description)
        case .accepted:
            isAccepted = true
            // Only now does silence begin to count.
            media.start(negotiation.parameters)
            wake()
        case .referred(let outcome):
            referral = outcome
            wake()
        case .info(let contentType, let body):
            if let key = InfoDigit.key(contentType: contentType, body: body) { media.press(key.rawValue) }
        case .ended(let reason):
            logger.debug("the dialog has ended", metadata: ["reason": "\(reason)"])
            switch reason {
            case .bye, .hungUp: end(.hangUp)
            case .cancelled: end(.cancelled)
            case .noAck, .transportFailed, .unanswered, .expired: end(.failure)
            case .stopped: end(.shutdown)
            }
        }
    }

    // MARK: Waiting

    func stillThere() throws(CallEnded) {
        if let ended { throw CallEnded(ended) }
    }

    func somethingHappens() async {
        await withCheckedContinuation { waiter = $0 }
    }

    private func ring(_ alarm: Int) {
        alarmThatRang = max(alarmThatRang, alarm)
        wake()
    }

    func wake() {
        waiter?.resume()
        waiter = nil
    }
}

extension Clip {
    fileprivate var language: String? {
        if case .prompt(_, let language) = self { language } else { nil }
    }
}
