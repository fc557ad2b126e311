// Callers who are passed on, through sockets: by REFER and by a second leg (B1, C7).

import CallControl
import Media
import SIP
import Testing

@testable import Telephony

@Suite("Passing a caller on (B1, C7)", .timeLimit(.minutes(3)))
struct TransferTests {
    private static let drone = Clip.recording(Drone(byteCount: 800_000, byte: 0x11))

    /// Passes the caller on to 0; where that fails, says so and waits for a key.
    private static func operatorBy(_ manner: TransferManner, number: String = "0") -> Office.Script {
        { incoming, diary in
            let call = try await incoming.answer()
            diary.note("\(try await call.transfer(to: number, by: manner))")
            _ = try await call.play([drone], from: .zero, interruptedBy: [.one])
        }
    }

    private func notify(_ phone: inout Telephone, _ line: String) async throws {
        phone.send(
            .notify, [HeaderField("Event", "refer"), HeaderField("Subscription-State", "terminated")],
            type: "message/sipfrag", body: Array(line.utf8))
        #expect(try await phone.response().status == 200)
    }

    // MARK: By REFER

    @Test("REFER names the route; when the target has taken the call, ours is hung up")
    func referred() async throws {
        let far = try Wire()
        try await Office.open(far: far, script: Self.operatorBy(.refer)) { office, address in
            var phone = try Telephone(to: address)
            try await phone.call()
            let refer = try await phone.request()
            #expect(refer.method == .refer && refer.head["refer-to"] == "<sip:0@127.0.0.1:\(far.port)>")
            phone.answer(refer, 202)
            try await notify(&phone, "SIP/2.0 200 OK")
            #expect(try await office.diary.next() == "transferred")
            #expect(try await phone.request().method == .bye)
        }
    }

    @Test(
        "A target that is busy, silent or refuses: the caller is back with the flow and hears it",
        arguments: [(486, "busy"), (480, "noAnswer"), (404, "refused")])
    func referFails(status: Int, outcome: String) async throws {
        try await Office.open(account: nil, script: Self.operatorBy(.refer)) { office, address in
            var phone = try Telephone(to: address)
            try await phone.call()
            let refer = try await phone.request()
            #expect(refer.head["refer-to"] == "<sip:0@127.0.0.1:\(phone.sip.port)>", "the trunk knows the number")
            phone.answer(refer, 202)
            try await notify(&phone, "SIP/2.0 \(status) No")
            #expect(try await office.diary.next() == outcome)
            try await phone.hears { $0.allSatisfy { $0 == 0x11 } }
            phone.press(1)
            #expect(try await office.diary.next() == "done")
        }
    }

    @Test("A phone that knows no REFER has refused")
    func referUnknown() async throws {
        try await Office.open(account: nil, script: Self.operatorBy(.refer)) { office, address in
            var phone = try Telephone(to: address)
            try await phone.call()
            phone.answer(try await phone.request(), 501)
            #expect(try await office.diary.next() == "refused")
            phone.press(1)
            #expect(try await office.diary.next() == "done")
        }
    }

