// A phone's subscription to a lamp: SUBSCRIBE, and what it says in the dialog afterwards, perhaps from another socket.

package import SIP

package struct LampWatch: Sendable {
    package let number: String
    package let callID: String
    private let password: String
    private let domain: String
    /// Where it says that it is; nil: where it sends from.
    private let contact: SIPURI?
    private var own: NameAddress
    private var server: NameAddress
    private var target: SIPURI
    private var sequence: UInt32 = 0

    /// - Parameter mailbox: the user part that it subscribes to.
    package init(
        _ number: String, password: String, to mailbox: String? = nil, domain: String = "example.org",
        contact: SIPURI? = nil
    ) {
        (self.number, self.password, self.domain, self.contact) = (number, password, domain, contact)
        callID = "watch-\(UInt64.random(in: 0 ... .max))"
        target = SIPURI(user: mailbox ?? number, host: domain)
        own = NameAddress(uri: SIPURI(user: number, host: domain), parameters: [.init("tag", "tag-\(callID)")])
        server = NameAddress(uri: target)
    }

    /// Subscribes, refreshes, or ends it by 0 seconds.
    /// - Returns: the status of the answer.
    package mutating func subscribe(by phone: TestPhone, expires: Int = 600) async throws -> Int {
        sequence += 2
        var head = MessageHead(from: own, to: server, callID: callID, cseq: CSeq(sequence, .subscribe))
        head.contacts = [.address(contact.map { NameAddress(uri: $0) } ?? phone.contact(number))]
        head.other = [
            HeaderField("Event", "message-summary"), HeaderField("Expires", String(expires)),
            HeaderField("Accept", "application/simple-message-summary"),
        ]
        let response = try await phone.send(
            SIPRequest(.subscribe, uri: target, head: head), user: number, password: password)
        if response.status == 200, server.tag == nil {
            server = response.head.to
            if case .address(let contact)? = response.head.contacts.first { target = contact.uri }
        }
        return response.status
    }

    /// Whether a NOTIFY is this subscription's.
    package func owns(_ request: SIPRequest) -> Bool {
        request.method == .notify && request.head.callID == callID && request.head.to.tag == own.tag
            && request.head.from.tag == server.tag
    }
}

extension SIPRequest {
    /// Of a NOTIFY: its Subscription-State up to the parameters, and its Voice-Message line.
    package var lamp: String {
        let state = head["Subscription-State"] ?? "no state"
        let lines = String(decoding: head.body, as: UTF8.self).split(separator: "\r\n")
        return "\(state.prefix { $0 != ";" }) \(lines.last ?? "no body")"
    }
}

extension TestPhone {
    /// The next request; nil when there is none for so many seconds.
    package func next(within seconds: Double = 30) async -> SIPRequest? {
        await withTaskGroup(of: SIPRequest?.self) { tasks in
            tasks.addTask { [requests] in await requests.first { _ in true } }
            tasks.addTask {
                try? await Task.sleep(for: .seconds(seconds))
                return nil
            }
            defer { tasks.cancelAll() }
            return await tasks.next() ?? nil
        }
    }
}
