// Requests and responses written for the wire (RFC 3261 §7): routing headers first, Content-Length always and last.

extension SIPRequest {
    public func encoded() -> [UInt8] {
        var writer = MessageWriter(capacity: 1024 + head.body.count)
        writer.write(token: method.rawValue)
        writer.write(" ")
        writer.write(uri)
        writer.write(" SIP/2.0")
        writer.endLine()
        writer.writeVias(head)
        for route in routes { writer.writeLine("Route: ") { $0.write(route) } }
        writer.writeLine("Max-Forwards: ") { $0.write(maxForwards) }
        writer.writeRest(of: head)
        return writer.message
    }
}

extension SIPResponse {
    public func encoded() -> [UInt8] {
        var writer = MessageWriter(capacity: 1024 + head.body.count)
        writer.write("SIP/2.0 ")
        writer.write(status)
        writer.write(" ")
        writer.write(reason)
        writer.endLine()
        writer.writeVias(head)
        writer.writeRest(of: head)
        return writer.message
    }
}

extension MessageWriter {
    fileprivate mutating func writeLine(_ name: String, _ value: (inout MessageWriter) -> Void) {
        write(name)
        value(&self)
        endLine()
    }

    fileprivate mutating func writeVias(_ head: MessageHead) {
        for via in head.vias { writeLine("Via: ") { $0.write(via) } }
    }

    fileprivate mutating func writeRest(of head: MessageHead) {
        for route in head.recordRoutes { writeLine("Record-Route: ") { $0.write(route) } }
        writeLine("From: ") { $0.write(head.from) }
        writeLine("To: ") { $0.write(head.to) }
        writeLine("Call-ID: ") { $0.write(head.callID) }
        writeLine("CSeq: ") {
            $0.write(head.cseq.number)
            $0.write(" ")
            $0.write(token: head.cseq.method.rawValue)
        }
        for contact in head.contacts {
            writeLine("Contact: ") {
                switch contact {
                case .everything: $0.write("*")
                case .address(let address): $0.write(address)
                }
            }
        }
        for field in head.other where !field.name.equalsIgnoringCase("Content-Length") {
            write(token: field.name)
            writeLine(": ") { $0.write(field.value) }
        }
        writeLine("Content-Length: ") { $0.write(head.body.count) }
        endLine()
        write(body: head.body)
    }
}
