// libosip2's structures turned into values. Nothing here keeps a pointer: every text is copied once, with the
// stand-ins of HeaderElements turned back, and checked, because the library checks little.

internal import COsip
internal import Glibc

enum OsipText {
    static func text(_ string: UnsafeMutablePointer<CChar>?) -> String? {
        guard let string else { return nil }
        var cursor = string
        while cursor.pointee != 0, UInt8(bitPattern: cursor.pointee) != HeaderElements.padding {
            switch UInt8(bitPattern: cursor.pointee) {
            case HeaderElements.percentStandIn: cursor.pointee = CChar(ASCII.percent)
            case HeaderElements.commaStandIn: cursor.pointee = CChar(ASCII.comma)
            default: break
            }
            cursor += 1
        }
        return String(decoding: UnsafeRawBufferPointer(start: string, count: cursor - string), as: UTF8.self)
    }

    /// A name or a literal address, in lower case and without brackets.
    static func host(_ string: UnsafeMutablePointer<CChar>?) throws(MessageError) -> String {
        guard var host = text(string), !host.isEmpty else { throw MessageError("Malformed host") }
        if host.utf8.contains(ASCII.colon) {
            // RFC 3261 asks for a colon too many before an IPv4 part (RFC 5118 §4.10, RFC 5954 §3.1).
            if host.utf8.contains(UInt8(ascii: ".")) { host = host.replacing(":::", with: "::") }
            // Not `in6_addr`: which C module that type comes from depends on what else the target imports.
            var address = [UInt8](repeating: 0, count: 16)
            guard inet_pton(AF_INET6, host, &address) == 1 else { throw MessageError("Malformed IPv6 address") }
        } else if !CharacterClass.hostname.containsAll(host.utf8) {
            throw MessageError("Malformed host")
        }
        return host.lowercased()
    }

    static func port(_ string: UnsafeMutablePointer<CChar>?) throws(MessageError) -> UInt16? {
        guard let port = text(string) else { return nil }
        guard let number = ASCII.decimal(port.utf8, maximum: 65535), number > 0 else {
            throw MessageError("Malformed port")
        }
        return UInt16(number)
    }

    /// Parameters of a header: values may be quoted, and nothing is escaped with `%`.
    static func headerParameters(_ list: UnsafeMutablePointer<osip_list_t>) throws(MessageError) -> Parameters {
        try parameters(list) { name, value throws(MessageError) in
            guard CharacterClass.token.containsAll(name.utf8), !name.isEmpty else {
                throw MessageError("Malformed parameter")
            }
            return Parameters.Entry(name, value.map(unquoted))
        }
    }

    static func uriParameters(_ list: UnsafeMutablePointer<osip_list_t>) throws(MessageError) -> Parameters {
        try parameters(list) { name, value throws(MessageError) in
            var unescaped: String?
            if let value { unescaped = try URIText.unescaped(value) }
            return Parameters.Entry(try URIText.unescaped(name), unescaped)
        }
    }

    /// The text of `"a \"quoted\" string"`; any other text as it is.
    static func unquoted(_ text: String) -> String {
        guard text.utf8.count >= 2, text.utf8.first == ASCII.quote, text.utf8.last == ASCII.quote else { return text }
        let inner = text.dropFirst().dropLast()
        guard inner.utf8.contains(ASCII.backslash) else { return String(inner) }
        var result = ""
        var escaped = false
        for scalar in inner.unicodeScalars {
            if scalar == "\\", !escaped {
                escaped = true
            } else {
                result.unicodeScalars.append(scalar)
                escaped = false
            }
        }
        return result
    }

    private static func parameters(
        _ list: UnsafeMutablePointer<osip_list_t>,
        _ convert: (String, String?) throws(MessageError) -> Parameters.Entry
    ) throws(MessageError) -> Parameters {
        var parameters = Parameters()
        for position in 0..<osip_list_size(list) {
            guard let element = osip_list_get(list, position) else { break }
            let parameter = element.assumingMemoryBound(to: osip_uri_param_t.self).pointee
            guard let name = text(parameter.gname) else { continue }
            parameters.entries.append(try convert(name, text(parameter.gvalue)))
        }
        return parameters
    }
}

extension SIPURI {
    init(_ uri: UnsafeMutablePointer<osip_uri_t>) throws(MessageError) {
        let scheme = Scheme(rawValue: (OsipText.text(uri.pointee.scheme) ?? "").lowercased())
        guard scheme.isSIP else {
            guard scheme.rawValue == HeaderElements.opaqueScheme, let text = OsipText.text(uri.pointee.string) else {
                throw MessageError("Malformed URI")
            }
            self.init(
                scheme: Scheme(rawValue: try URIText.scheme(of: text.utf8)),
                opaque: String(text.drop { $0 != ":" }.dropFirst()))
            return
        }
        let parts = uri.pointee
        var user: String?
        var password: String?
        if let text = OsipText.text(parts.username) { user = try URIText.unescaped(text) }
        if let text = OsipText.text(parts.password) { password = try URIText.unescaped(text) }
        self.init(
            scheme: scheme, user: user, password: password, host: try OsipText.host(parts.host),
            port: try OsipText.port(parts.port), parameters: try OsipText.uriParameters(&uri.pointee.url_params),
            headers: Self.headers(&uri.pointee.url_headers))
    }

    private static func headers(_ list: UnsafeMutablePointer<osip_list_t>) -> String? {
        var fields: [String] = []
        for position in 0..<osip_list_size(list) {
            guard let element = osip_list_get(list, position) else { break }
            let field = element.assumingMemoryBound(to: osip_uri_header_t.self).pointee
            fields.append("\(OsipText.text(field.gname) ?? "")=\(OsipText.text(field.gvalue) ?? "")")
        }
        return fields.isEmpty ? nil : fields.joined(separator: "&")
    }
}

extension NameAddress {
    /// From, To, Contact, Route and Record-Route are one structure in libosip2.
    init(_ address: UnsafeMutablePointer<osip_from_t>) throws(MessageError) {
        guard let uri = address.pointee.url else { throw MessageError("Malformed address") }
        let name = OsipText.text(address.pointee.displayname).map(OsipText.unquoted)
        self.init(
            displayName: name?.isEmpty == true ? nil : name, uri: try SIPURI(uri),
            parameters: try OsipText.headerParameters(&address.pointee.gen_params))
        if let tag, tag.isEmpty || !CharacterClass.token.containsAll(tag.utf8) { throw MessageError("Malformed tag") }
    }
}

extension Via {
    init(_ via: UnsafeMutablePointer<osip_via_t>) throws(MessageError) {
        guard OsipText.text(via.pointee.version) == "2.0", let transport = OsipText.text(via.pointee.protocol),
            !transport.isEmpty, CharacterClass.token.containsAll(transport.utf8)
        else { throw MessageError("Malformed Via header field") }
        self.init(
            transport: transport.uppercased(), host: try OsipText.host(via.pointee.host),
            port: try OsipText.port(via.pointee.port),
            parameters: try OsipText.headerParameters(&via.pointee.via_params))
    }
}
