// TLS on both sides, with certificates made on the spot: who is let in, whom we believe, and how certificates change.

import NIOSSL
import Testing

@testable import SIP

@Suite("TLS (G1)")
struct TLSTests {
    private let authority: CertificateAuthority
    /// One that nobody here knows.
    private let stranger: CertificateAuthority

    init() throws { (authority, stranger) = (try CertificateAuthority(), try CertificateAuthority()) }

    /// An endpoint with a certificate for 127.0.0.1.
    private func run(
        clientAuthority: String? = nil, verifies: Bool = true, names: [HostPort: String] = [:],
        _ test: (Bench) async throws -> Void
    ) async throws {
        let own = try authority.issue(for: "IP:127.0.0.1")
        let credentials = try TLSCredentials(
            certificate: (own.certificate, own.key), clientAuthority: clientAuthority,
            authority: authority.certificate, verifies: verifies)
        try await Bench.run { configuration in
            configuration.listenSecurely = [HostPort(host: "127.0.0.1", port: 0)]
            configuration.credentials = credentials
            configuration.certificateNames = names
        } _: {
            try await test($0)
        }
    }

    private func isServed(_ phone: Phone) async throws -> Bool {
        phone.send(phone.caller.text("OPTIONS", 1))
        return (try? await phone.response().status) == 200
    }

