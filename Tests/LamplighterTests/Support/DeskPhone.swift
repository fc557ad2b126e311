// A desk phone that registers and takes NOTIFYs that it has not subscribed to: what its lamp is told.

import Foundation
import SIP
import SIPTestPhone

struct DeskPhone: Sendable {
    let phone: TestPhone
    private let number: String
    private let password: String

    /// - Parameter server: the registrar, or the proxy before it.
    init(_ number: String, password: String, at server: HostPort) async throws {
        self.number = number
        self.password = password
        phone = try await TestPhone(server: server)
    }

    /// The status of a registration for an hour.
    func register() async throws -> Int {
        let owner = NameAddress(uri: SIPURI(user: number, host: "example.org"))
        var from = owner
        from.tag = "desk"
        var head = MessageHead(from: from, to: owner, callID: UUID().uuidString, cseq: CSeq(1, .register))
        let contact = SIPURI(user: number, host: phone.address.host, port: phone.address.port)
        head.contacts = [.address(NameAddress(uri: contact))]
        head.other = [HeaderField("Expires", "3600")]
        let request = SIPRequest(.register, uri: SIPURI(host: "example.org"), head: head)
        return try await phone.send(request, user: number, password: password).status
    }

    /// Waits for the NOTIFY that tells `line`, such as "Voice-Message: 1/0 (0/0)", and passes over others.
    func lamp(shows line: String, seconds: Double = 30) async throws -> SIPRequest {
        try await withThrowingTaskGroup(of: SIPRequest?.self) { tasks in
            tasks.addTask {
                await phone.requests.first { request in
                    request.method == .notify && String(decoding: request.head.body, as: UTF8.self).contains(line)
                }
            }
            tasks.addTask {
                try await Task.sleep(for: .seconds(seconds))
                return nil
            }
            defer { tasks.cancelAll() }
            guard let notify = try await tasks.next() ?? nil else {
                throw ChildProcess.Failure(description: "the lamp of \(number) was not told «\(line)»")
            }
            return notify
        }
    }
}
