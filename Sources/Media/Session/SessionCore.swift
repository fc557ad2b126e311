// One media session as its thread sees it: the sockets, oRTP, and the machines that say what a packet means. Every
// 20 ms `tick` takes what has arrived and sends one frame: of the playback, or else of silence, since phones and
// the address translators before them want a steady stream. Commands come between ticks, on the same thread.

internal import COrtp

/// `@unchecked Sendable`: it is made by the thread that opens the session, handed to a media thread through the
/// command queue, and from then on touched by that media thread alone.
final class SessionCore: @unchecked Sendable {
    /// 20 ms.
    static let frame = 160
    /// How often it is looked whether a report is due while nothing is sent: twice a second.
    private static let roundsBetweenReports = 25
    /// So many batches of datagrams are read in one tick; more is a flood, and waits.
    private static let batches = 4
    /// Nothing is expected of a peer that holds the call, but after 10 min it counts as gone.
    private static let longestHold: Int64 = 600_000

    let sockets: SocketPair
    /// Nothing may be asked of it any more.
    private(set) var isClosed = false
    /// Where its media thread keeps it.
    var slot = 0
    private let rtp: RTPStream
    private let timeout: Int64
    private var outlet: EventOutlet
    private var agreed: Agreed?
    private var lock = SourceLock()
    private var guardian = Guardian()
    private var events = TelephoneEvents()
    private var presses = KeyPresses()
    private var tones: ToneDetector?
    private var player: Player?
    /// What is played and recorded in: that of the first agreement.
    private var codec: Codec?
    private var recorder: Recorder?
    private var bridge: BridgeEnd?
    /// Where what is played, what is heard by the bridge and what is recorded changes its codec.
    private var playing = TranscoderInUse(), bridging = TranscoderInUse(), recording = TranscoderInUse()

    /// RTP timestamp of round 0, and the last round in which something was sent.
    private let timestampBase = UInt32.random(in: .min ... .max)
    private var lastSentRound: Int?
    private var signalledControl: NetworkAddress?
    private var heardControl: NetworkAddress?
    /// The time that recordings run on stands still while the peer does not send.
    private var pausedAt: MediaTime?
    private var pausedFor: Int64 = 0
    private var lastHeard = MediaTime(nanoseconds: 0)
    private var toldTimeout = false

    init?(_ sockets: SocketPair, outlet: EventOutlet, rtpTimeout: Duration) {
        guard let rtp = RTPStream(sockets) else { return nil }
        self.rtp = rtp
        self.sockets = sockets
        self.outlet = outlet
        timeout = rtpTimeout.wholeMilliseconds
    }

    /// What the hot path needs of `StreamParameters`, without anything to be counted.
    private struct Agreed: Equatable {
        var codec: Codec
        var payloadType: UInt8
        var telephoneEvent: UInt8?
        var sends: Bool
        var receives: Bool

        /// What is heard of a peer that changes to another codec by itself, as it may where several were agreed: the
        /// static payload types are what they are (RFC 3551 §6).
        func codec(of payloadType: UInt8) -> Codec? {
            if payloadType == self.payloadType { return codec }
            return Codec.allCases.first { $0.staticPayloadType == payloadType }
        }
    }

    // MARK: Commands

    func start(_ new: StreamParameters, at now: MediaTime, inbox: DatagramInbox) {
        // What came before is heard as was agreed before: the last words before a hold, and the music of the hold.
        if agreed != nil { receive(at: now, inbox: inbox) }
        let old = agreed
        codec = codec ?? new.codec
        agreed = Agreed(
            codec: new.codec, payloadType: new.payloadType, telephoneEvent: new.telephoneEvent, sends: new.sends,
            receives: new.receives)
        guardian.change(to: new.protection, at: now)
        rtp.setProtection(guardian.sending)
        lock.signal(NetworkAddress(new.remoteAddress, port: new.remotePort), at: now)
        signalledControl = NetworkAddress(new.remoteAddress, port: new.remoteControlPort)
        if !lock.isLocked { heardControl = nil }
        aim()
        if old?.codec != new.codec || old?.payloadType != new.payloadType || old?.telephoneEvent != new.telephoneEvent {
            rtp.setPayloadType(new.payloadType)
        }
        let wantsTones = new.detectsInbandDigits && new.telephoneEvent == nil
        tones = wantsTones ? (tones?.codec == new.codec ? tones : nil) ?? ToneDetector(codec: new.codec) : nil
        receiving(new.receives, at: now)
    }

    func play(_ new: Player) {
        endPlayback(key: nil)
        player = new
        settlePlayback()
    }

    func append(_ id: PlaybackID, _ buffers: [AudioBuffer], ends: Bool) {
        guard player?.id == id else { return }
        player?.append(buffers, ends: ends)
        settlePlayback()
    }

    func stopPlaying() {
        endPlayback(key: nil)
    }

    func record(_ request: RecordingRequest, at now: MediaTime, inbox: DatagramInbox) {
        receive(at: now, inbox: inbox)
        recorder?.stop(.stopped)
        takeRecording()
        recorder = Recorder(request, codec: codec ?? .pcmu, start: recordingTime(now))
        takeRecording()
    }

