// The address that peers are told instead of the one that a listener has on this host: behind NAT, and in a container.
// It may differ by the listener that a peer comes to and by the network that it comes from.

import Mailboxes
import Phones
import SIP

struct PublicAddress: Sendable, Hashable {
    /// Nil: the listener's own. Port 0: the listener's own port.
    private var address: HostPort?
    private var listener: String?
    /// None: all.
    private var networks: [AddressRange] = []

    /// From `ADDRESS`, `ADDRESS:PORT` or `itself`, then `on LISTENER` and `to NETWORK …`, each as wanted.
    init?(setting: String) {
        var words = setting.split(separator: " ").map(String.init)[...]
        guard let first = words.popFirst() else { return nil }
        if first != "itself" {
            let plain = NumericAddress.isValid(first) ? HostPort(host: first, port: 0) : nil
            guard let address = plain ?? HostPort(setting: first) else { return nil }
            self.address = address
        }
        if words.first == "on" {
            words.removeFirst()
            guard let name = words.popFirst(), NumericAddress.isValid(name) else { return nil }
            listener = name
        }
        guard words.popFirst() == "to" else {
            if !words.isEmpty || setting.hasSuffix(" to") { return nil }
            return
        }
        networks = words.compactMap { try? AddressRange(parsing: $0) }
        guard !words.isEmpty, networks.count == words.count else { return nil }
    }

    private func fits(_ flow: Flow) -> Bool {
        guard listener.map({ $0 == flow.local.host }) ?? true,
            address.map({ $0.host.contains(":") == flow.local.host.contains(":") }) ?? true
        else { return false }
        return networks.isEmpty || networks.contains { $0.contains(flow.remote.host) }
    }

    /// What the first of `addresses` that fits says; nil: the listener's own address.
    static func address(of flow: Flow, among addresses: [PublicAddress]) -> HostPort? {
        addresses.first { $0.fits(flow) }?.address
    }
}

extension HostPort {
    /// From `ADDRESS:PORT`; an IPv6 address stands in brackets.
    init?(setting: String) {
        guard let colon = setting.lastIndex(of: ":"), let port = UInt16(setting[setting.index(after: colon)...]),
            port > 0
        else { return nil }
        var host = String(setting[..<colon])
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        if isBracketed { host = String(host.dropFirst().dropLast()) }
        guard NumericAddress.isValid(host), host.contains(":") == isBracketed else { return nil }
        self.init(host: host, port: port)
    }
}
