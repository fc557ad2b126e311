// Who is found by which keys (A9): first, last or both names, accents, several words, wrong and hidden ones.
import Mailboxes
import Testing

@testable import Voicemail

@Suite("Finding people by name (A9)")
struct NameSearchTests {
    static let names = [
        "John Smith", "Joan Smythe", "José Muñoz", "Ann-Marie O'Brien", "Gabriel García Márquez", "Reception",
        "Łukasz Żółć", "Studio 54", "Пётр", "101",
    ]
    static let entries = names.enumerated().map {
        DirectoryEntry(mailbox: MailboxID(rawValue: Int64($0)), number: "\(100 + $0)", name: $1)
    }

    private func found(_ typed: String, _ key: OrganisationSettings.DirectoryKey = .both) -> [String] {
        NameSearch(Self.entries, by: key).find(typed).map(\.name)
    }

    @Test(
        "letters find everybody whose name begins with them",
        arguments: [
            ("5646", ["John Smith"]), ("76484", ["John Smith"]), ("769", ["Joan Smythe"]),
            ("76", ["John Smith", "Joan Smythe"]), ("56", ["John Smith", "Joan Smythe", "José Muñoz"]),
            ("5673", ["José Muñoz"]), ("68669", ["José Muñoz"]), ("266", ["Ann-Marie O'Brien"]),
            ("62743", ["Ann-Marie O'Brien"]), ("627436", ["Ann-Marie O'Brien"]), ("427", ["Gabriel García Márquez"]),
            ("627", ["Ann-Marie O'Brien", "Gabriel García Márquez"]), ("732", ["Reception"]),
            ("585279", ["Łukasz Żółć"]),
            ("9652", ["Łukasz Żółć"]), ("788346", ["Studio 54"]), ("7387", ["Пётр"]), ("999", []),
            ("2222222222222", []),
        ])
    func letters(typed: String, expected: [String]) { #expect(found(typed) == expected) }

    @Test(
        "the whole name, with and without something between the names, and the last name first",
        arguments: ["564676484", "5646076484", "5646176484", "560764", "7648405646", "764845646", "760564", "15600764"])
    func wholeName(typed: String) { #expect(found(typed) == ["John Smith"]) }

    @Test("by first name only, by last name only")
    func oneName() {
        #expect(found("56", .first) == ["John Smith", "Joan Smythe", "José Muñoz"])
        #expect(found("76", .first) == [])
        #expect(found("56", .last) == [])
        #expect(found("76", .last) == ["John Smith", "Joan Smythe"])
        #expect(found("627", .last) == ["Ann-Marie O'Brien", "Gabriel García Márquez"])
        for key in OrganisationSettings.DirectoryKey.allCases { #expect(found("732", key) == ["Reception"]) }
    }

    @Test("what has no letters finds nobody", arguments: ["", "0", "1", "0110", "*", "#", "abc"])
    func nothing(typed: String) { #expect(found(typed) == []) }
}
