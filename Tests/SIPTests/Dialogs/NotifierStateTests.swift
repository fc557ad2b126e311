// Subscriptions as transcripts: what the subscriber is told, when, and how a subscription ends.

import Foundation
import Testing

@testable import SIP

private struct Transcript {
    var notifier: NotifierState
    var caller = Caller()
    var now = Duration.zero
    var flow: Flow {
        let address = HostPort(host: "192.0.2.1", port: 5060)
        return Flow(transport: .udp, local: address, remote: address)
    }

    init(_ headers: [String] = ["Event: message-summary", "Expires: 600"]) throws {
        let subscribe = try caller.request("SUBSCRIBE", 1, headers)
        let dialog = try #require(DialogState(answering: subscribe, localTag: "ours", contact: .ours))
        notifier = NotifierState(
            subscribe: subscribe, transaction: try .of(subscribe), dialog: dialog, limits: 60...3_600)
        caller.toTag = "ours"
    }

    /// Accepted for 600 s and told "a", which was answered.
    static func active() throws -> Transcript {
        var transcript = try Transcript()
        #expect(transcript.on(.accepted(expires: 600)) == ["200 expires 600"])
        #expect(transcript.notify("a") == ["NOTIFY active;expires=600 a"])
        #expect(transcript.answered(200) == [])
        return transcript
    }

    mutating func on(_ event: NotifierState.Event) -> [String] { notifier.handle(event, now: now).map(text) }

    mutating func notify(_ body: String) -> [String] { on(.notify(contentType: "text/plain", body: Array(body.utf8))) }

    mutating func answered(_ status: Int?, retryAfter: Int? = nil) -> [String] {
        guard let status, let request = try? caller.request("NOTIFY", 1) else { return on(.answered(nil)) }
        return on(
            .answered(request.response(status, adding: retryAfter.map { [SIPCapabilities.retryAfter($0)] } ?? [])))
    }

    mutating func refresh(_ cseq: Int, _ headers: [String]) throws -> [String] {
        let request = try caller.request("SUBSCRIBE", cseq, headers)
        return on(.refresh(request, try .of(request)))
    }

    private func text(_ action: NotifierState.Action) -> String {
        switch action {
        case .respond(let response, _):
            let headers = ["expires", "min-expires", "allow-events"].compactMap { name in
                response.head[name].map { "\(name) \($0)" }
            }
            return ([String(response.status)] + headers).joined(separator: " ")
        case .notify(let request):
            let state = request.head["subscription-state"] ?? "no state"
            return "NOTIFY \(state) \(String(decoding: request.head.body, as: UTF8.self))"
        case .tell(.refreshed(let expires)): return "refreshed \(expires)"
        case .tell(.ended(let reason)): return "ended \(reason)"
        case .closed: return "closed"
        }
    }
}

struct NotifierStateTests {
    private let event = "Event: message-summary"

    @Test("F2: one NOTIFY is out at a time; of the states that wait only the newest is sent")
    func newestWins() throws {
        var lamp = try Transcript.active()
        #expect(lamp.notify("b") == ["NOTIFY active;expires=600 b"])
        #expect(lamp.notify("c") == [])
        #expect(lamp.notify("d") == [])
        #expect(lamp.answered(200) == ["NOTIFY active;expires=600 d"])
        #expect(lamp.answered(200) == [])
    }

    @Test("F2: a state that comes back while it is being told takes the place of the one that waits")
    func thereAndBack() throws {
        var lamp = try Transcript.active()
        #expect(lamp.notify("none") == ["NOTIFY active;expires=600 none"])
        #expect(lamp.notify("one") == [])
        #expect(lamp.notify("none") == [])
        #expect(lamp.answered(200) == [])
    }

    @Test("F2: the state that is being told is not told twice")
    func sameState() throws {
        var lamp = try Transcript.active()
        #expect(lamp.notify("b") == ["NOTIFY active;expires=600 b"])
        #expect(lamp.notify("b") == [])
        #expect(lamp.answered(200) == [])
        #expect(lamp.notify("b") == ["NOTIFY active;expires=600 b"])
    }