    @Test("A whole call by TLS: our Via says TLS, our Contact names the way, and a SIPS caller gets a SIPS Contact")
    func call() async throws {
        try await run { bench in
            for scheme in ["sip", "sips"] {
                let phone = try await Phone(connectedTo: bench.secureAddress, tls: try authority.client())
                var caller = phone.caller
                caller.callID = scheme
                phone.send(caller.text("INVITE", 1, uri: "\(scheme):5000@example.org", body: Caller.offer))
                let invite = try await bench.user.calls.stream.first()
                #expect(invite.flow.transport == .tls && invite.flow.remote == phone.address)
                let dialog = try #require(
                    await invite.answer(sdp: try SessionDescription(parsing: Array(Caller.offer.utf8))))
                let success = try await phone.final()
                let contact = try #require(success.head.contacts.first?.address?.uri)
                #expect(contact.scheme.rawValue == scheme && contact.port == bench.secureAddress.port)
                #expect(contact.parameters["transport"] == (scheme == "sip" ? "tls" : nil))
                caller.toTag = success.head.to.tag
                phone.send(caller.text("ACK", 1, branch: "z9hG4bK-ack"))
                guard case .acknowledged(nil) = try await dialog.events.first() else { throw TimedOut() }
                dialog.hangUp()
                let bye = try await phone.request()
                #expect(bye.method == .bye && bye.head.vias.first?.transport == "TLS")
                #expect(bye.head.vias.first?.port == bench.secureAddress.port)
                phone.answer(bye, 200)
                phone.close()
            }
        }
    }

    @Test("TLS 1.1 is refused, and so is who speaks no TLS; who says nothing is closed after 5 s")
    func versions() async throws {
        try await run { bench in
            var old = try authority.client()
            (old.minimumTLSVersion, old.maximumTLSVersion) = (.tlsv1, .tlsv11)
            try await Phone(connectedTo: bench.secureAddress, tls: old).closed()
            let plain = try await Phone(connectedTo: bench.secureAddress)
            plain.send(plain.caller.text("OPTIONS", 1))
            try await plain.closed()
            let silent = try await Phone(connectedTo: bench.secureAddress)
            let good = try await Phone(connectedTo: bench.secureAddress, tls: try authority.client())
            #expect(try await isServed(good))
            await bench.advance(.seconds(5))
            try await silent.closed()
            #expect(try await good.hearsNothing())
            #expect(await bench.endpoint.statistics.openConnections == 1)
        }
    }

    @Test("Where clients need a certificate, who has none or one of another authority is refused")
    func clientCertificates() async throws {
        try await run(clientAuthority: authority.certificate) { bench in
            for own in [nil, try stranger.issue(for: "DNS:stranger.example.org")] {
                let phone = try await Phone(connectedTo: bench.secureAddress, tls: try authority.client(own))
                phone.send(phone.caller.text("OPTIONS", 1))
                try await phone.closed()
            }
            let known = try authority.issue(for: "DNS:phone.example.org")
            let phone = try await Phone(connectedTo: bench.secureAddress, tls: try authority.client(known))
            #expect(try await isServed(phone))
        }
    }

    /// Sends a request to a peer that takes connections by TLS.
    private func ask(_ bench: Bench, _ peer: PhoneListener) async throws -> Int? {
        var request = try Caller().request("NOTIFY", 1)
        request.uri = try SIPURI(parsing: "sip:100@127.0.0.1:\(peer.address.port);transport=tls")
        guard let flow = await bench.endpoint.flow(to: peer.address, by: .tls) else { return nil }
        #expect(flow.local == bench.secureAddress)
        let answering = Task {
            let connection = try await peer.connection()
            connection.answer(try await connection.request(), 200)
        }
        defer { answering.cancel() }
        return await bench.endpoint.request(request, over: flow)?.status
    }

    @Test("We connect by TLS to who proves its address or its name by an authority that we trust, and to nobody else")
    func verification() async throws {
        let (byAddress, byName, wrong) = (
            try await PhoneListener(tls: try authority.server()),
            try await PhoneListener(tls: try authority.server(for: "DNS:trunk.example.org")),
            try await PhoneListener(tls: try authority.server(for: "IP:192.0.2.1"))
        )
        let unknown = try await PhoneListener(tls: try stranger.server())
        try await run(names: [byName.address: "trunk.example.org"]) { bench async throws in
            #expect(try await ask(bench, byAddress) == 200)
            #expect(try await ask(bench, byName) == 200)
            #expect(try await ask(bench, wrong) == nil)
            #expect(try await ask(bench, unknown) == nil)
        }
        let lax = try await PhoneListener(tls: try stranger.server())
        try await run(verifies: false) { bench async throws in
            let status = try await ask(bench, lax)
            #expect(status == 200)
        }
    }

    @Test("A peer that takes the connection and shakes no hands is given up after 5 s")
    func handshakeTimeout() async throws {
        let mute = try await PhoneListener()
        try await run { bench async throws in
            async let status = ask(bench, mute)
            while await bench.endpoint.statistics.connectionsOpened == 0 {}
            await bench.advance(.seconds(5))
            #expect(try await status == nil)
            #expect(await bench.endpoint.statistics.openConnections == 0)
        }
    }

    @Test("New certificates count for new connections; those that are open go on; a wrong file is refused by its name")
    func reload() async throws {
        try await run { bench in
            let before = try await Phone(connectedTo: bench.secureAddress, tls: try authority.client())
            #expect(try await isServed(before))
            let new = try stranger.issue(for: "IP:127.0.0.1")
            await bench.endpoint.use(try TLSCredentials(certificate: (new.certificate, new.key)))
            let after = try await Phone(connectedTo: bench.secureAddress, tls: try stranger.client())
            #expect(try await isServed(after))
            #expect(try await before.hearsNothing())
            let missing = stranger.folder + "/missing.pem"
            #expect(throws: SIPEndpointError.credentials(file: missing, reason: "no certificate can be read")) {
                try TLSCredentials(certificate: (missing, new.key))
            }
            #expect(throws: SIPEndpointError.credentials(file: new.certificate, reason: "no private key can be read")) {
                try TLSCredentials(certificate: (new.certificate, new.certificate))
            }
            let unfit = try stranger.issue(for: "IP:127.0.0.1")
            #expect(throws: SIPEndpointError.self) {
                try TLSCredentials(certificate: (new.certificate, unfit.key))
            }
        }
    }
}
