// The interpreter: holds every transaction, dialog and connection of an endpoint and performs what the machines
// ask for. It is confined to one event loop.

internal import Logging
internal import NIOCore

final class EndpointCore {
    var statistics = SIPStatistics()
    init(configuration: SIPEndpointConfiguration, logger: Logger, loop: any EventLoop, now: @escaping @Sendable () -> Duration) {}
    func respond(_ response: SIPResponse, to transaction: ServerTransactionKey) {}
    func ring(_ dialog: DialogID) {}
    func reject(_ dialog: DialogID, status: Int, reason: String?, headers: [HeaderField]) {}
    func answer(_ dialog: DialogID, with sdp: SessionDescription) -> EventQueue<DialogEvent>? { nil }
    func hangUp(_ dialog: DialogID, reason: String?) {}
    func replyToOffer(_ dialog: DialogID, sequence: UInt32, _ verdict: OfferVerdict) {}
    func reject(_ subscription: IncomingSubscribe, status: Int, reason: String?, headers: [HeaderField]) {}
    func accept(_ subscription: IncomingSubscribe, expires: Int, events: EventQueue<SubscriptionEvent>) {}
    func notify(_ dialog: DialogID, contentType: String, body: [UInt8]) {}
    func terminate(_ dialog: DialogID, reason: String) {}
    func drain(retryAfter: Int) {}
}
