// What peers are told of where we are, by listener and by network.

import SIP
import Testing

@testable import lamplighter

@Suite("Public addresses (G1)")
struct PublicAddressTests {
    private func told(_ settings: [String], local: String = "10.0.0.5", remote: String) -> HostPort? {
        let flow = Flow(
            transport: .udp, local: HostPort(host: local, port: 5060), remote: HostPort(host: remote, port: 6000))
        return PublicAddress.address(of: flow, among: settings.compactMap(PublicAddress.init(setting:)))
    }

    @Test("The first entry that fits the listener and the peer's network counts; itself is the listener's own address")
    func choice() {
        let settings = [
            "itself to 10.0.0.0/8 fd00::/8", "192.168.7.1:5070 on 10.0.0.6", "203.0.113.5 to 198.51.100.0/24",
            "2001:db8::5",
        ]
        #expect(told(settings, remote: "10.9.9.9") == nil)
        #expect(told(settings, local: "10.0.0.6", remote: "192.0.2.1") == HostPort(host: "192.168.7.1", port: 5070))
        #expect(told(settings, remote: "198.51.100.9") == HostPort(host: "203.0.113.5", port: 0))
        #expect(told(settings, remote: "192.0.2.1") == nil)
        #expect(told(settings, local: "::1", remote: "2001:db8::9") == HostPort(host: "2001:db8::5", port: 0))
        #expect(told(settings, local: "::1", remote: "fd00::9") == nil)
    }

    @Test(
        "What is no address, listener or network is refused",
        arguments: [
            "", "here", "203.0.113.5:0", "203.0.113.5 on", "203.0.113.5 on eth0", "203.0.113.5 to",
            "203.0.113.5 to 10.0.0.0/33", "203.0.113.5 from 10.0.0.0/8", "2001:db8::5:5060:1:2:3:4:5",
        ])
    func refused(setting: String) {
        #expect(PublicAddress(setting: setting) == nil)
    }
}
