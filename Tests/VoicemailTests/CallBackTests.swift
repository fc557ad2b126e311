// Calling back and calling out: what may be called, and what is said when it does not work (C7).
import CallControl
import Testing

@testable import Mailboxes
@testable import Voicemail

@Suite("Calling back (C7)")
struct CallBackTests {
    private func open(_ change: @escaping @Sendable (inout OrganisationSettings) -> Void = { _ in }) async throws
        -> House
    {
        let house = try await House.open()
        try await house.settings { $0.mayCallBack = true }
        try await house.organisation(change)
        return house
    }

    private func callBack(_ house: House, _ call: ScriptedCall, from caller: String?) async throws {
        let message = try #require(try await house.store.message(house.message(from: caller)))
        try await house.run(call) { talk, mailbox in try await CallBack(talk, mailbox, message).run() }
    }

    private func dialOut(_ house: House, _ call: ScriptedCall) async throws {
        try await house.run(call) { talk, mailbox in try await DialOut(talk, mailbox).run() }
    }

    private func calls(_ call: ScriptedCall) -> [String] {
        call.events.compactMap { if case .passedOn(let number) = $0 { number } else { nil } }
    }

    @Test(
        "the toll guard: extensions always, other numbers by their beginning, nothing with stars or letters in it",
        arguments: [
            ("101", true), ("100", true), ("999", false), ("34911234567", true), ("+15551234567", true),
            ("+34911234567", false), ("3", false), ("34", true), ("*98", false), ("34*1", false), ("34#1", false),
            ("#34", false), ("", false), ("+", false), ("3+4", false), ("34+1", false), ("34911234567890123", false),
            ("3491123456789012", true), ("anonymous", false), ("34 911", false), ("３４９１１", false), ("0034911", false),
            ("34911\u{0}", false),
        ])
    func tollGuard(number: String, isAllowed: Bool) async throws {
        let house = try await open { $0.callableNumbers = ["34", "+1555"] }
        let mailbox = try await house.mailbox()
        #expect(try await TollGuard(mailbox, house.store).permits(number) == isAllowed)
    }

    @Test("without settings, extensions only; an empty beginning allows nothing")
    func tollGuardByDefault() async throws {
        let house = try await open()
        let mailbox = try await house.mailbox()
        #expect(try await TollGuard(mailbox, house.store).permits("101"))
        #expect(try await !TollGuard(mailbox, house.store).permits("5551234"))
        #expect(!TollGuard.begins("5551234", withOneOf: ["", "6"]))
    }

    @Test(
        "the number is read out and called when it is confirmed, in the organisation's way",
        arguments: [
            (OrganisationSettings.Transfer.refer, TransferManner.refer), (.bridge, .bridge),
        ])
    func confirmed(setting: OrganisationSettings.Transfer, manner: TransferManner) async throws {
        let house = try await open { $0.transfer = setting }
        let call = ScriptedCall()
        call.when("to-call", type: "1")
        try await callBack(house, call, from: "101")
        #expect(call.prompts == ["to-call", "one-moment"])
        #expect(calls(call) == ["101"])
        #expect(call.transferManner == manner)
    }

    @Test("all of the number is heard before a key is pressed")
    func readOut() async throws {
        let house = try await open()
        let call = ScriptedCall()
        call.when("to-cancel", type: "*")
        try await callBack(house, call, from: "101")
        #expect(call.prompts.prefix(5) == ["to-call", "number-1", "number-0", "number-1", "press-1"])
        #expect(calls(call).isEmpty)
    }

    @Test("whoever may not, whoever did not show a number, and a number that may not be called")
    func refused() async throws {
        let house = try await open()
        for (caller, told) in [
            (nil, "caller-number-unknown"), ("", "caller-number-unknown"), ("anonymous", "number-not-allowed"),
            ("5551234", "number-not-allowed"), ("*21*101", "number-not-allowed"),
        ] {
            let call = ScriptedCall()
            try await callBack(house, call, from: caller)
            #expect(call.prompts == [told], "\(caller ?? "nil")")
        }
        try await house.settings { $0.mayCallBack = false }
        let back = ScriptedCall()
        try await callBack(house, back, from: "101")
        #expect(back.prompts == ["not-offered-here"])
        let out = ScriptedCall()
        try await dialOut(house, out)
        #expect(out.prompts == ["not-offered-here"])
    }

    @Test(
        "a call that fails is explained, and it goes on here",
        arguments: [
            (TransferFailure.busy, "line-busy"), (.noAnswer, "nobody-answers"), (.refused, "cannot-be-reached"),
            (.noRoute, "cannot-be-reached"),
        ])
    func failed(failure: TransferFailure, told: String) async throws {
        let house = try await open()
        let call = ScriptedCall()
        call.cannotBePassedOn(because: failure)
        call.when("to-call", type: "1")
        try await callBack(house, call, from: "101")
        #expect(call.prompts == ["to-call", "one-moment", told])
    }

    @Test("another number can be typed, under the same guard; the third one that may not be called is the last")
    func dialOut() async throws {
        let house = try await open { $0.callableNumbers = ["555"] }
        let other = ScriptedCall()
        other.when("to-call", type: "2")
        other.when("enter-number-to-call", type: "5551234#")
        try await callBack(house, other, from: "101")
        #expect(calls(other) == ["5551234"])
        let call = ScriptedCall()
        for typed in ["911#", "55512345678901234#", "66#"] { call.when("enter-number-to-call", type: typed) }
        try await dialOut(house, call)
        #expect(call.prompts.filter { $0 == "number-not-allowed" }.count == 3)
        #expect(calls(call).isEmpty)
        for key in ["#", "*"] {
            let none = ScriptedCall()
            none.when("enter-number-to-call", type: key)
            try await dialOut(house, none)
            #expect(none.prompts == ["enter-number-to-call"])
        }
    }
}
