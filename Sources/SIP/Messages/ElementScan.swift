// Walks one value of a header byte by byte (RFC 3261 §25.1) and refuses what libosip2 passes in silence: empty
// values and parameters, broken quotes and brackets, text behind `>`, a bare URI with `?`, comments in a Via.

struct ElementScan {
    private enum Place { case start, text, quoted, escaped, bracketed, afterBracket, parameterName, parameterValue }

    let form: HeaderElements.Form
    private let start: Int
    private var place = Place.start
    /// Where a quoted string goes back to.
    private var outside = Place.text
    private var afterName = false
    private var sawName = false
    private var sawQuestion = false
    private var uriStart: Int?
    private var uriEnd: Int?
    private var isBracketed = false
    private var delimiters = 0

    init(form: HeaderElements.Form, start: Int) {
        self.form = form
        self.start = start
    }

    /// The element that a comma at `index` ends, and nil for every other byte.
    mutating func take(_ byte: UInt8, at index: Int) throws(MessageError) -> HeaderElement? {
        guard byte < HeaderElements.padding, place == .escaped || byte >= ASCII.space || byte == ASCII.tab else {
            throw MessageError("Illegal byte in a header field")
        }
        switch place {
        case .escaped: place = .quoted
        case .quoted:
            if byte == ASCII.backslash { place = .escaped }
            if byte == ASCII.quote { place = outside }
        case .bracketed: try takeBracketed(byte, at: index)
        default:
            guard byte == ASCII.comma else {
                try takePlain(byte, at: index)
                return nil
            }
            let element = try finish(at: index)
            self = ElementScan(form: form, start: index + 1)
            return element
        }
        return nil
    }

    func finish(at end: Int) throws(MessageError) -> HeaderElement {
        switch place {
        case .quoted, .escaped: throw MessageError("Unterminated quoted string")
        case .bracketed: throw MessageError("Unterminated <")
        case .start: throw MessageError("Empty value in a header field")
        case .parameterName where !sawName: throw MessageError("Empty parameter")
        default: break
        }
        guard form == .address else { return HeaderElement(range: start..<end) }
        guard let uriStart, let uriEnd, !afterName || isBracketed else { throw MessageError("Malformed address") }
        if !isBracketed, sawQuestion { throw MessageError("URI with ? outside of < >") }
        return HeaderElement(
            range: (isBracketed ? start : uriStart)..<max(end, uriEnd), uri: uriStart..<uriEnd, isBracketed: isBracketed
        )
    }

    private mutating func takeBracketed(_ byte: UInt8, at index: Int) throws(MessageError) {
        switch byte {
        case ASCII.closing: (place, uriEnd) = (.afterBracket, index)
        case ASCII.opening, ASCII.quote, ASCII.space, ASCII.tab: throw MessageError("Malformed URI")
        case ASCII.semicolon, UInt8(ascii: "&"): try countDelimiter()
        default: break
        }
    }

    private mutating func takePlain(_ byte: UInt8, at index: Int) throws(MessageError) {
        switch byte {
        case ASCII.space, ASCII.tab: break
        case ASCII.semicolon:
            if place == .start { throw MessageError("Empty value in a header field") }
            if place == .parameterName, !sawName { throw MessageError("Empty parameter") }
            try countDelimiter()
            (place, sawName) = (.parameterName, false)
        case ASCII.quote:
            let opensName = place == .start && form == .address
            guard opensName || place == .parameterValue else { throw MessageError("Misplaced quoted string") }
            (outside, place, afterName) = (opensName ? .text : place, .quoted, afterName || opensName)
        case ASCII.opening:
            guard form == .address, !isBracketed, place == .start || place == .text else {
                throw MessageError("Misplaced <")
            }
            (isBracketed, place, uriStart, uriEnd) = (true, .bracketed, index + 1, nil)
        default: try takeOrdinary(byte, at: index)
        }
    }

    private mutating func takeOrdinary(_ byte: UInt8, at index: Int) throws(MessageError) {
        if byte == ASCII.closing || (form == .via && byte == UInt8(ascii: "(")) {
            throw MessageError("Misplaced bracket")
        }
        switch place {
        case .afterBracket: throw MessageError("Text after >")
        case .parameterName where byte == ASCII.equals:
            if !sawName { throw MessageError("Empty parameter") }
            place = .parameterValue
        case .parameterName: sawName = true
        case .start, .text:
            if place == .start { (place, uriStart) = (.text, index) }
            uriEnd = index + 1
            if byte == ASCII.question { sawQuestion = true }
        default: break
        }
    }

    private mutating func countDelimiter() throws(MessageError) {
        delimiters += 1
        if delimiters > HeaderElements.maximumDelimiters { throw MessageError("Too many parameters") }
    }
}
