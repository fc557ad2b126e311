// Subscriptions through sockets.

import Testing

@testable import SIP

struct SubscriptionTests {
    private let headers = ["Event: message-summary", "Expires: 600"]

    @Test("F2: SUBSCRIBE, 200, NOTIFY, refresh, unsubscribe", arguments: [false, true])
    func wholeSubscription(overTCP: Bool) async throws {
        try await Bench.run { bench in
            let phone = overTCP ? try await bench.connection() : try await bench.phone()
            var caller = phone.caller
            phone.send(caller.text("SUBSCRIBE", 1, headers))
            let incoming = try await bench.user.subscriptions.stream.first()
            #expect(incoming.event == "message-summary" && incoming.requestedExpires == 600)
            let subscription = incoming.accept(expires: 300)
            subscription.notify(
                contentType: "application/simple-message-summary", body: Array("Messages-Waiting: no".utf8))
            let success = try await phone.response()
            #expect(success.status == 200 && success.head["expires"] == "300")
            caller.toTag = success.head.to.tag
            let notify = try await phone.request()
            #expect(
                notify.head["subscription-state"] == "active;expires=300" && notify.head["event"] == "message-summary")
            #expect(
                notify.head.from.tag == caller.toTag && notify.head.to.tag == caller.tag
                    && !notify.head.contacts.isEmpty)
            phone.answer(notify, 200)
            phone.send(caller.text("SUBSCRIBE", 2, headers))
            #expect(try await phone.response().status == 200)
            let again = try await phone.request()
            #expect(again.head.body == notify.head.body && again.head.cseq.number == 2)
            phone.answer(again, 200)
            phone.send(caller.text("SUBSCRIBE", 3, ["Event: message-summary", "Expires: 0"]))
            #expect(try await phone.response().status == 200)
            let last = try await phone.request()
            #expect(last.head["subscription-state"] == "terminated;reason=timeout")
            phone.answer(last, 200)
            #expect(try await phone.hearsNothing())
            var told: [SubscriptionEvent] = []
            for await event in subscription.events { told.append(event) }
            #expect(told == [.refreshed(expires: 600), .ended(.unsubscribed)])
            #expect(await bench.endpoint.statistics.subscriptions == 0)
        }
    }

    @Test("F2: an expired subscription gets a last NOTIFY; 481 to a NOTIFY removes its subscription")
    func ends() async throws {
        try await Bench.run { bench in
            for isRefused in [false, true] {
                let phone = try await bench.phone()
                phone.send(phone.caller.text("SUBSCRIBE", 1, headers))
                let subscription = try await bench.user.subscriptions.stream.first().accept(expires: 60)
                subscription.notify(contentType: "text/plain", body: [0x61])
                #expect(try await phone.response().status == 200)
                phone.answer(try await phone.request(), isRefused ? 481 : 200)
                #expect(try await phone.hearsNothing())
                if !isRefused {
                    await bench.advance(.seconds(60))
                    let last = try await phone.request()
                    #expect(last.head["subscription-state"] == "terminated;reason=timeout")
                    phone.answer(last, 200)
                }
                #expect(try await subscription.events.first() == .ended(isRefused ? .notifyFailed : .expired))
            }
        }
    }

    @Test("F2: more subscriptions than allowed get 503 with Retry-After; a refresh needs no more room")
    func tooManySubscriptions() async throws {
        var limits = SIPLimits()
        limits.maximumSubscriptions = 1
        try await Bench.run(limits) { bench in
            let (phone, other) = (try await bench.phone(), try await bench.phone())
            var caller = phone.caller
            phone.send(caller.text("SUBSCRIBE", 1, headers))
            _ = try await bench.user.subscriptions.stream.first().accept(expires: 600)
            caller.toTag = try await phone.response().head.to.tag
            other.send(other.caller.text("SUBSCRIBE", 1, headers))
            let refused = try await other.response()
            #expect(refused.status == 503 && refused.head["retry-after"] == "10")
            phone.send(caller.text("SUBSCRIBE", 2, headers))
            #expect(try await phone.response().status == 200)
        }
    }

    @Test("F2: a rejected SUBSCRIBE leaves nothing; one without Contact gets 400")
    func rejected() async throws {
        try await Bench.run { bench in
            let phone = try await bench.phone()
            phone.send(phone.caller.text("SUBSCRIBE", 1, ["Event: presence"]))
            let incoming = try await bench.user.subscriptions.stream.first()
            incoming.reject(489, headers: [HeaderField("Allow-Events", "message-summary")])
            let refused = try await phone.response()
            #expect(refused.status == 489 && refused.head["allow-events"] == "message-summary")
            #expect(try await incoming.accept(expires: 600).events.first() == .ended(.stopped))
            let bare = phone.caller.text("SUBSCRIBE", 2, headers).replacing("Contact:", with: "X-Contact:")
            phone.send(bare)
            #expect(try await phone.response().status == 400)
            #expect(await bench.endpoint.statistics.subscriptions == 0)
        }
    }
}
