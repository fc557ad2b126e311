// Calls that are greeted before they are answered, through sockets (B8).

import CallControl
import SIP
import Testing

@testable import Telephony

@Suite("A greeting before the answer (B8)", .timeLimit(.minutes(3)))
struct EarlyCallTests {
    private struct Nowhere: RecordingSink {
        func append(_ audio: [UInt8]) async throws -> Int { audio.count }
    }

    private static let greeting = Clip.recording(Drone(byteCount: 80_000, byte: 0x11))

    @Test("What is played is heard before the 200, a key by telephone event works, then the call is accepted")
    func greeted() async throws {
        try await Office.open { incoming, diary in
            let call = try await incoming.answer(early: true)
            let heard = try await call.play([Self.greeting], from: .zero, interruptedBy: [.pound])
            diary.note("key \(heard.key?.rawValue ?? " ")")
            try await call.accept()
            diary.note("accepted")
            try await call.accept()
            while try await call.key(within: .seconds(5)) != .one {}
        } test: { office, address in
            var phone = try Telephone(to: address)
            phone.send(.invite, [HeaderField("Supported", "100rel")], body: phone.description())
            let progress = try await phone.response()
            #expect(progress.status == 183)
            phone.send(.prack, [HeaderField("RAck", "\(progress.head["rseq"] ?? "") 1 INVITE")])
            #expect(try await phone.response().head.cseq.method == .prack)
            try await phone.hears { $0.allSatisfy { $0 == 0x11 } }
            phone.press(11)
            #expect(try await office.diary.next() == "key #")
            let success = try await phone.response()
            #expect(success.status == 200 && success.head.body == progress.head.body)
            phone.send(.ack)
            #expect(try await office.diary.next() == "accepted")
            phone.send(.info, type: "application/dtmf", body: Array("1".utf8))
            #expect(try await office.diary.next() == "done")
        }
    }

    @Test("A caller who gives up during the greeting ends the call as cancelled")
    func cancelled() async throws {
        try await Office.open { incoming, _ in
            let call = try await incoming.answer(early: true)
            _ = try await call.play([Self.greeting], from: .zero, interruptedBy: [])
        } test: { office, address in
            var phone = try Telephone(to: address)
            phone.send(.invite, body: phone.description())
            #expect(try await phone.response().status == 183)
            try await phone.hears { $0.allSatisfy { $0 == 0x11 } }
            phone.send(.cancel)
            #expect(try await phone.response().head.cseq.method == .cancel)
            #expect(try await phone.response().status == 487)
            #expect(try await office.diary.next() == "cancelled")
        }
    }

    @Test("Nobody is recorded unanswered: recording accepts the call first")
    func recordingAccepts() async throws {
        try await Office.open { incoming, diary in
            let call = try await incoming.answer(early: true)
            let limits = RecordingLimits(maximum: .seconds(60), silence: .seconds(60))
            diary.note("\(await call.record(limits, into: Nowhere()).ending)")
        } test: { office, address in
            var phone = try Telephone(to: address)
            phone.send(.invite, body: phone.description())
            #expect(try await phone.response().status == 183)
            #expect(try await phone.response().status == 200)
            phone.send(.ack)
            phone.send(.bye)
            #expect(try await phone.response().status == 200)
            #expect(try await office.diary.next() == "hangUp")
        }
    }

    @Test("A phone that sends no sound before it is answered is not taken for gone; after that it is")
    func silentUntilAnswered() async throws {
        try await Office.open(mediaTimeout: .milliseconds(300)) { incoming, diary in
            let call = try await incoming.answer(early: true)
            _ = try await call.play([.silence(.seconds(1))], from: .zero, interruptedBy: [])
            diary.note("greeted")
            try await call.accept()
            _ = try await call.play([Self.greeting], from: .zero, interruptedBy: [])
        } test: { office, address in
            var phone = try Telephone(to: address)
            phone.send(.invite, body: phone.description())
            #expect(try await phone.response().status == 183)
            #expect(try await office.diary.next() == "greeted")
            #expect(try await phone.response().status == 200)
            phone.send(.ack)
            #expect(try await office.diary.next() == "mediaTimeout")
        }
    }

    @Test("A flow that ends without accepting leaves the call unanswered: 480")
    func announcementOnly() async throws {
        try await Office.open { incoming, _ in
            let call = try await incoming.answer(early: true)
            _ = try await call.play([.recording(Drone(byteCount: 800, byte: 0x11))], from: .zero, interruptedBy: [])
        } test: { office, address in
            var phone = try Telephone(to: address)
            phone.send(.invite, body: phone.description())
            #expect(try await phone.response().status == 183)
            #expect(try await office.diary.next() == "done")
            #expect(try await phone.response().status == 480)
        }
    }

    @Test("A caller without an offer is answered at once")
    func lateOffer() async throws {
        try await Office.open { incoming, _ in
            _ = try await incoming.answer(early: true)
        } test: { office, address in
            var phone = try Telephone(to: address)
            phone.send(.invite, [HeaderField("Supported", "100rel")])
            #expect(try await phone.response().status == 200)
            phone.send(.ack, body: phone.description())
            #expect(try await office.diary.next() == "done")
            #expect(try await phone.request().method == .bye)
        }
    }

    @Test("A stop does not wait for a caller who never answers our offer (K1)")
    func stopDuringLateOffer() async throws {
        try await Office.open { incoming, _ in
            _ = try await incoming.answer()
        } test: { office, address in
            var phone = try Telephone(to: address)
            phone.send(.invite)
            #expect(try await phone.response().status == 200)
            await office.switchboard.endCalls()
            #expect(try await office.diary.next() == "failure")
            await office.switchboard.waitUntilIdle(atMost: .seconds(30))
            #expect(office.switchboard.count == 0)
        }
    }
}
