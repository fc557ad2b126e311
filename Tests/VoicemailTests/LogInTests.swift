// Getting in: whose mailbox, the PIN, and what happens to those who do not know it.
import CallControl
import Mailboxes
import Testing

@testable import Voicemail

@Suite("Logging in")
struct LogInTests {
    @Test("A1: 5001 from a phone that is vouched for asks for the PIN alone and opens its own mailbox")
    func ownMailbox() async throws {
        let house = try await House.open()
        try await house.message(in: .saved)
        let call = ScriptedCall(account: "100")
        call.when("enter-pin", type: "4815#")
        await house.retrieve(call)
        #expect(
            call.prompts.prefix(5) == [
                "enter-pin", "you-have", "number-1", "saved-messages-one", "to-hear-new-messages",
            ])
    }

    @Test(
        "A1: 5001 from a stranger, or from an account that is none, asks whose mailbox it is",
        arguments: [
            nil, "999", "200",
        ])
    func stranger(account: String?) async throws {
        let house = try await House.open()
        let call = ScriptedCall(account: account, caller: "100")
        await house.retrieve(call)
        #expect(call.prompts.prefix(2) == ["welcome", "enter-account-number"])
        #expect(!call.heard("enter-pin"))
    }

    @Test("A2: 5000 asks for account number and PIN, typed at the prompts or all ahead", arguments: [true, false])
    func anyMailbox(ahead: Bool) async throws {
        let house = try await House.open()
        try await house.message(of: "200")
        let call = ScriptedCall("5000")
        if ahead {
            call.type("200#4815##")
        } else {
            call.when("enter-account-number", type: "200#")
            call.when("enter-pin", type: "4815#")
            call.when("to-hear-saved-messages", type: "#")
        }
        await house.service.run("any-mailbox", arguments: [:], call)
        #expect(call.prompts.last == "goodbye")
        #expect(call.heard(inOrder: "enter-pin", "you-have"))
        #expect(call.events.last == .hungUp)
        #expect(!call.events.contains(.silence))
    }

    @Test("A2: silence ends an entry as pound does")
    func entryEndedBySilence() async throws {
        let house = try await House.open()
        let call = ScriptedCall("5000")
        call.when("enter-account-number", type: "100")
        call.when("enter-pin", type: "4815")
        await house.service.run("any-mailbox", arguments: [:], call)
        #expect(call.heard(inOrder: "enter-pin", "no-messages"))
    }

    @Test("A2: star starts an entry over; a letter key in it does not count")
    func startOver() async throws {
        let house = try await House.open()
        let call = ScriptedCall("5000")
        call.when("enter-account-number", type: "99*1A00#")
        call.when("enter-pin", type: "1*4815#")
        await house.service.run("any-mailbox", arguments: [:], call)
        #expect(call.heard(inOrder: "enter-pin", "no-messages"))
    }

    @Test("A5: a number can open a shared mailbox, whoever calls")
    func openMailbox() async throws {
        let house = try await House.open()
        try await house.message(of: "200")
        let call = ScriptedCall("5001", account: "100")
        call.when("enter-pin", type: "4815#")
        await house.service.run("open-mailbox", arguments: ["mailbox": "200"], call)
        #expect(call.heard(inOrder: "enter-pin", "you-have", "number-1", "new-messages-one"))
    }

    @Test("A2 D3: after a silence the question is asked again, without what was news before it")
    func askedAgain() async throws {
        let house = try await House.open()
        let call = ScriptedCall("5000")
        call.whenSilent(type: "")
        call.whenSilent(type: "999#")
        call.whenSilent(type: "")
        call.whenSilent(type: "100#")
        call.whenSilent(type: "1111#")
        await house.service.run("any-mailbox", arguments: [:], call)
        let number = ["are-you-still-there", "enter-account-number"]
        let pin = ["are-you-still-there", "enter-pin"]
        #expect(
            call.prompts == ["welcome", "enter-account-number"] + number + ["unknown-account", "enter-account-number"]
                + number + ["enter-pin", "wrong-pin", "enter-pin"] + pin + pin + ["goodbye"])
    }

    @Test("A10: an unknown account number is told, and after three the call ends")
    func unknownAccount() async throws {
        let house = try await House.open()
        let call = ScriptedCall("5000")
        for _ in 0..<3 { call.when("enter-account-number", type: "999#") }
        await house.service.run("any-mailbox", arguments: [:], call)
        #expect(
            call.prompts == [
                "welcome", "enter-account-number", "unknown-account", "enter-account-number", "unknown-account",
                "enter-account-number", "too-many-wrong-entries", "goodbye",
            ])
    }

    @Test("A10: an account number with digits to spare is none, and no end of keys ends the entry all the same")
    func endlessEntry() async throws {
        let house = try await House.open()
        let call = ScriptedCall("5000")
        call.type("1000000000000#" + String(repeating: "1", count: 500))
        await house.service.run("any-mailbox", arguments: [:], call)
        #expect(call.prompts.first == "welcome")
        #expect(!call.heard("enter-pin"))
        #expect(call.prompts.suffix(2) == ["too-many-wrong-entries", "goodbye"])
    }

    @Test("D3: three wrong PINs end the call, a right one before that opens the mailbox")
    func wrongPINs() async throws {
        let house = try await House.open()
        let wrong = ScriptedCall(account: "100")
        for _ in 0..<3 { wrong.when("enter-pin", type: "4816#") }
        await house.retrieve(wrong)
        #expect(
            wrong.prompts == [
                "enter-pin", "wrong-pin", "enter-pin", "wrong-pin", "enter-pin", "too-many-wrong-pins", "goodbye",
            ])

        let right = ScriptedCall(account: "100")
        right.when("enter-pin", type: "48155#")
        right.when("enter-pin", type: "4815#")
        await house.retrieve(right)
        #expect(right.heard(inOrder: "wrong-pin", "enter-pin", "no-messages"))
    }

    @Test("D3: across calls the mailbox locks, and then even the right PIN is told to wait, and for how long")
    func locked() async throws {
        let house = try await House.open()
        for _ in 0..<2 {
            let call = ScriptedCall(account: "100")
            for _ in 0..<3 { call.when("enter-pin", type: "0000#") }
            await house.retrieve(call)
        }
        let call = ScriptedCall(account: "100")
        call.when("enter-pin", type: "4815#")
        await house.retrieve(call)
        #expect(call.prompts == ["enter-pin", "mailbox-locked", "try-again-in", "number-1", "minutes-one", "goodbye"])
    }

    @Test("D3: pound alone is no PIN: it is told as a wrong entry and counts against no lock")
    func emptyPIN() async throws {
        let house = try await House.open()
        for _ in 0..<5 {
            let call = ScriptedCall(account: "100")
            call.type("###")
            await house.retrieve(call)
            #expect(
                call.prompts == [
                    "enter-pin", "invalid-entry", "invalid-entry", "too-many-wrong-entries", "goodbye",
                ])
        }
        let call = ScriptedCall(account: "100")
        call.when("enter-pin", type: "4815#")
        await house.retrieve(call)
        #expect(call.heard("no-messages"))
    }

    @Test("C1: three silences at the PIN or the account number end the call politely", arguments: ["5000", "5001"])
    func silence(dialled: String) async throws {
        let house = try await House.open()
        let call = ScriptedCall(dialled, account: "100")
        await house.service.run(dialled == "5000" ? "any-mailbox" : "own-mailbox", arguments: [:], call)
        #expect(call.events.filter { $0 == .silence }.count == 3)
        #expect(call.prompts.filter { $0 == "are-you-still-there" }.count == 2)
        #expect(call.events.suffix(2) == [.heard("goodbye"), .hungUp])
    }

    @Test("C11: a mailbox that names a key map that is not there gets the default one")
    func unknownKeyMap() async throws {
        let house = try await House.open()
        try await house.choose(keymap: "lost", for: "100")
        let call = ScriptedCall(account: "100")
        call.when("enter-pin", type: "4815#")
        call.when("to-hear-new-messages", type: "1")
        await house.retrieve(call)
        #expect(call.heard("no-new-messages"))
    }

    @Test(
        "A10: a store that fails at log-in or in a menu is told, and the call ends",
        arguments: [
            "enter-pin", "no-messages",
        ])
    func storeFails(moment: String) async throws {
        let house = try await House.open()
        let call = ScriptedCall(account: "100")
        if moment == "enter-pin" {
            call.when(moment, do: { try? await house.store.close() })
            call.whenSilent(type: "4815#")
        } else {
            call.when("enter-pin", type: "4815#")
            call.when(moment, do: { try? await house.store.close() })
            call.whenSilent(type: "1")
        }
        await house.retrieve(call)
        #expect(call.prompts.suffix(2) == ["system-problem", "goodbye"])
        #expect(call.events.last == .hungUp)
    }

    @Test(
        "D4: the mailbox's own phone needs no PIN where the owner wants that, and only when it is vouched for and calls"
    )
    func ownPhone() async throws {
        let house = try await House.open()
        try await house.settings { $0.isPINFreeFromOwnPhone = true }
        let own = ScriptedCall(account: "100")
        await house.retrieve(own)
        #expect(own.prompts.first == "no-messages")
        #expect(!own.heard("enter-pin"))

        // Somebody who only says so, another phone, a call that 100 has diverted, 100's phone in another mailbox.
        let stranger = ScriptedCall(caller: "100")
        await house.retrieve(stranger)
        #expect(stranger.prompts.prefix(2) == ["welcome", "enter-account-number"])
        let other = ScriptedCall(account: "101")
        await house.retrieve(other)
        #expect(other.prompts.first == "enter-pin")
        // A trunk vouches for it: the mailbox is known, the PIN is asked for.
        let vouched = ScriptedCall(
            Invitation(callID: "scripted", dialled: "5001", domain: "example.org", account: "100", source: "192.0.2.7"))
        await house.retrieve(vouched)
        #expect(vouched.prompts.first == "enter-pin")
        let diverted = ScriptedCall(account: "100", diverted: .noAnswer)
        await house.retrieve(diverted)
        #expect(!diverted.heard("no-messages"))
        let elsewhere = ScriptedCall("5001", account: "100")
        await house.service.run("open-mailbox", arguments: ["mailbox": "200"], elsewhere)
        #expect(elsewhere.prompts.first == "enter-pin")
        let anywhere = ScriptedCall("5000", account: "100")
        anywhere.when("enter-account-number", type: "100#")
        await house.service.run("any-mailbox", arguments: [:], anywhere)
        #expect(anywhere.heard(inOrder: "enter-account-number", "enter-pin"))
    }

    @Test(
        "D1 C10: a temporary PIN, or a mailbox that is still new, is introduced before the menu; then the menu is as chosen"
    )
    func introduction() async throws {
        let house = try await House.open()
        try await house.store.setPIN("4815", of: house.mailbox().id, temporary: true)
        let call = ScriptedCall(account: "100")
        call.when("enter-pin", type: "4815#")
        call.when("enter-new-pin", type: "90210#")
        call.when("enter-new-pin-again", type: "90210#")
        await house.retrieve(call)
        #expect(
            call.heard(
                inOrder: "enter-pin", "enter-new-pin", "enter-new-pin-again", "no-messages", "to-hear-new-messages"))
        #expect(try await !house.mailbox().pinIsTemporary)
    }

    @Test(
        "C11: before a mailbox is known the organisation's keys count, and one that is not there gives way to the default"
    )
    func organisationsKeys() async throws {
        let house = try await House.open()
        try await house.organisation { $0.keymap = "asterisk" }
        let call = ScriptedCall("5000")
        call.when("enter-account-number", type: "*")
        call.when("not-offered-here", type: "")
        await house.service.run("any-mailbox", arguments: [:], call)
        #expect(call.heard("not-offered-here"), "star is the operator's key there, and there is no operator")
        try await house.organisation { $0.keymap = "lost" }
        let lost = ScriptedCall("5000")
        lost.when("enter-account-number", type: "9*100#")
        await house.service.run("any-mailbox", arguments: [:], lost)
        #expect(lost.heard("enter-pin"), "star starts over")
    }
}
