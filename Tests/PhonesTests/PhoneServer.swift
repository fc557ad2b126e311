// A server as the composition root makes it, on loopback, and messages for the people of its store.

import Foundation
import Logging
import Mailboxes
import SIP
import Testing

@testable import Mailboxes
@testable import Phones

struct PhoneServer: Sendable {
    struct User: SIPUser {
        let phones: Phones
        func received(_ request: IncomingRequest) { phones.register(request) }
        func received(_ call: IncomingInvite) { call.reject(403) }
        func received(_ subscription: IncomingSubscribe) { phones.subscribe(subscription) }
    }

    let endpoint: SIPEndpoint
    let phones: Phones
    let address: HostPort
    /// Of TLS.
    let secureAddress: HostPort?

    init(
        _ store: any PhoneStore, _ settings: PhoneSettings = PhoneSettings(), port: UInt16 = 0,
        certificate: Certificate? = nil, sleep: @escaping Alarm.Sleep = Alarm.sleep
    ) async throws {
        let logger = Logger(label: "test")
        phones = Phones(
            store: store, settings: settings, logger: logger, now: { Date().timeIntervalSince1970 }, sleep: sleep)
        var configuration = SIPEndpointConfiguration(listen: [HostPort(host: "127.0.0.1", port: port)])
        configuration.limits.maximumConnectionsPerAddress = 2_000
        if let certificate {
            configuration.listenSecurely = [HostPort(host: "127.0.0.1", port: 0)]
            configuration.credentials = try TLSCredentials(
                certificate: (certificate.file, certificate.key), clientAuthority: nil, authority: certificate.file,
                verifies: true)
        }
        endpoint = SIPEndpoint(configuration: configuration, logger: logger)
        try await phones.load(into: endpoint)
        let addresses = try await endpoint.start(User(phones: phones))
        address = try #require(addresses.first)
        secureAddress = addresses.dropFirst().first
        await phones.start(endpoint)
    }

    func stop() async {
        await phones.shutDown(within: .seconds(5))
        await endpoint.stop()
    }
}

/// One for 127.0.0.1 that signs itself, as PEM files.
struct Certificate: Sendable {
    let folder: String
    var file: String { folder + "/certificate.pem" }
    var key: String { folder + "/key.pem" }

    init() throws {
        folder = NSTemporaryDirectory() + "certificate-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", "/CN=Test", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", file,
        ]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }

    func remove() throws { try FileManager.default.removeItem(atPath: folder) }
}

extension SampleStore {
    func leaveMessage(for number: String = "100") async throws {
        let mailbox = try #require(try await store.mailbox(number: number, domain: Sample.domain))
        let recording = try await store.openRecording(
            NewRecording(mailbox: mailbox.id, purpose: .message(callerNumber: nil, callerName: nil), encoding: .pcmu))
        _ = try await recording.append(Array(repeating: 0x55, count: 24_000))
        try await recording.keep(urgent: false)
    }
}
