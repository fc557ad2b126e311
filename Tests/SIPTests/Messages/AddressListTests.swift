// Whom a peer vouches for, who wants to stay unnamed, and the way back to a phone behind proxies.

import Testing

@testable import SIP

@Suite("Lists of addresses")
struct AddressListTests {
    private func head(_ lines: String...) throws -> MessageHead {
        try #require(Wire.request(Wire.invite(adding: lines))).head
    }

    @Test("P-Asserted-Identity is a SIP address, a telephone number, or both (RFC 3325 §9.1)")
    func asserted() throws {
        let both = try head("P-Asserted-Identity: \"Bob, B.\" <sip:101;x=y@example.org>, tel:+31-20;ext=1")
        #expect(both.assertedIdentities.map(\.uri.number) == ["101", "+31-20"])
        #expect(both.assertedIdentities.first?.displayName == "Bob, B.")
        let lines = try head("P-Asserted-Identity: tel:+3120", "P-Asserted-Identity: <sip:101@example.org>")
        #expect(lines.assertedIdentities.map(\.uri.number) == ["+3120", "101"])
        #expect(try head("P-Asserted-Identity: <<<").assertedIdentities.isEmpty)
        #expect(try head().assertedIdentities.isEmpty)
    }

    @Test(
        "Privacy withholds the number (RFC 3323 §4.2, RFC 3325 §9.3)",
        arguments: [("id", true), ("header; ID", true), ("user;critical", true), ("none", false), ("history", false)])
    func privacy(value: String, isWithheld: Bool) throws {
        #expect(try head("Privacy: \(value)").withholdsIdentity == isWithheld)
    }

    @Test("Path keeps its order over lines and commas (RFC 3327 §5.3)")
    func path() throws {
        let head = try head("Path: <sip:a;lr>, <sip:b;lr>", "Path: <sip:c;lr>")
        #expect(try head.path().map(\.uri.host) == ["a", "b", "c"])
        #expect(throws: MessageError.self) { try self.head("Path: <tel:1>").path() }
    }
}
