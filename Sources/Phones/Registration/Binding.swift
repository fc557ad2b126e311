// A binding: the contact at which a phone of an account can be reached until a certain time (RFC 3261 §10), and the
// flow that it registered by, which is the way back to it (RFC 5626 §5.3). The store keeps it as text.

internal import Foundation
internal import Mailboxes
internal import SIP

/// `sip:number@domain`.
struct AddressOfRecord: Hashable, Sendable, Codable {
    var number: String
    var domain: String

    var uri: SIPURI { SIPURI(user: number, host: domain) }
}

struct Binding: Hashable, Sendable {
    var owner: AddressOfRecord
    /// As registered, but for `expires`, which is `expiresAt` by now.
    var contact: NameAddress
    var callID: String
    var cseq: UInt32
    /// Seconds since 1970.
    var expiresAt: Double
    var flow: Flow
    /// The proxies between the phone and us, ours first (RFC 3327): the Route of requests to it.
    var path: [NameAddress] = []
    /// Where the REGISTER came from, where that is not the way back.
    var source: HostPort?
    /// What the phone calls itself (RFC 3261 §20.41), no more than its first 100 characters.
    var agent: String?

    /// The device and its connection (RFC 5626 §6), where the phone names them.
    var instance: Instance? {
        contact.parameters["+sip.instance"].map { Instance(urn: $0, registration: contact.parameters["reg-id"]) }
    }

    struct Instance: Hashable {
        var urn: String
        var registration: String?
    }

    func isSameContact(as uri: SIPURI) -> Bool { contact.uri.isEquivalent(to: uri) }
}

extension Binding {
    /// The registrar's own notation of what the store keeps as the flow.
    private struct Way: Codable {
        var owner: AddressOfRecord
        var flow: Flow
        var path: [String]?
        var source: HostPort?
        var agent: String?
    }

    /// Nil when the text cannot be read, as after a change of notation: the phone will register again.
    init?(_ stored: StoredBinding) {
        guard let way = try? JSONDecoder().decode(Way.self, from: Data(stored.flow.utf8)),
            let contact = try? NameAddress(parsing: stored.contact),
            let path = try? (way.path ?? []).map({ try NameAddress(parsing: $0) })
        else { return nil }
        self.init(
            owner: way.owner, contact: contact, callID: stored.callID, cseq: stored.cseq, expiresAt: stored.expiresAt,
            flow: way.flow, path: path, source: way.source, agent: way.agent)
    }

    func stored(for account: ExtensionID) throws -> StoredBinding {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let proxies = path.isEmpty ? nil : path.map(\.description)
        let way = try encoder.encode(Way(owner: owner, flow: flow, path: proxies, source: source, agent: agent))
        return StoredBinding(
            account: account, contact: contact.description, callID: callID, cseq: cseq, expiresAt: expiresAt,
            flow: String(decoding: way, as: UTF8.self))
    }
}
