// What a mailbox asks of its messages and of its callers: lengths, trimming, little room, copies, announcements, an
// answer that comes late, and who a message is from (B2, B4, B6, B7, B8, A10).
import CallControl
import Mailboxes
import Testing

@testable import Voicemail

@Suite("Messages and what a mailbox asks of them")
struct DepositTests {
    private func audio(_ house: House, _ number: String = "100") async throws -> [[UInt8]] {
        var all: [[UInt8]] = []
        for message in try await house.messages(in: .new, of: number) { all.append(try await house.audio(message)) }
        #expect(try await house.isConsistent())
        return all
    }

    @Test(
        "B2: silence and tones at the end are cut off before it is delivered",
        arguments: [
            Take.Ending.silence, .key(.pound), .hangUp, .busyTone, .faxTone, .loop,
        ])
    func trimmed(ending: Take.Ending) async throws {
        let house = try await House.open()
        try await house.settings { $0.offersReview = false }
        let call = ScriptedCall()
        call.say(House.speech(9.5), worthwhile: 4.25, ending: ending)
        await house.deposit(call)
        #expect(try await audio(house) == [Array(House.speech(9.5).prefix(34_000))])
    }

    @Test("B2 B7: what is too short without its silence or its tone is no message")
    func nothingWorthwhile() async throws {
        for ending in [Take.Ending.busyTone, .faxTone, .loop, .hangUp] {
            let house = try await House.open()
            let call = ScriptedCall()
            call.say(House.speech(9), worthwhile: 1.9, ending: ending)
            await house.deposit(call)
            #expect(call.prompts.last == "beep", "\(ending)")
            #expect(try await audio(house) == [], "\(ending)")
        }
        let house = try await House.open()
        let call = ScriptedCall()
        call.say(House.speech(9), worthwhile: 1.9, ending: .silence)
        await house.deposit(call)
        #expect(call.heard(inOrder: "beep", "message-too-short", "leave-message-after-tone-short", "beep"))
    }

    @Test("B2: a mailbox has its own shortest and longest message")
    func lengths() async throws {
        let house = try await House.open()
        try await house.settings {
            $0.minimumMessage = 5
            $0.maximumMessage = 30
        }
        let call = ScriptedCall()
        call.say(House.speech(4.9), ending: .key(.pound))
        call.say(House.speech(5), ending: .hangUp)
        await house.deposit(call)
        #expect(call.heard("message-too-short"))
        #expect(call.limits.map(\.maximum) == [.seconds(30), .seconds(30)])
        #expect(try await audio(house) == [House.speech(5)])
    }

    @Test("B4: a caller hears when there is little room, and how much; skipping the greeting does not hide it")
    func littleRoom() async throws {
        let house = try await House.open(quota: 100_000)
        let call = ScriptedCall()
        await house.deposit(call)
        #expect(
            Array(call.prompts.drop { $0 != "little-room-left" }) == [
                "little-room-left", "you-can-record-for", "number-12", "seconds-other", "leave-message-after-tone",
                "beep",
            ])
        let hasty = ScriptedCall()
        hasty.when("person-at-extension", type: "#")
        await house.deposit(hasty)
        #expect(hasty.prompts.suffix(3) == ["number-12", "seconds-other", "beep"])

