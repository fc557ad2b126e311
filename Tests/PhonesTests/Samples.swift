// People, phones and requests that the tests of this room share.

import Foundation
import Mailboxes
import SIP
import Testing

@testable import Mailboxes
@testable import Phones

enum Sample {
    static let domain = "example.org"

    static func account(
        _ number: String = "100", id: Int64 = 100, digest: Mailboxes.DigestAlgorithm = .md5, mailbox: Int64? = nil
    ) -> Extension {
        Extension(
            .init(
                id: ExtensionID(rawValue: id), organisation: OrganisationID(rawValue: 1), domain: domain,
                number: number, displayName: nil, ha1MD5: "", ha1SHA256: "", digest: digest,
                mailbox: MailboxID(rawValue: mailbox ?? id)))
    }

    static func flow(_ port: UInt16 = 6000, host: String = "192.0.2.7", _ transport: Transport = .udp) -> Flow {
        Flow(
            transport: transport, local: HostPort(host: "192.0.2.1", port: 5060),
            remote: HostPort(host: host, port: port))
    }

    static func request(
        _ method: SIP.Method, user: String? = "100", host: String = domain, from: String = "100",
        callID: String = "call-1", cseq: UInt32 = 1, vias: Int = 1, asksForPort: Bool = true,
        headers: [HeaderField] = []
    ) -> SIPRequest {
        let sender = NameAddress(uri: SIPURI(user: from, host: host), parameters: [.init("tag", "t1")])
        var head = MessageHead(
            from: sender, to: NameAddress(uri: SIPURI(user: from, host: host)), callID: callID,
            cseq: CSeq(cseq, method))
        let via = Via(
            transport: "UDP", host: "192.0.2.7", port: 6000, parameters: asksForPort ? [.init("rport")] : [])
        head.vias = (0..<vias).map { _ in via }
        head.other = headers
        return SIPRequest(method, uri: SIPURI(user: user, host: host), head: head)
    }

    /// A REGISTER; contacts as `<sip:…>;…`.
    static func register(
        _ contacts: [String] = ["<sip:100@192.0.2.7:6000>"], callID: String = "call-1", cseq: UInt32 = 1,
        expires: String? = nil, vias: Int = 1, asksForPort: Bool = true
    ) throws -> SIPRequest {
        var request = request(
            .register, user: nil, callID: callID, cseq: cseq, vias: vias, asksForPort: asksForPort)
        request.head.contacts = try contacts.map { $0 == "*" ? .everything : .address(try NameAddress(parsing: $0)) }
        if let expires { request.head.other.append(HeaderField("Expires", expires)) }
        return request
    }
}

/// An organisation with extensions 100 and 101 and the general mailbox 200, in a directory of its own.
struct SampleStore {
    let store: SQLiteStore
    let path: String

    /// - Parameter now: what the store takes for the time; nil: the real one.
    init(digest: Mailboxes.DigestAlgorithm = .md5, now: Double? = nil) async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "phones-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        path = directory.appending(path: "store.sqlite").path
        var options = SQLiteStoreOptions()
        if let now { options.now = { now } }
        options.pinCost = PINHash.Cost(rounds: 2, blockSize: 1, parallelism: 1)
        store = try await SQLiteStore.open(path: path, options: options)
        _ = try await store.addOrganisation(NewOrganisation(domain: Sample.domain, name: "Example", digest: digest))
        for number in ["100", "101"] {
            let new = NewExtension(domain: Sample.domain, number: number, password: "lamp-\(number)", pin: "4815")
            _ = try await store.addExtension(new)
        }
        _ = try await store.addMailbox(NewMailbox(domain: Sample.domain, number: "200", pin: "4815"))
    }

    func account(_ number: String = "100") async throws -> Extension {
        try #require(try await store.account(number: number, domain: Sample.domain))
    }

    func remove() async throws {
        try await store.close()
        try FileManager.default.removeItem(atPath: (path as NSString).deletingLastPathComponent)
    }
}
