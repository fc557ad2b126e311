// Which greeting a caller hears (B1): what is recorded, what the clock says, and why the call was diverted.
import CallControl
import Foundation
import Logging
import Mailboxes
import Testing

@testable import Voicemail

@Suite("The greeting (B1)")
struct GreetCallerTests {
    /// The first second of each greeting is not like that of any other.
    static let seeds: [GreetingKind: Int] = Dictionary(
        uniqueKeysWithValues: GreetingKind.allCases.enumerated().map { ($1, $0 + 1) })

    private func heard(
        _ house: House, _ kinds: [GreetingKind], diverted: Diversion.Reason? = nil
    ) async throws -> (kind: GreetingKind?, prompts: [String]) {
        for kind in kinds { try await house.greeting(kind, 1, Self.seeds[kind] ?? 0) }
        let call = ScriptedCall(diverted: diverted)
        await house.deposit(call)
        let kind = Self.seeds.first { House.speech(1, $0.value) == call.heardAudio }?.key
        return (kind, call.prompts)
    }

    /// Sunday, 22 November 2026; the house's noon is a Saturday's.
    static let closedOnSaturday = OpeningHours(days: [2: [OpeningHours.Span(from: 0, to: 1_440)]])
    static let openOnSaturday = OpeningHours(days: [7: [OpeningHours.Span(from: 0, to: 1_440)]])
    static let all: [GreetingKind] = [.temporary, .outOfHours, .busy, .slot3, .slot4, .unavailable, .name]

    @Test("temporary, out of hours, busy, the chosen one, unavailable, the name: each gives way to the next")
    func order() async throws {
        let house = try await House.open()
        try await house.organisation { $0.hours = Self.closedOnSaturday }
        try await house.settings { $0.chosenGreeting = 3 }
        var rest = Self.all
        while let kind = rest.first {
            if kind == .slot4 {
                _ = try await house.store.deleteGreeting(kind, of: house.mailbox().id)
                rest.removeFirst()
                continue
            }
            #expect(try await heard(house, rest == Self.all ? rest : [], diverted: .busy).kind == kind)
            _ = try await house.store.deleteGreeting(kind, of: house.mailbox().id)
            rest.removeFirst()
        }
    }

    @Test("a damaged one gives way to the next, of every kind")
    func damaged() async throws {
        let house = try await House.open()
        try await house.organisation { $0.hours = Self.closedOnSaturday }
        try await house.settings { $0.chosenGreeting = 3 }
        for kind in Self.all where kind != .slot4 { try await house.damage(try await house.greeting(kind, 1)) }
        let call = ScriptedCall(diverted: .busy)
        call.say(House.speech(3), ending: .hangUp)
        await house.deposit(call)
        #expect(call.events.filter { $0 == .audio(from: 0) }.count == 6)
        #expect(call.heard(inOrder: "person-at-extension", "is-on-the-phone", "beep"))
        #expect(try await house.messages(in: .new).count == 1)
    }

    @Test(
        "a temporary greeting ends when it ends; without a date it does not",
        arguments: [
            (nil, GreetingKind.temporary), (House.noon + 1, .temporary), (House.noon, .unavailable), (0, .unavailable),
        ])
    func temporary(ends: Double?, expected: GreetingKind) async throws {
        let house = try await House.open()
        try await house.settings { $0.temporaryGreetingEnds = ends }
        #expect(try await heard(house, [.temporary, .unavailable]).kind == expected)
    }

    @Test("out of hours is what the organisation's hours say, or who diverted the call")
    func outOfHours() async throws {
        let house = try await House.open()
        #expect(try await heard(house, [.outOfHours, .unavailable]).kind == .unavailable)
        #expect(try await heard(house, [], diverted: .outOfHours).kind == .outOfHours)
        try await house.organisation { $0.hours = Self.openOnSaturday }
        #expect(try await heard(house, []).kind == .unavailable)
        try await house.organisation { $0.hours = Self.closedOnSaturday }
        #expect(try await heard(house, []).kind == .outOfHours)
    }

    @Test(
        "busy is for calls that a busy phone diverted; all others are not answered",
        arguments: [
            (Diversion.Reason?.none, GreetingKind.unavailable, "is-not-available"), (.busy, .busy, "is-on-the-phone"),
            (.noAnswer, .unavailable, "is-not-available"), (.unconditional, .unavailable, "is-not-available"),
            (.unavailable, .unavailable, "is-not-available"), (.unknown, .unavailable, "is-not-available"),
        ])
    func busy(reason: Diversion.Reason?, expected: GreetingKind, phrase: String) async throws {
        let house = try await House.open()
        #expect(try await heard(house, [], diverted: reason).prompts.contains(phrase))
        #expect(try await heard(house, [.name], diverted: reason).prompts.first == phrase)
        #expect(try await heard(house, [.busy, .unavailable], diverted: reason).kind == expected)
    }

    @Test("the chosen one of the nine stands in for the unavailable one, where it is recorded", arguments: 1...9)
    func slots(number: Int) async throws {
        let house = try await House.open()
        let slot = try #require(GreetingKind.slot(number))
        try await house.settings { $0.chosenGreeting = number }
        #expect(try await heard(house, [.unavailable]).kind == .unavailable)
        #expect(try await heard(house, [slot]).kind == slot)
        try await house.settings { $0.chosenGreeting = nil }
        #expect(try await heard(house, []).kind == .unavailable)
    }

    @Test("instructions can be left out")
    func skipsInstructions() async throws {
        let house = try await House.open()
        try await house.settings { $0.skipsInstructions = true }
        #expect(try await heard(house, []).prompts.suffix(2) == ["is-not-available", "beep"])
    }
}
