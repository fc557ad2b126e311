// Keys by SIP INFO. Two bodies are in use, neither of them a standard: `application/dtmf-relay` with lines
// `Signal=1` and `Duration=160`, and `application/dtmf` with the key alone, as a character or, for * and #, as
// the event numbers 10 and 11 of RFC 4733.

import CallControl

enum InfoDigit {
    /// nil when the body names no key.
    static func key(contentType: String, body: [UInt8]) -> Key? {
        let text = String(decoding: body.prefix(256), as: UTF8.self)
        switch contentType.lowercased() {
        case "application/dtmf-relay": return signal(in: text).flatMap(key(named:))
        case "application/dtmf": return key(named: text)
        default: return nil
        }
    }

    private static func signal(in text: String) -> Substring? {
        for line in text.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: "=", maxSplits: 1)
            if parts.count == 2, parts[0].lowercased().contains("signal") { return parts[1] }
        }
        return nil
    }

    private static func key(named text: some StringProtocol) -> Key? {
        let name = String(text.filter { !$0.isWhitespace }).uppercased()
        switch name {
        case "10": return .star
        case "11": return .pound
        default: return name.count == 1 ? name.first.flatMap(Key.init(rawValue:)) : nil
        }
    }
}