    @Test("F2: NOTIFY repeats the event with its id and counts the time that is left")
    func eventAndExpires() throws {
        var lamp = try Transcript(["Event: message-summary;id=7", "Expires: 600"])
        _ = lamp.on(.accepted(expires: 600))
        lamp.now = .milliseconds(100_500)
        guard
            case .notify(let request)? = lamp.notifier.handle(.notify(contentType: "x/y", body: [1]), now: lamp.now)
                .first
        else { throw Caller.NotARequest(text: "no NOTIFY") }
        #expect(request.head["event"] == "message-summary;id=7")
        #expect(request.head["subscription-state"] == "active;expires=499")
        #expect(request.head["content-type"] == "x/y")
        #expect(request.head.cseq == CSeq(1, .notify))
    }

    @Test("F2: a refresh is granted within the limits and answered with the newest state")
    func refresh() throws {
        var lamp = try Transcript.active()
        #expect(
            try lamp.refresh(2, [event, "Expires: 9999"])
                == ["200 expires 3600", "NOTIFY active;expires=3600 a", "refreshed 3600"])
        #expect(lamp.answered(200) == [])
        #expect(try lamp.refresh(3, [event, "Expires: 10"]) == ["423 min-expires 60"])
        #expect(try lamp.refresh(4, ["Event: presence", "Expires: 600"]) == ["489 allow-events message-summary"])
        #expect(try lamp.refresh(4, [event, "Expires: 600"]) == ["500"])
        #expect(lamp.notifier.deadline == .seconds(3_600))
    }

    @Test(
        "F2: a refresh with an Expires that is no number gets 400 and ends nothing",
        arguments: ["-5", "+60", "soon", ""])
    func malformedRefresh(expires: String) throws {
        var lamp = try Transcript.active()
        #expect(try lamp.refresh(2, [event, "Expires: \(expires)"]) == ["400"])
        #expect(try lamp.refresh(3, [event, "Expires: 99999999999999999999"]).first == "200 expires 3600")
    }

    @Test("F2: unsubscribing gets a last NOTIFY; its answer closes the subscription")
    func unsubscribe() throws {
        var lamp = try Transcript.active()
        #expect(
            try lamp.refresh(2, [event, "Expires: 0"])
                == ["200 expires 0", "ended unsubscribed", "NOTIFY terminated;reason=timeout a"])
        #expect(try lamp.refresh(3, [event, "Expires: 600"]) == ["481"])
        #expect(lamp.notify("b") == [])
        #expect(lamp.answered(200) == ["closed"])
    }

    @Test("F2: a subscription expires with a last NOTIFY, which waits for the one that is out")
    func expiry() throws {
        var lamp = try Transcript.active()
        #expect(lamp.notify("b") == ["NOTIFY active;expires=600 b"])
        #expect(lamp.notifier.deadline == .seconds(600))
        lamp.now = .seconds(600)
        #expect(lamp.on(.time) == ["ended expired"])
        #expect(lamp.notifier.deadline == nil)
        #expect(lamp.answered(200) == ["NOTIFY terminated;reason=timeout b"])
        #expect(lamp.answered(nil) == ["closed"])
    }

    @Test("F2: a fetch gets its one NOTIFY, with the state or, when there is none for 10 s, without")
    func fetch() throws {
        var fetch = try Transcript([event, "Expires: 0"])
        #expect(fetch.on(.accepted(expires: 0)) == ["200 expires 0", "ended unsubscribed"])
        var silent = fetch
        #expect(fetch.notify("a") == ["NOTIFY terminated;reason=timeout a"])
        #expect(fetch.answered(200) == ["closed"])
        silent.now = .seconds(10)
        #expect(silent.on(.time) == ["NOTIFY terminated;reason=timeout "])
    }

    @Test(
        "F2: 481, other final refusals and no answer at all remove the subscription", arguments: [481, 404, 489, nil])
    func removed(status: Int?) throws {
        var lamp = try Transcript.active()
        _ = lamp.notify("b")
        #expect(lamp.answered(status) == ["ended notifyFailed", "closed"])
    }

    @Test("F2: a passing failure is tried again after Retry-After or 30 s, with the newest state, three times")
    func retried() throws {
        var lamp = try Transcript.active()
        _ = lamp.notify("b")
        #expect(lamp.answered(503, retryAfter: 5) == [])
        #expect(lamp.notify("c") == [])
        #expect(lamp.notifier.deadline == .seconds(5))
        lamp.now = .seconds(5)
        #expect(lamp.on(.time) == ["NOTIFY active;expires=595 c"])
        for _ in 0..<2 {
            #expect(lamp.answered(500) == [])
            lamp.now += .seconds(30)
            #expect(lamp.on(.time).count == 1)
        }
        #expect(lamp.answered(500) == ["ended notifyFailed", "closed"])
    }

    @Test("F2: termination by us says its reason; a stop does not wait for the NOTIFY that is out")
    func terminated() throws {
        var lamp = try Transcript.active()
        #expect(
            lamp.on(.terminate(reason: "noresource")) == ["ended terminated", "NOTIFY terminated;reason=noresource a"])
        var stopped = try Transcript.active()
        _ = stopped.notify("b")
        #expect(stopped.on(.stop) == ["ended stopped", "NOTIFY terminated;reason=deactivated b", "closed"])
    }

    @Test("F2: kept and restored, it goes on: NOTIFY above all numbers of before, refresh in order, and the end")
    func restored() throws {
        var lamp = try Transcript(["Event: message-summary;id=7", "Expires: 600"])
        _ = lamp.on(.accepted(expires: 600))
        _ = lamp.notify("a")
        let flow = Flow(
            transport: .udp, local: HostPort(host: "192.0.2.1", port: 5060),
            remote: HostPort(host: "192.0.2.7", port: 6000))
        let path = DialogPath(flow, isProxied: true, isSymmetric: true)
        let kept = try #require(lamp.notifier.kept(path: path))
        let read = try JSONDecoder().decode(KeptSubscription.self, from: try JSONEncoder().encode(kept))
        #expect(read == kept && read.flow == flow && read.isProxied && read.remoteTarget != nil)

        let dialog = try #require(DialogState(read, skipping: 5_000))
        lamp.now = .seconds(1_000)
        lamp.notifier = NotifierState(
            restored: dialog, event: read.event, limits: 60...3_600, until: lamp.now + .seconds(90))
        #expect(lamp.notifier.deadline == .seconds(1_090))
        #expect(lamp.on(.time) == [])
        let actions = lamp.notifier.handle(.notify(contentType: "text/plain", body: [0x62]), now: lamp.now)
        guard case .notify(let notify)? = actions.first else { throw Caller.NotARequest(text: "no NOTIFY") }
        #expect(notify.head.cseq.number == 5_002 && notify.head["event"] == "message-summary;id=7")
        #expect(notify.head["subscription-state"] == "active;expires=90")
        #expect(notify.head.from.tag == "ours" && notify.head.to.tag == lamp.caller.tag)
        #expect(lamp.answered(200) == [])
        #expect(try lamp.refresh(1, ["Event: message-summary;id=7", "Expires: 600"]) == ["500"])
        #expect(
            try lamp.refresh(2, ["Event: message-summary;id=7", "Expires: 600"])
                == ["200 expires 600", "NOTIFY active;expires=600 b", "refreshed 600"])
        _ = lamp.answered(200)
        #expect(
            try lamp.refresh(3, ["Event: message-summary;id=7", "Expires: 0"])
                == ["200 expires 0", "ended unsubscribed", "NOTIFY terminated;reason=timeout b"])
        #expect(lamp.notifier.kept(path: path) == nil)
    }

    @Test("F2: a dialog that is out of numbers, or cannot be read, is not restored")
    func notRestored() throws {
        let lamp = try Transcript.active()
        let kept = try #require(lamp.notifier.kept(path: DialogPath(lamp.flow)))
        #expect(DialogState(kept, skipping: 1 << 30) == nil)
        #expect(DialogState(kept, skipping: .max) == nil)
        #expect(DialogState(kept, skipping: 0) != nil)
    }

    @Test(
        "F2: after a restart there is a way by a datagram, or to where a phone listens, but not to where it came from",
        arguments: [
            (Transport.udp, "sip:100@10.0.0.9", true), (.tcp, "sip:100@192.0.2.7:5060;transport=tcp", true),
            (.tcp, "sip:100@192.0.2.7:6000;transport=tcp", false), (.tcp, "sip:100@10.0.0.9:5060", false),
            (.tls, "sip:100@10.0.0.9:5061;transport=tls", false),
        ])
    func remains(transport: Transport, contact: String, expected: Bool) throws {
        let flow = Flow(
            transport: transport, local: HostPort(host: "192.0.2.1", port: 5060),
            remote: HostPort(host: "192.0.2.7", port: 6000))
        let path = DialogPath(flow, isProxied: false, isSymmetric: true)
        #expect(path.remains(to: try SIPURI(parsing: contact)) == expected)
    }
}
