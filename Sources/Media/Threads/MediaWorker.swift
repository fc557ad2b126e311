// A media thread. It wakes ten times in 20 ms, by absolute deadlines, and at each wake serves a tenth of its
// sessions, so that packets do not leave in bursts. Commands are taken from a queue under one short lock at each
// wake. When the machine was too busy and a wake is late, what was missed is made up for, but two frames at most:
// beyond that the media clock jumps, so that nobody is flooded.

internal import COrtp
internal import Glibc
internal import Synchronization
internal import ThreadPriority

enum MediaCommand: Sendable {
    case open
    case start(StreamParameters)
    case play(Player)
    case append(PlaybackID, [AudioBuffer], ends: Bool)
    case stopPlaying
    case record(RecordingRequest)
    case stopRecording
    case press(Character)
    case connect(BridgeEnd)
    case disconnect
    case close
}

/// How well the media threads keep time, since they began.
public struct MediaStatistics: Sendable, Hashable {
    /// Wakes that came more than 5 ms late.
    public var lateWakes = 0
    /// Frames (20 ms of all sessions of a thread) that were given up.
    public var skippedFrames = 0
    /// Packets that the system did not take.
    public var sendFailures = 0
    /// Commands that found the queue full.
    public var refusedCommands = 0
}

/// `@unchecked Sendable`: the queue and the statistics are behind their locks, everything else is touched by the
/// thread alone once it runs.
final class MediaWorker: @unchecked Sendable {
    static let slots = 10
    private static let slotLength: Int64 = 2_000_000
    private static let frameLength = slotLength * Int64(slots)
    /// How far behind a wake may be made up for.
    private static let patience = 2 * frameLength

    private struct Queue {
        var commands: [(SessionCore, MediaCommand)] = []
        var stops = false
    }

    private let queue = Mutex(Queue())
    private let statistics = Mutex(MediaStatistics())
    private let capacity: Int
    private var thread = pthread_t()
    private var sessions: [[SessionCore]] = Array(repeating: [], count: slots)
    private var taken: [(SessionCore, MediaCommand)] = []
    private let inbox = DatagramInbox()
    private let control: ControlPoll
    private var round = 0

    /// `capacity`: commands that may wait, not counting those that end something.
    init(capacity: Int) throws(MediaError) {
        self.capacity = capacity
        control = try ControlPoll()
        queue.withLock { $0.commands.reserveCapacity(64) }
    }

    /// Leaves a command. A full queue takes only what begins and ends a session or a bridge.
    func submit(_ command: MediaCommand, for core: SessionCore) -> Bool {
        let taken = queue.withLock { queue in
            switch command {
            case .open, .close, .disconnect: break
            default: guard queue.commands.count < capacity else { return false }
            }
            guard !queue.stops else { return false }
            queue.commands.append((core, command))
            return true
        }
        if !taken { statistics.withLock { $0.refusedCommands += 1 } }
        return taken
    }

    var figures: MediaStatistics { statistics.withLock { $0 } }

    func begin(name: String) throws(MediaError) {
        let context = Unmanaged.passRetained(self)
        let result = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<MediaWorker>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, context.toOpaque())
        guard result == 0 else {
            context.release()
            throw .system("pthread_create", code: result)
        }
        _ = name_thread(thread, name)
    }

    /// Closes all sessions, ends the thread and waits for it. Called once.
    func end() {
        queue.withLock { $0.stops = true }
        pthread_join(thread, nil)
    }

    private func run() {
        ThreadPriority.voice.takeEffect()
        var deadline = Self.now().nanoseconds
        while true {
            for slot in 0..<Self.slots {
                if slot == 0 || !sessions[slot].isEmpty {
                    sleep(until: deadline)
                    if takeCommands() { return shutDown() }
                    serve(slot)
                }
                deadline += Self.slotLength
            }
            round += 1
            catchUp(&deadline)
        }
    }

    private func serve(_ slot: Int) {
        let now = Self.now()
        for core in control.ready() { core.receiveControl(at: now, inbox: inbox) }
        for core in sessions[slot] { core.tick(round: round, at: now, inbox: inbox) }
    }

    private func catchUp(_ deadline: inout Int64) {
        let late = Self.now().nanoseconds - deadline
        var failures = 0
        for cores in sessions { for core in cores { failures += core.takeFailures() } }
        guard late > 5_000_000 || failures > 0 else { return }
        let missed = late > Self.patience ? (late - Self.patience) / Self.frameLength + 1 : 0
        round += Int(missed)
        deadline += missed * Self.frameLength
        statistics.withLock { figures in
            figures.sendFailures += failures
            figures.skippedFrames += Int(missed)
            if late > 5_000_000 { figures.lateWakes += 1 }
        }
    }

    private func takeCommands() -> Bool {
        let stops = queue.withLock { queue in
            swap(&taken, &queue.commands)
            return queue.stops
        }
        guard !taken.isEmpty else { return stops }
        let now = Self.now()
        for (core, command) in taken { perform(command, core, at: now) }
        taken.removeAll(keepingCapacity: taken.capacity < 1_024)
        return stops
    }

    private func perform(_ command: MediaCommand, _ core: SessionCore, at now: MediaTime) {
        guard !core.isClosed else {
            if case .connect(let end) = command { end.close() }
            return
        }
        switch command {
        case .open: add(core)
        case .start(let parameters): core.start(parameters, at: now, inbox: inbox)
        case .play(let player): core.play(player)
        case .append(let id, let buffers, let ends): core.append(id, buffers, ends: ends)
        case .stopPlaying: core.stopPlaying()
        case .record(let request): core.record(request, at: now, inbox: inbox)
        case .stopRecording: core.stopRecording(at: now, inbox: inbox)
        case .press(let key): core.press(key, at: now)
        case .connect(let end): core.connect(end)
        case .disconnect: core.disconnect()
        case .close: remove(core, at: now)
        }
    }

    private func add(_ core: SessionCore) {
        core.slot = sessions.indices.min { sessions[$0].count < sessions[$1].count } ?? 0
        sessions[core.slot].append(core)
        control.add(core)
    }

    private func remove(_ core: SessionCore, at now: MediaTime) {
        control.remove(core)
        core.close(at: now, inbox: inbox)
        sessions[core.slot].removeAll { $0 === core }
    }

    private func shutDown() {
        let now = Self.now()
        for core in sessions.joined() { remove(core, at: now) }
    }

    private func sleep(until deadline: Int64) {
        var time = timespec(tv_sec: Int(deadline / 1_000_000_000), tv_nsec: Int(deadline % 1_000_000_000))
        while clock_nanosleep(CLOCK_MONOTONIC, Int32(TIMER_ABSTIME), &time, nil) == EINTR {}
    }

    static func now() -> MediaTime {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return MediaTime(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }
}
