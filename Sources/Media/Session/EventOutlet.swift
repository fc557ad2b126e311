// The way of events from the media thread to whoever awaits them: a bounded queue that loses nothing that was
// promised. What does not fit waits here and is offered again; only keys, of which nobody promised anything, are
// dropped when thousands are pressed and nobody listens.

/// Belongs to one media session and to the thread that runs it.
struct EventOutlet {
    static let capacity = 128
    /// With more than this many events waiting, a recording is not being taken any more.
    static let overrun = 60

    private let continuation: AsyncStream<MediaEvent>.Continuation
    private var waiting: [MediaEvent] = []
    private var unconsumed = 0

    init(_ continuation: AsyncStream<MediaEvent>.Continuation) {
        self.continuation = continuation
    }

    static func makeStream() -> (stream: AsyncStream<MediaEvent>, continuation: AsyncStream<MediaEvent>.Continuation) {
        AsyncStream.makeStream(of: MediaEvent.self, bufferingPolicy: .bufferingOldest(capacity))
    }

    /// Whether so little is taken that a recording must end.
    var isOverrun: Bool { unconsumed > Self.overrun || !waiting.isEmpty }

    mutating func send(_ event: MediaEvent) {
        flush()
        if waiting.isEmpty, offer(event) { return }
        if case .digit = event { return }
        waiting.append(event)
    }

    /// Offers again what did not fit.
    mutating func flush() {
        while let first = waiting.first, offer(first) { waiting.removeFirst() }
    }

    func finish() {
        continuation.finish()
    }

    private mutating func offer(_ event: MediaEvent) -> Bool {
        switch continuation.yield(event) {
        case .enqueued(let remaining):
            unconsumed = Self.capacity - remaining
            return true
        case .dropped:
            return false
        case .terminated:
            unconsumed = 0
            return true
        @unknown default:
            return true
        }
    }
}
