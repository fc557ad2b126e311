// Single values read from text, through the same checks and the same library as a whole message.

internal import COsip

extension SIPURI {
    /// Any absolute URI; parts are known for SIP and SIPS only.
    public init(parsing text: String) throws(MessageError) {
        let bytes = Array(text.utf8)
        try URIText.check(bytes[...])
        let scheme = Scheme(rawValue: try URIText.scheme(of: bytes))
        guard scheme.isSIP else {
            self.init(
                scheme: scheme, opaque: String(decoding: bytes.dropFirst(scheme.rawValue.utf8.count + 1), as: UTF8.self)
            )
            return
        }
        var section: [UInt8] = []
        HeaderElements.appendURI(bytes[...], to: &section)
        self = try Osip.parse(section, osip_uri_init, osip_uri_parse, osip_uri_free, SIPURI.init)
    }
}

extension NameAddress {
    /// A From, To, Route or Record-Route value: `"Name" <uri>;parameters` or a bare URI with header parameters.
    public init(parsing text: String) throws(MessageError) {
        let elements = try HeaderElements.rewritten(text, as: .address)
        guard elements.count == 1, let element = elements.first else { throw MessageError("More than one address") }
        self = try Osip.parse(element, osip_from_init, osip_from_parse, osip_from_free, NameAddress.init)
    }
}

extension Contact {
    /// The values of one Contact header field (RFC 3261 §20.10).
    public static func list(parsing text: String) throws(MessageError) -> [Contact] {
        var contacts: [Contact] = []
        for element in try HeaderElements.rewritten(text, as: .address) {
            contacts.append(
                element == [UInt8(ascii: "*")]
                    ? .everything
                    : .address(
                        try Osip.parse(element, osip_from_init, osip_from_parse, osip_from_free, NameAddress.init)))
        }
        return contacts
    }
}

extension Via {
    /// One Via value.
    public init(parsing text: String) throws(MessageError) {
        let elements = try HeaderElements.rewritten(text, as: .via)
        guard elements.count == 1, let element = elements.first else { throw MessageError("More than one Via") }
        self = try Osip.parse(element, osip_via_init, osip_via_parse, osip_via_free, Via.init)
    }
}

extension HeaderElements {
    fileprivate static func rewritten(_ text: String, as form: Form) throws(MessageError) -> [[UInt8]] {
        let bytes = Array(text.utf8)
        let first = bytes.firstIndex { !ASCII.isBlank($0) } ?? bytes.endIndex
        let last = bytes.lastIndex { !ASCII.isBlank($0) } ?? first
        var result: [[UInt8]] = []
        for element in try split(first..<min(last + 1, bytes.endIndex), of: bytes, as: form) {
            var section: [UInt8] = []
            try append(element, of: bytes, to: &section)
            result.append(section)
        }
        return result
    }
}

private enum Osip {
    /// Makes a structure of libosip2, fills it from `text`, converts it and frees it.
    static func parse<Structure, Value>(
        _ text: [UInt8], _ make: (UnsafeMutablePointer<UnsafeMutablePointer<Structure>?>) -> CInt,
        _ fill: (UnsafeMutablePointer<Structure>, UnsafePointer<CChar>) -> CInt,
        _ free: (UnsafeMutablePointer<Structure>) -> Void,
        _ convert: (UnsafeMutablePointer<Structure>) throws(MessageError) -> Value
    ) throws(MessageError) -> Value {
        var created: UnsafeMutablePointer<Structure>?
        guard make(&created) == 0, let structure = created else { throw MessageError(status: 500, "Out of memory") }
        defer { free(structure) }
        let result = (text + [0]).withUnsafeBytes { bytes in
            bytes.baseAddress.map { fill(structure, $0.assumingMemoryBound(to: CChar.self)) } ?? -1
        }
        guard result == 0 else { throw MessageError("Malformed header field") }
        return try convert(structure)
    }
}