        try await house.settings { $0.maximumMessage = 12 }
        let enough = ScriptedCall()
        await house.deposit(enough)
        #expect(!enough.heard("little-room-left"))
    }

    @Test("B4: a full mailbox greets first, and its operator can be reached")
    func fullMailboxOperator() async throws {
        let house = try await House.open(quota: 30_000)
        try await house.message(2)
        try await house.organisation { $0.operatorNumber = "9" }
        let call = ScriptedCall()
        call.when("to-reach-operator", type: "0")
        await house.deposit(call)
        #expect(call.heard(inOrder: "person-at-extension", "mailbox-full", "to-open-your-mailbox", "one-moment"))
        #expect(call.events.last == .hungUp && call.events.contains(.passedOn("9")))
    }

    @Test("B6: every mailbox that it is copied to gets the message, and each failure is its own")
    func copies() async throws {
        let house = try await House.open()
        try await house.settings { $0.copies = ["101", "999"] }
        let call = ScriptedCall()
        call.say(House.speech(3), ending: .hangUp)
        await house.deposit(call)
        #expect(try await audio(house) == [House.speech(3)])
        #expect(try await audio(house, "101") == [House.speech(3)])
        #expect(try await audio(house, "200") == [])
    }

    @Test("B6: a call for several mailboxes has the greeting of the first, and the message is in all of them")
    func several() async throws {
        let house = try await House.open()
        try await house.settings(of: "200") { $0.isAnnouncementOnly = true }
        let call = ScriptedCall()
        call.say(House.speech(3), ending: .key(.pound))
        call.when("to-listen", type: "42")
        await house.deposit(call, for: "101&100&200&999")
        #expect(call.prompts.prefix(4) == ["person-at-extension", "number-1", "number-0", "number-1"])
        for number in ["100", "101"] { #expect(try await audio(house, number) == [House.speech(3)], "\(number)") }
        #expect(try await audio(house, "200") == [])

        let unknown = ScriptedCall()
        await house.deposit(unknown, for: "999&998")
        #expect(unknown.events == [.rejected(.notFound)])
    }

    @Test(
        "B6: of several mailboxes, one that is full, gone or takes no messages keeps the message from no other",
        arguments: ["full", "announcement only", "disabled", "gone"])
    func severalAndOneCannot(what: String) async throws {
        let house = try await House.open()
        let first = try await house.mailbox("101")
        switch what {
        case "full": try await house.store.setQuota(8_000, of: first.id)
        case "announcement only": try await house.settings(of: "101") { $0.isAnnouncementOnly = true }
        case "disabled": try await house.settings(of: "101") { $0.isEnabled = false }
        default:
            let account = try await house.store.account(number: "101", domain: "example.org")
            try await house.store.removeExtension(#require(account).id)
        }
        let call = ScriptedCall()
        call.say(House.speech(3), ending: .key(.pound))
        call.when("to-listen", type: "2")
        await house.deposit(call, for: "101&100&200")
        #expect(call.heard("message-sent"), "\(call.prompts)")
        let greeter = ["full", "announcement only"].contains(what) ? "number-1" : "number-0"
        #expect(call.prompts.prefix(4) == ["person-at-extension", "number-1", "number-0", greeter])
        for number in ["100", "200"] { #expect(try await audio(house, number) == [House.speech(3)], "\(number)") }
        if what != "gone" { #expect(try await audio(house, "101") == []) }
        #expect(try await house.isConsistent())
    }

    @Test("B6: where none of several mailboxes takes a message, the first says why")
    func severalAndNoneCan() async throws {
        let house = try await House.open()
        for number in ["100", "101"] {
            try await house.store.setQuota(8_000, of: house.mailbox(number).id)
        }
        let full = ScriptedCall()
        await house.deposit(full, for: "101&100")
        #expect(full.heard("mailbox-full") && !full.events.contains(.recording))
        try await house.settings(of: "101") { $0.isAnnouncementOnly = true }
        let announced = ScriptedCall()
        await house.deposit(announced, for: "101&100")
        #expect(announced.prompts.last == "goodbye" && !announced.heard("mailbox-full"))
        for number in ["100", "101"] { try await house.settings(of: number) { $0.isEnabled = false } }
        let disabled = ScriptedCall()
        await house.deposit(disabled, for: "101&100")
        #expect(disabled.prompts.first == "takes-no-messages")
    }

    @Test("B6: an announcement is heard, then good-bye; nothing is ever recorded", arguments: [nil, "#"])
    func announcement(key: String?) async throws {
        let house = try await House.open()
        try await house.settings { $0.isAnnouncementOnly = true }
        try await house.greeting(.unavailable, 3)
        let call = ScriptedCall()
        if let key { call.inAudio(at: 1, type: key) }
        await house.deposit(call)
        #expect(call.prompts == ["goodbye"])
        #expect(call.heardAudio.count == (key == nil ? 24_000 : 8_000))
        #expect(call.events.last == .hungUp)
    }

    @Test("B6 B1: an announcement's keys do what they say, to its end", arguments: ["goodbye", nil])
    func announcementKeys(moment: String?) async throws {
        let house = try await House.open()
        try await house.settings {
            $0.isAnnouncementOnly = true
            $0.callerKeys = ["1": .number("5551234")]
        }
        try await house.greeting(.unavailable, 3)
        let call = ScriptedCall()
        if let moment { call.when(moment, type: "1") } else { call.inAudio(at: 1, type: "1") }
        await house.deposit(call)
        #expect(call.events.contains(.passedOn("5551234")))
    }

    @Test(
        "A10: a mailbox that is switched off says so, and its owner still gets in",
        arguments: [nil, "takes-no-messages"])
    func disabled(moment: String?) async throws {
        let house = try await House.open()
        try await house.settings { $0.isEnabled = false }
        try await house.message()
        let call = ScriptedCall()
        if let moment {
            call.when(moment, type: "*")
            call.when("enter-pin", type: "4815#")
            call.when("to-hear-new-messages", type: "#")
        }
        await house.deposit(call)
        #expect(call.prompts.first == "takes-no-messages")
        #expect(call.prompts.last == "goodbye")
        #expect(call.heard("you-have") == (moment != nil))
        #expect(!call.heard("beep"))
    }

    @Test("B8: the greeting is heard early, and the call is answered before the beep")
    func early() async throws {
        let house = try await House.open()
        try await house.settings { $0.greetsEarly = true }
        let call = ScriptedCall()
        call.say(House.speech(3), ending: .hangUp)
        await house.deposit(call)
        #expect(call.events.first == .early)
        let accepted = try #require(call.events.firstIndex(of: .accepted))
        #expect(call.events[accepted + 1] == .heard("beep"))
        #expect(call.events[accepted - 1] == .heard("leave-message-after-tone"))
        #expect(try await audio(house) == [House.speech(3)])
    }

    @Test("B8: an early call is answered for its owner and for a REFER, not for a second leg, not to be turned away")
    func acceptedWhenNeeded() async throws {
        let house = try await House.open(quota: 30_000)
        try await house.settings { $0.greetsEarly = true }
        try await house.organisation { $0.operatorNumber = "9" }
        let owner = ScriptedCall()
        owner.when("person-at-extension", type: "*")
        await house.deposit(owner)
        #expect(owner.events.prefix(4) == [.early, .heard("person-at-extension"), .accepted, .heard("enter-pin")])

        for (transfer, isAnswered) in [(OrganisationSettings.Transfer.refer, true), (.bridge, false)] {
            try await house.organisation { $0.transfer = transfer }
            let caller = ScriptedCall()
            caller.when("person-at-extension", type: "0")
            await house.deposit(caller)
            #expect(caller.events.contains(.accepted) == isAnswered)
            #expect(caller.events.suffix(2) == [.passedOn("9"), .hungUp])
        }

        try await house.message(2)
        let late = ScriptedCall()
        await house.deposit(late)
        #expect(late.heard("mailbox-full") && !late.events.contains(.accepted))
    }

    @Test("C6: a message is from the mailbox of whoever is vouched for, and from nobody's otherwise")
    func sender() async throws {
        let house = try await House.open()
        for account in ["101", nil, "555"] {
            let call = ScriptedCall(account: account)
            call.say(House.speech(3), ending: .hangUp)
            await house.deposit(call)
        }
        let senders = try await house.messages(in: .new).map(\.sender)
        #expect(senders == [try await house.mailbox("101").id, nil, nil])
    }
}
