// Who uses the endpoint (the "transaction user" of RFC 3261 §5): told of new requests, answers by their handles.

/// Called on the endpoint's event loop: every function returns at once and does its work in a Task.
public protocol SIPUser: Sendable {
    /// REGISTER: the one out-of-dialog method besides those below that the endpoint does not answer itself.
    func received(_ request: IncomingRequest)
    /// A new call. 100 has been sent.
    func received(_ call: IncomingInvite)
    /// A new subscription or a fetch (RFC 6665 §4.4.3). The event package is not checked yet.
    func received(_ subscription: IncomingSubscribe)
}

/// A request that waits for its one final response. When there is none within 30 s the endpoint sends 500.
public final class IncomingRequest: Sendable {
    public let request: SIPRequest
    /// The way it came.
    public let flow: Flow
    let transaction: ServerTransactionKey
    let core: CoreReference

    init(request: SIPRequest, flow: Flow, transaction: ServerTransactionKey, core: CoreReference) {
        self.request = request
        self.flow = flow
        self.transaction = transaction
        self.core = core
    }

    /// The first response counts, later ones are ignored. The endpoint adds a To tag and the Server header.
    public func respond(_ response: SIPResponse) {
        core.run { [transaction] in $0.respond(response, to: transaction) }
    }
}
