// Which sessions have RTCP waiting. Reports are rare, so that one look at all RTCP sockets of a thread is cheaper
// than a system call for each session.

internal import COrtp
internal import Glibc

/// Belongs to one media thread.
final class ControlPoll {
    private static let batch = 64

    private let descriptor: Int32
    private let events: UnsafeMutablePointer<epoll_event>
    private var cores: [Int32: SessionCore] = [:]

    init() throws(MediaError) {
        descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard descriptor >= 0 else { throw .system("epoll_create1", code: errno) }
        events = .allocate(capacity: Self.batch)
        events.initialize(repeating: epoll_event(), count: Self.batch)
    }

    deinit {
        close(descriptor)
        events.deallocate()
    }

    func add(_ core: SessionCore) {
        var event = epoll_event()
        event.events = EPOLLIN.rawValue
        event.data.fd = core.sockets.rtcp
        cores[core.sockets.rtcp] = core
        _ = epoll_ctl(descriptor, EPOLL_CTL_ADD, core.sockets.rtcp, &event)
    }

    func remove(_ core: SessionCore) {
        _ = epoll_ctl(descriptor, EPOLL_CTL_DEL, core.sockets.rtcp, nil)
        cores[core.sockets.rtcp] = nil
    }

    /// Sessions whose RTCP socket can be read, without waiting.
    func ready() -> [SessionCore] {
        guard !cores.isEmpty else { return [] }
        let count = epoll_wait(descriptor, events, Int32(Self.batch), 0)
        guard count > 0 else { return [] }
        return (0..<Int(count)).compactMap { cores[events[$0].data.fd] }
    }
}
