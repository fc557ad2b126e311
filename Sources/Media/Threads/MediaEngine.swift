// The media side of the whole program: its threads, its ports and its sessions.

public import Logging
internal import Synchronization

public final class MediaEngine: Sendable {
    private struct State {
        var open = 0
        var isClosed = false
        /// Sessions of each worker.
        var load: [Int]
    }

    private let configuration: MediaConfiguration
    private let ports: PortRange
    private let workers: [MediaWorker]
    private let state: Mutex<State>
    private let logger: Logger

    public init(_ configuration: MediaConfiguration, logger: Logger) throws(MediaError) {
        guard configuration.workers > 0, configuration.maximumSessions > 0, configuration.rtpTimeout > .zero else {
            throw .invalidConfiguration("workers, maximumSessions and rtpTimeout must be more than 0")
        }
        self.configuration = configuration
        self.logger = logger
        ports = try PortRange(configuration.ports)
        state = Mutex(State(load: Array(repeating: 0, count: configuration.workers)))
        var workers: [MediaWorker] = []
        do throws(MediaError) {
            for index in 0..<configuration.workers {
                let worker = try MediaWorker(capacity: max(1_024, configuration.maximumSessions * 16))
                try worker.begin(name: "media-\(index)")
                workers.append(worker)
            }
        } catch {
            for worker in workers { worker.end() }
            throw error
        }
        self.workers = workers
    }

    deinit {
        close()
    }

    /// A session with a port pair of its own. It says and hears nothing before `MediaSession.start`.
    /// - Parameter address: the numeric address that RTP is received on; "::" takes both families.
    public func open(on address: String) throws(MediaError) -> MediaSession {
        let index = try reserve()
        do throws(MediaError) {
            let sockets = try ports.open(on: address)
            let (events, continuation) = EventOutlet.makeStream()
            let outlet = EventOutlet(continuation)
            guard let core = SessionCore(sockets, outlet: outlet, rtpTimeout: configuration.rtpTimeout) else {
                sockets.close()
                throw .system("rtp_session_new", code: 0)
            }
            guard workers[index].submit(.open, for: core) else {
                sockets.close()
                throw .closed
            }
            return MediaSession(core, on: workers[index], events: events, refused: continuation) {
                [weak self] in self?.release(index)
            }
        } catch {
            release(index)
            throw error
        }
    }

    /// Closes all sessions and ends the threads; returns when they have ended. Nothing can be opened afterwards.
    public func close() {
        let wasClosed = state.withLock { state in
            defer { state.isClosed = true }
            return state.isClosed
        }
        guard !wasClosed else { return }
        for worker in workers { worker.end() }
        logger.info("media threads ended", metadata: ["timing": "\(statistics)"])
    }

    /// How well the media threads have kept time.
    public var statistics: MediaStatistics {
        workers.map(\.figures).reduce(into: MediaStatistics()) { sum, one in
            sum.lateWakes += one.lateWakes
            sum.skippedFrames += one.skippedFrames
            sum.sendFailures += one.sendFailures
            sum.refusedCommands += one.refusedCommands
        }
    }

    /// The worker with the fewest sessions.
    private func reserve() throws(MediaError) -> Int {
        let result = state.withLock { state -> Result<Int, MediaError> in
            guard !state.isClosed else { return .failure(.closed) }
            guard state.open < configuration.maximumSessions else { return .failure(.tooManySessions) }
            let index = state.load.indices.min { state.load[$0] < state.load[$1] } ?? 0
            state.open += 1
            state.load[index] += 1
            return .success(index)
        }
        return try result.get()
    }

    private func release(_ index: Int) {
        state.withLock { state in
            state.open -= 1
            state.load[index] -= 1
        }
    }
}
