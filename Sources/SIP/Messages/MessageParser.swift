// One whole message from the wire into a value, or into the answer that refuses it (RFC 3261 §7, §8.2, §18.3).
// We cut the message and check its shape, libosip2 reads the routing headers, and what it lets pass in silence is
// checked again. The body is ours alone, and so are the headers that nobody routes by.

public enum ParsedMessage: Sendable {
    case request(SIPRequest)
    case response(SIPResponse)
    /// Malformed. The ready answer goes back by its topmost Via; nil when there is no answer to make (no Via, an ACK,
    /// a response, no SIP at all): drop it. `why` quotes nothing from outside.
    case refused(SIPResponse?, why: String)
}

public enum MessageParser {
    /// Bytes of the largest message that is read.
    public static let maximumSize = 65536

    /// Reads a datagram or what the stream framer cut. Never throws and never traps, whatever the bytes are.
    public static func parse(_ message: ArraySlice<UInt8>) -> ParsedMessage { parse(Array(message)) }

    /// Reads a datagram or what the stream framer cut. Never throws and never traps, whatever the bytes are.
    public static func parse(_ message: [UInt8]) -> ParsedMessage {
        let isTooLarge = message.count > maximumSize
        let sections = MessageSections(isTooLarge ? Array(message.prefix(maximumSize)) : message)
        guard let start = StartLine(sections) else { return .refused(nil, why: "No SIP start line") }
        do throws(MessageError) {
            if isTooLarge { throw MessageError(status: 513, "Message too large") }
            if case .response = start { return .response(try response(sections, start)) }
            return .request(try request(sections, start))
        } catch {
            guard case .request(let method, _) = start else { return .refused(nil, why: error.reason) }
            return .refused(Refusal.answer(to: sections, method: method, error: error), why: error.reason)
        }
    }

    private static func request(_ sections: MessageSections, _ start: StartLine) throws(MessageError) -> SIPRequest {
        let (method, uri) = try start.checkedRequest(sections)
        var section = Array("\(method) ".utf8)
        HeaderElements.appendURI(sections.bytes[uri], to: &section)
        section.append(contentsOf: " SIP/2.0\r\n".utf8)
        let parsed = try routingHeaders(of: sections, startingWith: section)
        var request = SIPRequest(method, uri: try parsed.requestURI(), head: try head(sections, parsed))
        request.routes = try parsed.routes()
        request.maxForwards = try maxForwards(sections)
        guard request.uri.headers == nil else { throw MessageError("Header fields in the Request-URI") }
        guard request.head.cseq.method == method else { throw MessageError("CSeq method differs from the request's") }
        try requireSIP(request)
        return request
    }

    private static func response(_ sections: MessageSections, _ start: StartLine) throws(MessageError) -> SIPResponse {
        guard case .response(let status, let reason) = start, let status else {
            throw MessageError("Malformed status line")
        }
        let parsed = try routingHeaders(of: sections, startingWith: Array("SIP/2.0 200 OK\r\n".utf8))
        return SIPResponse(status: status, reason: reason, head: try head(sections, parsed))
    }

    /// What routing, transactions and dialogs read, through libosip2.
    private static func routingHeaders(
        of sections: MessageSections, startingWith startLine: [UInt8]
    ) throws(MessageError) -> OsipMessage {
        if let flaw = sections.flaw { throw flaw }
        var section = startLine
        section.reserveCapacity(sections.body.lowerBound + 128)
        for line in sections.lines {
            guard let (name, form) = routingName(of: line.kind) else { continue }
            for element in try HeaderElements.split(line.value, of: sections.bytes, as: form) {
                section.append(contentsOf: name.utf8)
                try HeaderElements.append(element, of: sections.bytes, to: &section)
                section.append(ASCII.carriageReturn)
                section.append(ASCII.lineFeed)
            }
        }
        for case (let kind, let name) in [(.from, "From"), (.to, "To"), (.cseq, "CSeq"), (.callID, "Call-ID")]
            as [(MessageSections.Kind, String)]
        {
            let count = sections.count(of: kind)
            if count == 0 { throw MessageError("Missing \(name) header field") }
            if count > 1 { throw MessageError("More than one \(name) header field") }
        }
        section.append(contentsOf: "Content-Length: 0\r\n\r\n".utf8)
        return try OsipMessage(parsing: section)
    }

    private static func routingName(of kind: MessageSections.Kind) -> (name: String, form: HeaderElements.Form)? {
        switch kind {
        case .via: ("Via: ", .via)
        case .from: ("From: ", .address)
        case .to: ("To: ", .address)
        case .contact: ("Contact: ", .address)
        case .route: ("Route: ", .address)
        case .recordRoute: ("Record-Route: ", .address)
        case .cseq: ("CSeq: ", .via)
        default: nil
        }
    }

    private static func head(_ sections: MessageSections, _ parsed: borrowing OsipMessage) throws(MessageError)
        -> MessageHead
    {
        // Opaque, so signs that the grammar has not foreseen do no harm; blanks and bytes outside of ASCII would.
        guard let range = sections.first(.callID), !range.isEmpty,
            sections.bytes[range].allSatisfy({ $0 > ASCII.space && $0 < 0x7F })
        else { throw MessageError("Malformed Call-ID header field") }
        var head = MessageHead(
            from: try parsed.from(), to: try parsed.to(), callID: sections.text(range), cseq: try parsed.cseq())
        head.vias = try parsed.vias()
        guard !head.vias.isEmpty else { throw MessageError("Missing Via header field") }
        head.contacts = try parsed.contacts()
        head.recordRoutes = try parsed.recordRoutes()
        for line in sections.lines {
            guard case .other(let name) = line.kind else { continue }
            head.other.append(HeaderField(name, sections.text(line.value)))
        }
        head.body = try body(sections)
        return head
    }

    /// A datagram may be longer than its Content-Length says, but not shorter (RFC 3261 §18.3).
    private static func body(_ sections: MessageSections) throws(MessageError) -> [UInt8] {
        guard let range = sections.first(.contentLength) else { return Array(sections.bytes[sections.body]) }
        guard sections.count(of: .contentLength) == 1 else {
            throw MessageError("More than one Content-Length header field")
        }
        guard let length = ASCII.decimal(sections.bytes[range], maximum: UInt64(UInt32.max)) else {
            throw MessageError("Malformed Content-Length header field")
        }
        guard length <= sections.body.count else { throw MessageError("Body shorter than its Content-Length") }
        return Array(sections.bytes[sections.body].prefix(Int(length)))
    }

    private static func maxForwards(_ sections: MessageSections) throws(MessageError) -> Int {
        guard let range = sections.first(.maxForwards) else { return 70 }
        guard sections.count(of: .maxForwards) == 1 else {
            throw MessageError("More than one Max-Forwards header field")
        }
        guard let hops = ASCII.decimal(sections.bytes[range], maximum: 255) else {
            throw MessageError("Malformed Max-Forwards header field")
        }
        return Int(hops)
    }

    /// Only a REGISTER may bind a URI of another scheme (RFC 3261 §8.1.1.8, §10.2.1); a route is always SIP.
    private static func requireSIP(_ request: SIPRequest) throws(MessageError) {
        guard (request.routes + request.head.recordRoutes).allSatisfy(\.uri.scheme.isSIP) else {
            throw MessageError("Route that is not a SIP URI")
        }
        guard request.method != .register else { return }
        for contact in request.head.contacts {
            guard case .address(let address) = contact, address.uri.scheme.isSIP else {
                throw MessageError("Contact that is not a SIP URI")
            }
        }
    }
}