    func stopRecording(at now: MediaTime, inbox: DatagramInbox) {
        receive(at: now, inbox: inbox)
        recorder?.stop(.stopped)
        takeRecording()
    }

    func connect(_ end: BridgeEnd) {
        disconnect()
        bridge = end
    }

    func disconnect() {
        bridge?.close()
        bridge = nil
    }

    func press(_ key: Character, at now: MediaTime) {
        guard let key = KeyPresses.normalised(key) else { return }
        pressed(key, by: .signalling, began: .now, at: now)
    }

    /// Ends everything. The core is not used afterwards.
    func close(at now: MediaTime, inbox: DatagramInbox) {
        stopRecording(at: now, inbox: inbox)
        endPlayback(key: nil)
        disconnect()
        if agreed != nil { rtp.sayGoodbye() }
        rtp.detach()
        isClosed = true
        outlet.flush()
        outlet.finish()
        sockets.close()
    }

    // MARK: The clock

    /// `round` counts the 20 ms of this session's thread: it is the media clock.
    func tick(round: Int, at now: MediaTime, inbox: DatagramInbox) {
        receive(at: now, inbox: inbox)
        if recorder != nil {
            if agreed?.receives ?? false { recorder?.advance(to: recordingTime(now)) }
            takeRecording()
        }
        if !(bridge?.isOpen ?? true) { bridge = nil }
        send(round: round)
        // Who is not sent anything is reported to nevertheless.
        if lastSentRound != round, agreed != nil, round % Self.roundsBetweenReports == 0 { rtp.takeTurn(at: now) }
        watch(at: now)
        outlet.flush()
    }

    /// Packets that the system did not take since this was last asked.
    func takeFailures() -> Int { rtp.takeFailures() }

