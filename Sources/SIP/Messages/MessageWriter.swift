// Text for the wire. Whatever a value holds, it can end neither its line nor its message: CR, LF and NUL become spaces
// here, behind everything that could forget to escape them.

struct MessageWriter {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

    /// In as much memory as it needs: transactions keep what they have sent for half a minute.
    var message: [UInt8] { bytes.withUnsafeBufferPointer(Array.init) }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    mutating func endLine() {
        bytes.append(ASCII.carriageReturn)
        bytes.append(ASCII.lineFeed)
    }

    mutating func write(body: [UInt8]) { bytes.append(contentsOf: body) }

    mutating func write(_ text: String) {
        for byte in text.utf8 {
            let breaks = byte == ASCII.carriageReturn || byte == ASCII.lineFeed || byte == 0
            bytes.append(breaks ? ASCII.space : byte)
        }
    }

    mutating func write(_ number: some BinaryInteger) { write(String(number)) }

    /// A header name or a method: what is no token byte is left out.
    mutating func write(token: String) {
        for byte in token.utf8 where CharacterClass.token.contains(byte) { bytes.append(byte) }
    }

    /// A host; an IPv6 address gets its brackets (RFC 3261 §25.1).
    mutating func write(host: String) {
        let isIPv6 = host.utf8.contains(ASCII.colon)
        if isIPv6 { bytes.append(UInt8(ascii: "[")) }
        write(host)
        if isIPv6 { bytes.append(UInt8(ascii: "]")) }
    }

    /// Part of a URI, with everything escaped that is not in `allowed`.
    mutating func write(_ text: String, escapingAllBut allowed: CharacterClass) {
        for byte in text.utf8 {
            if allowed.contains(byte) {
                bytes.append(byte)
            } else {
                bytes.append(ASCII.percent)
                bytes.append(ASCII.hexadecimalDigits[Int(byte >> 4)])
                bytes.append(ASCII.hexadecimalDigits[Int(byte & 15)])
            }
        }
    }

    mutating func write(quoted text: String) {
        bytes.append(ASCII.quote)
        for byte in text.utf8 {
            let breaks = byte == ASCII.carriageReturn || byte == ASCII.lineFeed || byte == 0
            let isControl = byte < ASCII.space && byte != ASCII.tab && !breaks
            if byte == ASCII.quote || byte == ASCII.backslash || isControl { bytes.append(ASCII.backslash) }
            bytes.append(breaks ? ASCII.space : byte)
        }
        bytes.append(ASCII.quote)
    }

    mutating func write(uriParameters parameters: Parameters) {
        for entry in parameters.entries {
            bytes.append(ASCII.semicolon)
            write(entry.name, escapingAllBut: .uriParameter)
            guard let value = entry.value else { continue }
            bytes.append(ASCII.equals)
            write(value, escapingAllBut: .uriParameter)
        }
    }

    mutating func write(headerParameters parameters: Parameters) {
        for entry in parameters.entries {
            bytes.append(ASCII.semicolon)
            write(token: entry.name)
            guard let value = entry.value else { continue }
            bytes.append(ASCII.equals)
            let isPlain = !value.isEmpty && CharacterClass.plainValue.containsAll(value.utf8)
            if isPlain { write(value) } else { write(quoted: value) }
        }
    }

    mutating func write(_ uri: SIPURI) {
        write(uri.scheme.rawValue)
        bytes.append(ASCII.colon)
        if let opaque = uri.opaque { return write(opaque) }
        if let user = uri.user {
            write(user, escapingAllBut: .user)
            if let password = uri.password {
                bytes.append(ASCII.colon)
                write(password, escapingAllBut: .password)
            }
            bytes.append(ASCII.at)
        }
        write(host: uri.host)
        if let port = uri.port {
            bytes.append(ASCII.colon)
            write(port)
        }
        write(uriParameters: uri.parameters)
        if let headers = uri.headers {
            bytes.append(ASCII.question)
            write(headers, escapingAllBut: .uriHeaders)
        }
    }

    mutating func write(_ address: NameAddress) {
        if let name = address.displayName {
            write(quoted: name)
            bytes.append(ASCII.space)
        }
        bytes.append(ASCII.opening)
        write(address.uri)
        bytes.append(ASCII.closing)
        write(headerParameters: address.parameters)
    }

    mutating func write(_ via: Via) {
        write("SIP/2.0/")
        write(token: via.transport)
        bytes.append(ASCII.space)
        write(host: via.host)
        if let port = via.port {
            bytes.append(ASCII.colon)
            write(port)
        }
        write(headerParameters: via.parameters)
    }
}

extension SIPURI: CustomStringConvertible {
    public var description: String {
        var writer = MessageWriter()
        writer.write(self)
        return writer.text
    }
}

extension NameAddress: CustomStringConvertible {
    public var description: String {
        var writer = MessageWriter()
        writer.write(self)
        return writer.text
    }
}

extension Via: CustomStringConvertible {
    public var description: String {
        var writer = MessageWriter()
        writer.write(self)
        return writer.text
    }
}
