// What a caller's keys mean (B1): safe defaults, the mailbox's own table, and an operator only where there is one.
import CallControl
import Logging
import Testing

@testable import Mailboxes
@testable import Voicemail

@Suite("A caller's keys (B1)")
struct CallerKeysTests {
    static let defaults = Keys<CallerAction>([.pound: .skip, .star: .logIn, .zero: .reachOperator])

    private func keys(
        _ table: [String: CallerKeyTarget] = [:], operatorNumber: String? = nil, organisation: String? = nil
    ) -> [Key: CallerWish] {
        var mailbox = Mailbox(
            .init(
                id: MailboxID(rawValue: 1), organisation: OrganisationID(rawValue: 1), domain: "example.org",
                number: "100", kind: .personal, quota: 0, language: "en", timeZone: "UTC", keymap: "default",
                pinIsTemporary: false))
        mailbox.settings.callerKeys = table
        mailbox.settings.operatorNumber = operatorNumber
        mailbox.organisationSettings.operatorNumber = organisation
        let keys = CallerKeys(mailbox, Self.defaults)
        return Dictionary(uniqueKeysWithValues: Key.allCases.compactMap { key in keys[key].map { (key, $0) } })
    }

    @Test("pound skips, star logs in, and zero is nothing where nobody is set")
    func safeDefaults() { #expect(keys() == [.pound: .skip, .star: .logIn]) }

    @Test("zero reaches the mailbox's operator, else the organisation's")
    func operators() {
        #expect(keys(organisation: "9")[.zero] == .reach("9"))
        #expect(keys(operatorNumber: "8", organisation: "9")[.zero] == .reach("8"))
    }

    @Test("the mailbox's table comes first, for every target")
    func table() {
        let table: [String: CallerKeyTarget] = [
            "1": .number("5551234"), "2": .mailbox("101"), "3": .skip, "4": .logIn, "5": .operatorNumber, "#": .nothing,
            "*": .nothing, "x": .skip, "12": .skip, "": .skip,
        ]
        #expect(
            keys(table, organisation: "9") == [
                .one: .reach("5551234"), .two: .mailbox("101"), .three: .skip, .four: .logIn, .five: .reach("9"),
                .zero: .reach("9"),
            ])
        #expect(keys(table)[.five] == nil)
    }
}
