// Splits a header value at its commas and rewrites each element for libosip2, one to a line, so that the library
// never splits at commas itself (it stumbles over escaped quotes) and never unescapes a URI itself (it would end a
// string at %00). ElementScan finds what the library lets pass in silence.

/// One value of a header that may hold several.
struct HeaderElement {
    var range: Range<Int>
    /// Of an address: where its URI lies, without brackets.
    var uri: Range<Int>?
    var isBracketed = false
}

enum HeaderElements {
    /// More values, or more delimiters in one value, than any sane message has; libosip2 takes quadratic time.
    static let maximumElements = 128
    static let maximumDelimiters = 64

    /// Stand-ins for `%` and `,`: bytes that UTF-8 never contains, so nothing legal collides with them.
    static let percentStandIn: UInt8 = 0xFF
    static let commaStandIn: UInt8 = 0xFE
    /// Behind a URI such as `sip:b`, which libosip2 takes for too short.
    static let padding: UInt8 = 0xFD
    private static let shortestURI = 6

    /// Put in front of every URI that is neither SIP nor SIPS: libosip2 refuses `h323:` and `soap.beep:`.
    static let opaqueScheme = "opaque"

    enum Form { case via, address }

    /// The elements of a list, each checked.
    static func split(_ range: Range<Int>, of bytes: [UInt8], as form: Form) throws(MessageError) -> [HeaderElement] {
        var elements: [HeaderElement] = []
        var scan = ElementScan(form: form, start: range.lowerBound)
        for index in range {
            guard let element = try scan.take(bytes[index], at: index) else { continue }
            elements.append(element)
            guard elements.count < maximumElements else { throw MessageError("Too many values in a header field") }
        }
        elements.append(try scan.finish(at: range.upperBound))
        return elements
    }

    /// Appends an element as libosip2 may see it. An address gets its brackets, a display name its quotes.
    static func append(_ element: HeaderElement, of bytes: [UInt8], to section: inout [UInt8]) throws(MessageError) {
        guard let uri = element.uri else { return append(element.range, of: bytes, to: &section) }
        if uri.count == 1, bytes[uri.lowerBound] == UInt8(ascii: "*"), uri == element.range {
            section.append(UInt8(ascii: "*"))
            return
        }
        try URIText.check(bytes[uri])
        if element.isBracketed {
            try appendDisplayName(element.range.lowerBound..<uri.lowerBound - 1, of: bytes, to: &section)
        }
        section.append(ASCII.opening)
        if !URIText.isSIP(bytes[uri]) {
            section.append(contentsOf: "\(opaqueScheme):".utf8)
        }
        appendURI(bytes[uri], to: &section)
        if uri.count < shortestURI { section.append(padding) }
        section.append(ASCII.closing)
        append(uri.upperBound + (element.isBracketed ? 1 : 0)..<element.range.upperBound, of: bytes, to: &section)
    }

    static func appendURI(_ uri: ArraySlice<UInt8>, to section: inout [UInt8]) {
        for byte in uri {
            switch byte {
            case ASCII.percent: section.append(percentStandIn)
            case ASCII.comma: section.append(commaStandIn)
            default: section.append(byte)
            }
        }
    }

    private static func append(_ range: Range<Int>, of bytes: [UInt8], to section: inout [UInt8]) {
        for byte in bytes[range] {
            switch byte {
            case ASCII.comma: section.append(commaStandIn)
            case ASCII.tab: section.append(ASCII.space)
            default: section.append(byte)
            }
        }
    }

    /// Phones send names outside of ASCII without quotes; libosip2 wants tokens, so such a name is quoted here.
    private static func appendDisplayName(
        _ range: Range<Int>, of bytes: [UInt8], to section: inout [UInt8]
    ) throws(MessageError) {
        guard let first = range.first(where: { !ASCII.isBlank(bytes[$0]) }),
            let last = range.last(where: { !ASCII.isBlank(bytes[$0]) })
        else { return }
        guard bytes[first] != ASCII.quote else { return append(range, of: bytes, to: &section) }
        guard !bytes[range].contains(ASCII.backslash) else { throw MessageError("Malformed display name") }
        section.append(ASCII.quote)
        append(first..<last + 1, of: bytes, to: &section)
        section.append(ASCII.quote)
    }
}