    private func send(round: Int) {
        guard let agreed else { return }
        let isHeard = agreed.sends && lock.destination != nil && !guardian.isBroken
        // To who only speaks, what is played is over when it would be.
        guard isHeard || !agreed.sends && agreed.receives else { return }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.frame) { frame in
            guard let start = frame.baseAddress else { return }
            let written = fill(start, agreed.codec)
            guard isHeard else { return }
            (start + written).initialize(repeating: agreed.codec.silence, count: Self.frame - written)
            let timestamp = timestampBase &+ UInt32(truncatingIfNeeded: round * Self.frame)
            rtp.send(start, count: Self.frame, timestamp: timestamp, marker: lastSentRound != round - 1)
        }
        if isHeard { lastSentRound = round }
        settlePlayback()
    }

    /// The next frame of what is played, or else of what the other end of a bridge says; returns its length.
    private func fill(_ frame: UnsafeMutablePointer<UInt8>, _ agreed: Codec) -> Int {
        guard player != nil else {
            guard let heard = bridge?.hear(frame, count: Self.frame) else { return 0 }
            let audio = UnsafeMutableBufferPointer(start: frame, count: heard.count)
            bridging.convert(audio, from: heard.codec, to: agreed)
            return heard.count
        }
        let written = player?.fill(frame, count: Self.frame) ?? 0
        let audio = UnsafeMutableBufferPointer(start: frame, count: written)
        playing.convert(audio, from: codec ?? agreed, to: agreed)
        return written
    }

    /// The RTP time-out: once for each silence.
    private func watch(at now: MediaTime) {
        guard agreed != nil, !toldTimeout else { return }
        let silence = now.milliseconds(since: pausedAt ?? lastHeard)
        guard silence >= (pausedAt == nil ? timeout : max(timeout, Self.longestHold)) else { return }
        toldTimeout = true
        outlet.send(.rtpTimeout)
    }

    // MARK: What arrives

    private func receive(at now: MediaTime, inbox: DatagramInbox) {
        for _ in 0..<Self.batches {
            let count = inbox.read(sockets.rtp)
            for index in 0..<count {
                guard let (source, packet) = inbox.datagram(index), let bytes = guardian.open(packet, at: now) else {
                    continue
                }
                take(bytes, from: source, at: now)
            }
            if count < DatagramInbox.batch { return }
        }
    }

    private func take(_ bytes: UnsafeBufferPointer<UInt8>, from source: NetworkAddress, at now: MediaTime) {
        guard let agreed, let header = RTPHeader(Span(_unsafeElements: bytes)) else { return }
        let isEvent = header.payloadType == agreed.telephoneEvent
        let heard = isEvent ? nil : agreed.codec(of: header.payloadType)
        // A locked source may send other types (comfort noise, RFC 3389): it is alive. Nobody gets in with one.
        if !lock.isLocked(to: source) {
            guard isEvent || heard != nil, header.payload.count >= (isEvent ? 4 : 1), lock.accepts(source, at: now)
            else { return }
            aim()
        }
        heardSomething(at: now)
        if !isEvent, heard == nil { recorder?.skip(sequence: header.sequence, source: header.source) }
        guard isEvent || heard != nil else { return }
        rtp.receive(bytes, at: now)
        guard agreed.receives else { return }
        let audio = UnsafeBufferPointer(rebasing: bytes[header.payload])
        if let heard {
            hear(header, audio, in: heard, at: now)
        } else {
            recorder?.skip(sequence: header.sequence, source: header.source)
            let payload = Span(_unsafeElements: audio)
            for press in events.take(payload, timestamp: header.timestamp, source: header.source, at: now) {
                let began = KeyBeginning.timestamp(press.timestamp, source: header.source)
                pressed(press.key, by: .event, began: began, at: now)
            }
        }
    }

    private func hear(_ header: RTPHeader, _ audio: UnsafeBufferPointer<UInt8>, in heard: Codec, at now: MediaTime) {
        bridge?.say(header, audio, codec: heard)
        if recorder?.codec == heard {
            recorder?.take(header, Span(_unsafeElements: audio), at: recordingTime(now))
        } else if let recorded = recorder?.codec {
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: audio.count) { converted in
                _ = converted.initialize(from: audio)
                recording.convert(converted, from: heard, to: recorded)
                recorder?.take(header, Span(_unsafeElements: converted), at: recordingTime(now))
            }
        }
        guard let tones else { return }
        if tones.codec != heard { self.tones = ToneDetector(codec: heard) }
        if let (key, back) = self.tones?.take(audio) { pressed(key, by: .tone, began: .back(back), at: now) }
    }

    /// RTCP has arrived. Only reports of the peer's host are shown to oRTP.
    func receiveControl(at now: MediaTime, inbox: DatagramInbox) {
        for index in 0..<inbox.read(sockets.rtcp) {
            guard let (source, packet) = inbox.datagram(index), let peer = lock.destination,
                source.hasSameHost(as: peer), let bytes = guardian.openControl(packet, at: now),
                let length = leadingReportLength(Span(_unsafeElements: bytes))
            else { continue }
            if lock.isLocked, source != heardControl {
                heardControl = source
                aim()
            }
            // Who is silent and therefore sends nothing (RFC 3389) still reports.
            if lock.isLocked { heardSomething(at: now) }
            rtp.receiveControl(UnsafeBufferPointer(rebasing: bytes[..<length]), at: now)
        }
    }

    private func heardSomething(at now: MediaTime) {
        lastHeard = now
        toldTimeout = false
    }

    /// Sends from now on to whom the lock says. RTCP goes to where RTCP comes from, to the signalled port while RTP
    /// is where it was signalled, and to the port above RTP's where that is not (RFC 3550 §11, RFC 4961 §4).
    private func aim() {
        let destination = lock.destination
        rtp.setDestination(destination)
        var control = destination
        if let heardControl, let destination, heardControl.hasSameHost(as: destination) {
            control = heardControl
        } else if destination == lock.signalled {
            control = signalledControl
        } else {
            control?.port &+= 1
        }
        rtp.setControlDestination(control)
    }

    /// The peer begins or ceases to send: hold and resume.
    private func receiving(_ receives: Bool, at now: MediaTime) {
        if receives {
            if let pausedAt {
                pausedFor += now.nanoseconds - pausedAt.nanoseconds
                recorder?.resume()
            }
            pausedAt = nil
            lastHeard = now
            toldTimeout = false
        } else if pausedAt == nil {
            pausedAt = now
            toldTimeout = false
        }
    }

    private func recordingTime(_ now: MediaTime) -> MediaTime {
        MediaTime(nanoseconds: (pausedAt ?? now).nanoseconds - pausedFor)
    }

    // MARK: What comes of it

    private func pressed(_ key: Character, by origin: KeyOrigin, began: KeyBeginning, at now: MediaTime) {
        guard presses.counts(key, by: origin, at: now) else { return }
        var isTold = false
        if let player, player.stoppedBy.contains(key) {
            endPlayback(key: key)
            isTold = true
        }
        if recorder?.press(key, began: began) ?? false {
            takeRecording()
            isTold = true
        }
        if !isTold { outlet.send(.digit(key)) }
    }

    private func settlePlayback() {
        guard player != nil else { return }
        if player?.hasEnded ?? false {
            endPlayback(key: nil)
        } else if player?.runsLow() ?? false, let id = player?.id {
            outlet.send(.playbackRunningLow(id))
        }
    }

    private func endPlayback(key: Character?) {
        guard let player else { return }
        self.player = nil
        outlet.send(.playbackEnded(player.id, bytesPlayed: player.bytesPlayed, key: key))
    }

    private func takeRecording() {
        guard recorder?.hasOutput ?? false else { return }
        while let output = recorder?.nextOutput() {
            switch output {
            case .chunk(let audio):
                outlet.send(.recorded(audio))
            case .ended(let summary):
                recorder = nil
                outlet.send(.recordingEnded(summary))
            }
        }
        if recorder != nil, outlet.isOverrun {
            recorder?.stop(.overrun)
            takeRecording()
        }
    }
}
