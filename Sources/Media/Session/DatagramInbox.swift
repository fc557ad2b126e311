// Reads datagrams, several with one system call, into buffers that a media thread has once for all its sessions.

internal import COrtp
internal import Glibc

/// Belongs to one media thread.
final class DatagramInbox {
    static let batch = 16
    /// Longer datagrams than this are cut by the system, and dropped here.
    static let size = 1_500

    private let buffers: UnsafeMutablePointer<UInt8>
    private let sources: UnsafeMutablePointer<sockaddr_storage>
    private let vectors: UnsafeMutablePointer<iovec>
    private let messages: UnsafeMutablePointer<received_datagram>

    /// Messages that the last `read` wrote to.
    private var used = DatagramInbox.batch

    init() {
        buffers = .allocate(capacity: Self.batch * Self.size)
        sources = .allocate(capacity: Self.batch)
        sources.initialize(repeating: sockaddr_storage(), count: Self.batch)
        vectors = .allocate(capacity: Self.batch)
        messages = .allocate(capacity: Self.batch)
        messages.initialize(repeating: received_datagram(), count: Self.batch)
        for index in 0..<Self.batch {
            (vectors + index).initialize(to: iovec(iov_base: buffers + index * Self.size, iov_len: Self.size))
            messages[index].header.msg_name = UnsafeMutableRawPointer(sources + index)
            messages[index].header.msg_iov = vectors + index
            messages[index].header.msg_iovlen = 1
        }
    }

    deinit {
        buffers.deallocate()
        sources.deallocate()
        vectors.deallocate()
        messages.deallocate()
    }

    /// Reads what has arrived, at most `batch` datagrams, and returns how many there are.
    func read(_ descriptor: Int32) -> Int {
        for index in 0..<used {
            messages[index].header.msg_namelen = socklen_t(MemoryLayout<sockaddr_storage>.size)
        }
        used = max(0, Int(receive_datagrams(descriptor, messages, UInt32(Self.batch), Int32(MSG_DONTWAIT), nil)))
        return used
    }

    /// One of the datagrams of the last `read`, which may be decrypted where it is, and who sent it; nil when it was too
    /// long.
    func datagram(_ index: Int) -> (source: NetworkAddress, bytes: UnsafeMutableBufferPointer<UInt8>)? {
        guard messages[index].header.msg_flags & Int32(MSG_TRUNC) == 0,
            let source = NetworkAddress(sources + index)
        else { return nil }
        let start = buffers + index * Self.size
        return (source, UnsafeMutableBufferPointer(start: start, count: Int(messages[index].length)))
    }
}
