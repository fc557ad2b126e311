// What the number dialled comes to: shared mailboxes for members and for others (A5), diverted calls (A6), the language
// of a call (C13), and numbers that lead nowhere (A10).
import CallControl
import Mailboxes
import Phrases
import Testing

@testable import Voicemail

@Suite("Reaching a mailbox")
struct ReachingTests {
    private func call(
        _ dialled: String, account: String? = nil, domain: String = "example.org", diverted: Diversion? = nil,
        language: String? = nil
    ) -> ScriptedCall {
        ScriptedCall(
            Invitation(
                callID: "reaching", dialled: dialled, domain: domain, callerNumber: account ?? "5551234",
                account: account, source: "192.0.2.7", diversion: diverted, language: language))
    }

    private func share(_ house: House, with number: String) async throws {
        let account = try #require(try await house.store.account(number: number, domain: "example.org"))
        try await house.store.addMember(account.id, to: house.mailbox("200").id)
    }

    @Test("A5: a shared mailbox asks its members for its PIN and opens", arguments: ["5001", "200"])
    func member(dialled: String) async throws {
        let house = try await House.open()
        try await share(house, with: "100")
        try await house.message(of: "200")
        let call = call(dialled, account: "100")
        call.when("enter-pin", type: "4815#")
        await house.service.run("shared-mailbox", arguments: ["mailbox": "200"], call)
        #expect(call.heard(inOrder: "enter-pin", "you-have", "to-hear-new-messages"))
        #expect(!call.heard("nobody-at-extension"))
    }

    @Test(
        "A5: from others, and from callers nobody vouches for, a shared mailbox takes a message",
        arguments: ["101", nil])
    func stranger(account: String?) async throws {
        let house = try await House.open()
        try await share(house, with: "100")
        let call = call("5001", account: account)
        call.say(House.speech(5), ending: .hangUp)
        await house.service.run("shared-mailbox", arguments: ["mailbox": "200"], call)
        #expect(call.prompts.first == "nobody-at-extension")
        #expect(!call.heard("enter-pin"))
        #expect(try await house.messages(in: .new, of: "200").map(\.callerNumber) == [account ?? "5551234"])
    }

    @Test("A5, B6: a message for an extension whose own mailbox is the general one is left there, once")
    func ownIsGeneral() async throws {
        let house = try await House.open()
        let account = try #require(try await house.store.account(number: "100", domain: "example.org"))
        try await house.store.setMailbox(house.mailbox("200").id, of: account.id)
        let call = call("03100", diverted: Diversion(number: "100", reason: .noAnswer))
        call.say(House.speech(5), ending: .hangUp)
        await house.service.run("leave-message", arguments: ["mailbox": "100&200&101"], call)
        #expect(try await house.messages(in: .new, of: "200").count == 1)
        #expect(try await house.messages(in: .new, of: "101").count == 1)
        #expect(try await house.messages(in: .new, of: "100").isEmpty)
        // Without the old mailbox its number is still the account number.
        try await house.store.removeMailbox(house.mailbox("100").id)
        let owner = self.call("5000")
        owner.type("100#4815#")
        await house.service.run("any-mailbox", arguments: [:], owner)
        #expect(owner.heard("you-have"))
    }

    @Test("A5, A8: a member's number in another organisation is a stranger")
    func memberOfAnotherOrganisation() async throws {
        let house = try await House.open()
        try await share(house, with: "100")
        _ = try await house.store.addOrganisation(NewOrganisation(domain: "other.example", name: "Other"))
        _ = try await house.store.addExtension(
            NewExtension(domain: "other.example", number: "100", password: "secret", pin: House.pin))
        _ = try await house.store.addMailbox(NewMailbox(domain: "other.example", number: "200", pin: House.pin))
        let call = call("200", account: "100", domain: "other.example")
        call.say(House.speech(5), ending: .hangUp)
        await house.service.run("shared-mailbox", arguments: ["mailbox": "200"], call)
        #expect(call.prompts.first == "nobody-at-extension")
        #expect(try await house.messages(in: .new, of: "200").isEmpty)
        let theirs = try #require(try await house.store.mailbox(number: "200", domain: "other.example"))
        #expect(try await house.store.counts(of: theirs.id).new == 1)
    }

    @Test(
        "A6: a diverted call leaves a message, whatever the number plan names and whoever calls",
        arguments: [
            ("own-mailbox", [:]), ("any-mailbox", [:]), ("open-mailbox", ["mailbox": "200"]),
            ("shared-mailbox", ["mailbox": "200"]), ("leave-message", ["mailbox": "100"]),
        ])
    func diverted(application: String, arguments: [String: String]) async throws {
        let house = try await House.open()
        try await share(house, with: "100")
        let call = call("5001", account: "100", diverted: Diversion(number: "100", reason: .noAnswer))
        call.type("4815#")
        call.say(House.speech(5), ending: .hangUp)
        await house.service.run(application, arguments: arguments, call)
        #expect(!call.heard("enter-pin") && !call.heard("enter-account-number"))
        #expect(try await house.messages(in: .new, of: "100").count == 1)
        #expect(try await house.messages(in: .new, of: "200").isEmpty)
    }

    @Test("A6, A4: star and the PIN still let the owner of the diverting extension in")
    func starInADivertedCall() async throws {
        let house = try await House.open()
        let call = call("5001", diverted: Diversion(number: "100", reason: .busy))
        call.when("person-at-extension", type: "*")
        call.when("enter-pin", type: "4815#")
        await house.service.run("own-mailbox", arguments: [:], call)
        #expect(call.heard(inOrder: "enter-pin", "to-hear-new-messages"))
    }

    @Test("A6: a number that wants to stay private is not spoken, and its mailbox takes the message")
    func privateDiversion() async throws {
        let house = try await House.open()
        let diversion = Diversion(number: "100", reason: .busy, isPrivate: true)
        let call = call("5001", diverted: diversion)
        call.say(House.speech(5), ending: .hangUp)
        await house.service.run("own-mailbox", arguments: [:], call)
        #expect(call.prompts.first == "nobody-available")
        #expect(!call.prompts.contains { $0.hasPrefix("number-") })
        #expect(try await house.messages(in: .new, of: "100").count == 1)
    }

    @Test(
        "A10: what is not there is 404, not silence",
        arguments: [
            ("leave-message", ["mailbox": "999"]), ("leave-message", [:]), ("open-mailbox", ["mailbox": "999"]),
            ("shared-mailbox", ["mailbox": "999"]), ("shared-mailbox", [:]),
        ])
    func nothingThere(application: String, arguments: [String: String]) async throws {
        let house = try await House.open()
        let call = call("5001", account: "100")
        await house.service.run(application, arguments: arguments, call)
        #expect(call.events == [.rejected(.notFound)])
        let diverted = self.call("5001", diverted: Diversion(number: "999", reason: .busy))
        await house.service.run("own-mailbox", arguments: [:], diverted)
        #expect(diverted.events == [.rejected(.notFound)])
        let stranger = self.call("5001", domain: "nowhere.example")
        await house.service.run("any-mailbox", arguments: [:], stranger)
        #expect(stranger.events == [.rejected(.notFound)])
    }

    @Test(
        "C13: the language of a call comes before the mailbox's, and one without prompts does not count",
        arguments: [("es", "es"), ("es-MX", "es"), ("tlh", "en"), ("", "en"), (nil, "en")])
    func language(asked: String?, spoken: String) async throws {
        let house = try await House.open()
        let service = house.service
        #expect(service.phrases(in: asked, "en")?.language == spoken)
        #expect(service.phrases(in: nil, "es")?.language == "es")
    }
}
