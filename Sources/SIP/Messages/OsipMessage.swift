// A header section as libosip2 reads it, and the values of it that we keep.

internal import COsip

/// A header section parsed by libosip2, freed when it goes out of scope: one owner, as the library wants it.
struct OsipMessage: ~Copyable {
    private let message: UnsafeMutablePointer<osip_message_t>

    /// Without a trace function of its own the library prints a line on standard output for every malformed header.
    private static let isLibraryReady = {
        osip_trace_initialize_func(TRACE_LEVEL0) { _, _, _, _, _ in }
        return parser_init() == 0
    }()

    init(parsing section: [UInt8]) throws(MessageError) {
        var created: UnsafeMutablePointer<osip_message_t>?
        guard Self.isLibraryReady, osip_message_init(&created) == 0, let created else {
            throw MessageError(status: 500, "Out of memory")
        }
        let result = section.withUnsafeBytes { bytes in
            osip_message_parse(created, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
        }
        guard result == 0 else {
            osip_message_free(created)
            throw MessageError("Malformed header field")
        }
        message = created
    }

    deinit { osip_message_free(message) }

    func requestURI() throws(MessageError) -> SIPURI {
        guard let uri = message.pointee.req_uri else { throw MessageError("Malformed Request-URI") }
        return try SIPURI(uri)
    }

    func vias() throws(MessageError) -> [Via] {
        try elements(of: &message.pointee.vias, as: osip_via_t.self, Via.init)
    }

    func from() throws(MessageError) -> NameAddress {
        guard let from = message.pointee.from else { throw MessageError("Missing From header field") }
        return try NameAddress(from)
    }

    func to() throws(MessageError) -> NameAddress {
        guard let to = message.pointee.to else { throw MessageError("Missing To header field") }
        return try NameAddress(to)
    }

    func cseq() throws(MessageError) -> CSeq {
        guard let cseq = message.pointee.cseq, let digits = OsipText.text(cseq.pointee.number),
            let method = OsipText.text(cseq.pointee.method), CharacterClass.token.containsAll(method.utf8),
            !method.isEmpty
        else { throw MessageError("Malformed CSeq header field") }
        guard let number = ASCII.decimal(digits.utf8, maximum: 0x7FFF_FFFF) else {
            throw MessageError("CSeq number out of range")
        }
        return CSeq(UInt32(number), Method(rawValue: method))
    }

    func contacts() throws(MessageError) -> [Contact] {
        try elements(of: &message.pointee.contacts, as: osip_contact_t.self) { contact throws(MessageError) in
            contact.pointee.url == nil && OsipText.text(contact.pointee.displayname) == "*"
                ? .everything : .address(try NameAddress(contact))
        }
    }

    func routes() throws(MessageError) -> [NameAddress] {
        try elements(of: &message.pointee.routes, as: osip_route_t.self, NameAddress.init)
    }

    func recordRoutes() throws(MessageError) -> [NameAddress] {
        try elements(of: &message.pointee.record_routes, as: osip_record_route_t.self, NameAddress.init)
    }

    private func elements<Element, Value>(
        of list: UnsafeMutablePointer<osip_list_t>, as type: Element.Type,
        _ convert: (UnsafeMutablePointer<Element>) throws(MessageError) -> Value
    ) throws(MessageError) -> [Value] {
        var values: [Value] = []
        for position in 0..<osip_list_size(list) {
            guard let element = osip_list_get(list, position) else { break }
            values.append(try convert(element.assumingMemoryBound(to: Element.self)))
        }
        return values
    }
}
