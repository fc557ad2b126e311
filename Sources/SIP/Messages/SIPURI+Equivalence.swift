// When two URIs mean the same (RFC 3261 §19.1.4).

extension SIPURI {
    /// An absent port is not an explicit 5060, and a parameter that only one of them has counts for transport, user,
    /// ttl, method and maddr alone.
    public func isEquivalent(to other: SIPURI) -> Bool {
        guard scheme == other.scheme, user == other.user, password == other.password, port == other.port,
            host.equalsIgnoringCase(other.host), opaque == other.opaque
        else { return false }
        return agrees(with: other) && other.agrees(with: self) && headerFields == other.headerFields
    }

    private func agrees(with other: SIPURI) -> Bool {
        parameters.entries.allSatisfy { entry in
            guard other.parameters.contains(entry.name) else {
                return !["transport", "user", "ttl", "method", "maddr"].contains(entry.name.lowercased())
            }
            return entry.value?.lowercased() == other.parameters[entry.name]?.lowercased()
        }
    }

    private var headerFields: [String] { (headers ?? "").split(separator: "&").map { $0.lowercased() }.sorted() }
}
