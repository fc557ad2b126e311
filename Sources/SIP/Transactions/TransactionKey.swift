// What a message finds its transaction by (RFC 3261 §17.1.3 and §17.2.3).

internal import BoxedValues

/// Of a request that came in. An ACK has the key of its INVITE; a CANCEL has a transaction of its own.
struct ServerTransactionKey: Hashable, Sendable {
    private enum Name: Hashable, Sendable {
        /// What else the messages of a transaction have in common tells apart those of peers that take a branch twice,
        /// and lets nobody end a call whose Call-ID he does not know.
        case branch(String, host: String, port: UInt16?, callID: String, cseq: UInt32)
        /// A peer of RFC 2543, whose branch is not unique.
        indirect case legacy(uri: SIPURI, fromTag: String?, callID: String, cseq: UInt32, via: Via)
    }
    private struct Parts: Hashable, Sendable {
        var name: Name
        var method: Method
    }
    /// Boxed, as several tables hold it as long as the transaction lives.
    @Boxed private var parts: Parts
    var method: Method { parts.method }

    /// Whether its sender is one of RFC 2543, which knows no unique branches (RFC 3261 §8.1.1.7).
    var isLegacy: Bool { if case .legacy = parts.name { true } else { false } }

    /// Nil for a request without Via. To be taken before `received` is added to the Via.
    init?(_ request: SIPRequest) {
        guard let via = request.head.vias.first else { return nil }
        let cookie = "z9hG4bK"
        let name: Name
        if let branch = via.branch, branch.hasPrefix(cookie), branch.utf8.count > cookie.utf8.count {
            name = .branch(
                branch, host: via.host, port: via.port, callID: request.head.callID, cseq: request.head.cseq.number)
        } else {
            name = .legacy(
                uri: request.uri, fromTag: request.head.from.tag, callID: request.head.callID,
                cseq: request.head.cseq.number, via: via)
        }
        self.init(name: name, method: request.method == .ack ? .invite : request.method)
    }

    private init(name: Name, method: Method) { parts = Parts(name: name, method: method) }

    /// The transaction that a CANCEL with this key is to cancel (RFC 3261 §9.2).
    var cancelledInvite: ServerTransactionKey { ServerTransactionKey(name: parts.name, method: .invite) }
}

/// Of a response to one of our requests. Our branches are random, so nobody guesses them.
struct ClientTransactionKey: Hashable, Sendable {
    let branch: String
    let method: Method

    init(branch: String, method: Method) {
        self.branch = branch
        self.method = method
    }

    /// Of a request that has its Via.
    init?(_ request: SIPRequest) {
        guard let branch = request.head.vias.first?.branch else { return nil }
        self.init(branch: branch, method: request.method)
    }
}
