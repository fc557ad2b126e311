// A socket on all addresses leaves it to the routing table from which of them a datagram goes out, so an answer may
// come from another address than was asked, and a NAT in between drops it. Therefore each address that something came
// to gets a socket of its own beside the one of the listener; from then on the system hands it what comes there.

internal import NIOCore

extension EndpointCore {
    /// Addresses of this host that get a socket of their own.
    private static let maximumSources = 64

    /// A datagram that came by a listener on all addresses. The first to an address waits for that address's socket.
    func receive(datagram: ByteBuffer, byAllAddresses flow: Flow) {
        guard let door, sources[flow.local] == nil, sources.count < Self.maximumSources else {
            return receive(datagram: datagram, over: flow)
        }
        sources[flow.local] = .wanted
        Listener.bindDatagrams(flow.local, sharesPort: true, loop: door.loop, door: door).whenComplete { result in
            door.enter { core in
                core.opened(result, for: flow.local)
                core.receive(datagram: datagram, over: flow)
            }
        }
    }

    private func opened(_ result: Result<any Channel, any Error>, for address: HostPort) {
        // Where it cannot be had (a broadcast address, say), the listener's own socket has to do.
        guard case .success(let channel) = result else { return }
        guard door != nil else { return channel.close(promise: nil) }
        sources[address] = .open(channel)
    }

    /// The socket that a datagram from `local` goes out by.
    func datagrams(from local: HostPort) -> (any Channel)? {
        if case .open(let channel)? = sources[local] { return channel }
        return listener(for: local)?.datagrams
    }

    /// - Returns: the sockets that are closing.
    func closeSources() -> [any Channel] {
        let channels = sources.values.compactMap { source in
            if case .open(let channel) = source { channel } else { nil as (any Channel)? }
        }
        sources = [:]
        for channel in channels { channel.close(promise: nil) }
        return channels
    }
}

/// The socket of one address behind a listener on all of them.
enum DatagramSource {
    /// Being opened, or not to be had.
    case wanted
    case open(any Channel)
}
