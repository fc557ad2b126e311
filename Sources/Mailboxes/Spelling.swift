// What the names that an administrator types must look like. They end up in SIP URIs, digest realms and folder
// names, so nothing else is let in.

import Foundation

extension Organisation {
    /// Whether `text` can be an organisation's SIP domain.
    public static func isDomain(_ text: String) -> Bool { (try? Spelling.domain(text)) != nil }
}

enum Spelling {
    /// A domain name or IPv4 address in lower case (RFC 1123 §2.1): the SIP domain and digest realm.
    static func domain(_ text: String) throws(StoreError) -> String {
        let domain = text.lowercased()
        let labels = domain.utf8.split(separator: 0x2E, omittingEmptySubsequences: false)
        guard domain.utf8.count <= 253, labels.allSatisfy(isLabel) else { throw .badDomain(text) }
        return domain
    }

    /// 2 to 10 digits.
    static func number(_ text: String) throws(StoreError) -> String {
        guard (2...10).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw .badNumber(text)
        }
        return text
    }

    /// 1 to 9: an owner's list.
    static func ownList(_ text: String) throws(StoreError) -> String {
        guard text.utf8.count == 1, let digit = text.utf8.first, (0x31...0x39).contains(digit) else {
            throw .badNumber(text)
        }
        return text
    }

    /// What can be dialled: digits, `*`, `#` and a leading `+`, 32 at most.
    static func isDialled(_ text: String) -> Bool {
        let digits = text.hasPrefix("+") ? text.dropFirst() : text[...]
        return (1...32).contains(digits.utf8.count)
            && digits.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2A || $0 == 0x23 }
    }

    /// A language tag; it names a folder of prompts.
    static func language(_ text: String) throws(StoreError) -> String {
        let parts = text.utf8.split(separator: 0x2D, omittingEmptySubsequences: false)
        guard (1...3).contains(parts.count), parts.allSatisfy({ (2...8).contains($0.count) && $0.allSatisfy(isLetter) })
        else { throw .badLanguage(text) }
        return text
    }

    static func timeZone(_ text: String) throws(StoreError) -> String {
        guard TimeZone(identifier: text) != nil else { throw .badTimeZone(text) }
        return text
    }

    static func quota(_ bytes: Int) throws(StoreError) -> Int {
        guard (0...1_000_000_000_000).contains(bytes) else { throw .badQuota(bytes) }
        return bytes
    }

    static func password(_ text: String) throws(StoreError) -> String {
        guard (1...256).contains(text.utf8.count) else { throw .badPassword }
        return text
    }

    /// A name as it is shown and spoken: nothing when there is nothing in it. It gets into SIP headers and lists, so
    /// nothing in it may end a line or move a cursor.
    static func name(_ text: String?) -> String? {
        let visible = (text ?? "").unicodeScalars.map { CharacterSet.controlCharacters.contains($0) ? " " : $0 }
        let name = String(String.UnicodeScalarView(visible)).trimmingCharacters(in: .whitespacesAndNewlines).prefix(256)
        return name.isEmpty ? nil : String(name)
    }

    private static func isLabel(_ label: Substring.UTF8View.SubSequence) -> Bool {
        (1...63).contains(label.count) && label.first != 0x2D && label.last != 0x2D
            && label.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte | 0x20)
    }
}
