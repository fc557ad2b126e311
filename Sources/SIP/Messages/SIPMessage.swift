// Requests and responses as values (RFC 3261 §7). The headers that routing, transactions and dialogs need
// are typed; the rest are `other`. Content-Length is derived when the message is written.

public import BoxedValues

/// What a request and a response have in common.
public struct MessageHead: Hashable, Sendable {
    /// Topmost first.
    public var vias: [Via] = []
    public var from: NameAddress
    public var to: NameAddress
    public var callID: String
    public var cseq: CSeq
    public var contacts: [Contact] = []
    public var recordRoutes: [NameAddress] = []
    /// Everything else in its order, Content-Type included.
    public var other: [HeaderField] = []
    public var body: [UInt8] = []

    public init(from: NameAddress, to: NameAddress, callID: String, cseq: CSeq) {
        self.from = from
        self.to = to
        self.callID = callID
        self.cseq = cseq
    }

    /// The first value of a header in `other`; names compare without regard to case.
    public subscript(name: String) -> String? { values(of: name).first }

    /// All values of a header in `other`, one for each header line, in order.
    public func values(of name: String) -> [String] {
        other.lazy.filter { $0.name.equalsIgnoringCase(name) }.map(\.value)
    }

    /// The comma-separated tokens of a header such as Supported, Require, Allow or Accept: trimmed, lower case.
    public func tokens(of name: String) -> [String] {
        values(of: name).flatMap { $0.split(separator: ",") }
            .compactMap { token in
                let words = token.split { $0 == " " || $0 == "\t" }
                return words.isEmpty ? nil : words.joined(separator: " ").lowercased()
            }
    }
}

public struct SIPRequest: Hashable, Sendable {
    public var method: Method
    public var uri: SIPURI
    public var routes: [NameAddress] = []
    public var maxForwards: Int = 70
    @Boxed public var head: MessageHead

    public init(_ method: Method, uri: SIPURI, head: MessageHead) {
        self.method = method
        self.uri = uri
        self.head = head
    }
}

public struct SIPResponse: Hashable, Sendable {
    /// 100 to 699.
    public var status: Int
    public var reason: String
    @Boxed public var head: MessageHead

    public init(status: Int, reason: String, head: MessageHead) {
        self.status = status
        self.reason = reason
        self.head = head
    }
}