    @Test("Nothing that could be more than a number gets into a URI", arguments: TransferManner.allCases)
    func noRoute(manner: TransferManner) async throws {
        let numbers = ["", "12a", "0@192.0.2.1", "0;x=y", "0>\r\nX: y", String(repeating: "1", count: 33)]
        let far = try Wire()
        try await Office.open(
            far: far,
            script: { incoming, diary in
                let call = try await incoming.answer()
                for number in numbers { diary.note("\(try await call.transfer(to: number, by: manner))") }
            }
        ) { office, address in
            var phone = try Telephone(to: address)
            try await phone.call()
            for _ in numbers { #expect(try await office.diary.next() == "noRoute") }
        }
        try await Office.open(script: Self.operatorBy(manner)) { office, address in
            var phone = try Telephone(to: address)
            try await phone.call()
            #expect(try await office.diary.next() == "noRoute", "a phone of ours has no more routes than we have")
        }
    }

    // MARK: By a second leg

    /// A caller whose second leg rings at `far`, and the INVITE there.
    private func ringing(_ far: inout Telephone, _ address: HostPort) async throws -> (Telephone, SIPRequest) {
        var phone = try Telephone(to: address)
        try await phone.call()
        let invite = try await far.invited()
        #expect(invite.uri.user == "0" && invite.head.from.uri.user == "100")
        far.answer(invite, 180)
        return (phone, invite)
    }

    private func open(_ test: (Office, Telephone, HostPort) async throws -> Void) async throws {
        let sip = try Wire()
        try await Office.open(far: sip, script: Self.operatorBy(.bridge)) { office, address in
            try await test(office, Telephone(to: address, sip: sip), address)
        }
    }

    @Test("It rings, somebody answers, both hear each other and each other's keys; whoever hangs up ends both")
    func bridged() async throws {
        for callerHangsUp in [true, false] {
            try await open { office, far, address in
                var far = far
                var (phone, invite) = try await ringing(&far, address)
                let ringing = Tones.ringing(.pcmu).bytes
                try await phone.hears { $0 == Array(ringing[..<160]) }
                far.answer(invite, 200, body: far.description())
                #expect(try await far.request().method == .ack)
                try await phone.isHeard(by: far, saying: 0x21)
                try await far.isHeard(by: phone, saying: 0x22)
                let tone = try #require(Tones.key(.five, .pcmu)).bytes
                phone.press(5)
                try await far.hears { $0 == Array(tone[..<160]) }
                far.press(5)
                try await phone.hears { $0 == Array(tone[..<160]) }
                let (leaving, left) = callerHangsUp ? (phone, far) : (far, phone)
                var first = leaving
                first.send(.bye)
                #expect(try await first.response().status == 200)
                var second = left
                #expect(try await second.request().method == .bye)
                #expect(try await office.diary.next() == "transferred")
            }
        }
    }

    @Test("What the far side sends before it answers is heard instead of the ringing")
    func earlyMedia() async throws {
        try await open { office, far, address in
            var far = far
            let (phone, invite) = try await ringing(&far, address)
            far.answer(invite, 183, body: far.description())
            try await far.isHeard(by: phone, saying: 0x23)
            far.answer(invite, 486)
            #expect(try await office.diary.next() == "busy")
            try await phone.hears { $0.allSatisfy { $0 == 0x11 } }
        }
    }

    @Test(
        "When it is not taken the caller is back with the flow, and the dialog works on",
        arguments: [(486, "busy"), (480, "noAnswer"), (603, "refused"), (302, "refused")])
    func notTaken(status: Int, outcome: String) async throws {
        try await open { office, far, address in
            var far = far
            var (phone, invite) = try await ringing(&far, address)
            try await phone.hears { $0 == Array(Tones.ringing(.pcmu).bytes[..<160]) }
            far.answer(invite, status)
            #expect(try await far.request().method == .ack)
            #expect(try await office.diary.next() == outcome)
            try await phone.hears { $0.allSatisfy { $0 == 0x11 } }
            phone.press(1)
            #expect(try await office.diary.next() == "done")
            #expect(try await phone.request().method == .bye)
        }
    }

    @Test("A caller who hangs up while it rings cancels the second leg")
    func callerGivesUp() async throws {
        try await open { office, far, address in
            var far = far
            var (phone, invite) = try await ringing(&far, address)
            phone.send(.bye)
            #expect(try await phone.response().status == 200)
            let cancel = try await far.request()
            #expect(cancel.method == .cancel)
            far.answer(cancel, 200)
            far.answer(invite, 487)
            #expect(try await far.request().method == .ack)
            #expect(try await office.diary.next() == "hangUp")
        }
    }

    @Test("Each leg's hold is answered here and not passed on; a far answer without a description is refused")
    func holdAndOddAnswers() async throws {
        try await open { office, far, address in
            var far = far
            var (phone, invite) = try await ringing(&far, address)
            far.answer(invite, 200, body: far.description())
            #expect(try await far.request().method == .ack)
            try await phone.isHeard(by: far, saying: 0x21)
            for isFar in [true, false] {
                var holder = isFar ? far : phone
                holder.send(.invite, body: holder.description("sendonly"))
                let answer = try await holder.response()
                #expect(answer.status == 200 && String(decoding: answer.head.body, as: UTF8.self).contains("recvonly"))
                holder.send(.ack)
                if isFar { far = holder } else { phone = holder }
            }
            phone.send(.bye)
            #expect(try await phone.response().status == 200)
            #expect(try await far.request().method == .bye)
        }
        try await open { office, far, address in
            var far = far
            let (_, invite) = try await ringing(&far, address)
            far.answer(invite, 200)
            #expect(try await far.request().method == .ack)
            #expect(try await office.diary.next() == "refused")
            #expect(try await far.request().method == .bye)
        }
    }
}
