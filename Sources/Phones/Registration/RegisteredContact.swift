// Where a phone can be called: what a call to an extension needs of the registrar.

internal import Mailboxes
public import SIP

public struct RegisteredContact: Sendable, Hashable {
    /// The Request-URI of calls to it (RFC 3261 §16.5).
    public var uri: SIPURI
    /// The way it registered by (RFC 5626 §5.3).
    public var flow: Flow
    /// The proxies on the way to it (RFC 3327 §5.3).
    public var routes: [NameAddress]

    init(_ binding: Binding) {
        uri = binding.contact.uri
        uri.headers = nil
        uri.parameters["method"] = nil
        flow = binding.flow
        routes = binding.path
    }
}

extension Phones {
    /// The phones of an extension, the one that was heard of last first; none where it has none or does not exist.
    public func contacts(of number: String, domain: String) async -> [RegisteredContact] {
        guard let account = try? await store.account(number: number, domain: domain) else { return [] }
        return await registrations.bindings(of: account.id).reversed().map(RegisteredContact.init)
    }
}
