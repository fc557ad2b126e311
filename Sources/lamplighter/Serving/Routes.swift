// How a number is reached that a caller is passed on to (B1, C7): the phone that is registered for it in the caller's
// own organisation, else the organisation's trunk. No organisation ever reaches another's phones or trunk.

import Mailboxes
import Phones
import SIP
import Telephony

/// Where the numbers of an organisation are reached that none of its phones has.
struct OutboundTrunk: Hashable {
    var domain: String
    var address: HostPort
    var transport = Transport.udp
    /// Whom its certificate must be for; nil: its address.
    var certificateName: String?

    /// From `DOMAIN ADDRESS:PORT`, `DOMAIN ADDRESS:PORT TRANSPORT` or `DOMAIN ADDRESS:PORT tls NAME`; an IPv6 address
    /// stands in brackets.
    init?(setting: String) {
        let words = setting.split(separator: " ")
        guard (2...4).contains(words.count), Organisation.isDomain(String(words[0])),
            let address = HostPort(setting: String(words[1]))
        else { return nil }
        domain = words[0].lowercased()
        self.address = address
        guard words.count > 2 else { return }
        guard let transport = Transport(rawValue: words[2].uppercased()) else { return nil }
        self.transport = transport
        guard words.count > 3 else { return }
        guard transport == .tls, Organisation.isDomain(String(words[3])) else { return nil }
        certificateName = words[3].lowercased()
    }
}

struct Routes: Sendable {
    private let phones: Phones
    private let endpoint: SIPEndpoint
    private let trunks: [String: OutboundTrunk]

    init(_ outbound: [String], phones: Phones, endpoint: SIPEndpoint) {
        self.phones = phones
        self.endpoint = endpoint
        let all = outbound.compactMap(OutboundTrunk.init(setting:))
        trunks = Dictionary(all.map { ($0.domain, $0) }) { first, _ in first }
    }

    func route(to number: String, of domain: String) async -> Route? {
        if let phone = await phones.contacts(of: number, domain: domain).first {
            return Route(target: phone.uri, flow: phone.flow, routes: phone.routes)
        }
        guard let trunk = trunks[domain.lowercased()],
            let flow = await endpoint.flow(to: trunk.address, by: trunk.transport)
        else { return nil }
        return Route(target: SIPURI(user: number, at: trunk.address, by: trunk.transport), flow: flow)
    }
}
