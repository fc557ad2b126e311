// All phones of a building come back at once: each gets the right lamp soon, and what is kept of them costs a few
// commits (F1, F2). A tenth of the figure to hold, in the time of it; the whole is measured by hand.

import Mailboxes
import SIP
import SIPTestPhone
import Testing

@testable import Mailboxes
@testable import Phones

@Suite("F2 after a power cut", .timeLimit(.minutes(5)))
struct PowerCutTests {
    private static let count = 200

    private func add(to store: SQLiteStore) async throws {
        for number in 1_000..<(1_000 + Self.count) {
            let account = try await store.addExtension(
                NewExtension(domain: Sample.domain, number: "\(number)", password: "lamp-\(number)", pin: "4815"))
            guard number.isMultiple(of: 2) else { continue }
            let recording = try await store.openRecording(
                NewRecording(
                    mailbox: account.mailbox, purpose: .message(callerNumber: nil, callerName: nil), encoding: .pcmu))
            _ = try await recording.append(Array(repeating: 0x55, count: 1_000))
            try await recording.keep(urgent: false)
        }
    }

    @Test("phones that register and subscribe all at once are all told what is there, and again after a crash")
    func everybody() async throws {
        let sample = try await SampleStore()
        try await add(to: sample.store)
        let before = await sample.store.phoneJournal.commits
        let server = try await PhoneServer(sample.store)
        var phones: [(number: Int, phone: TestPhone)] = []
        for number in 1_000..<(1_000 + Self.count) {
            phones.append((number, try await TestPhone(server: server.address)))
        }
        let wrong = try await withThrowingTaskGroup(of: Bool.self) { group in
            for (number, phone) in phones {
                group.addTask {
                    var request = Sample.request(.register, user: nil, from: "\(number)", callID: "reg-\(number)")
                    request.head.contacts = [.address(phone.contact("\(number)"))]
                    let password = "lamp-\(number)"
                    let status = try await phone.send(request, user: "\(number)", password: password).status
                    var lamp = LampWatch("\(number)", password: password)
                    guard status == 200, try await lamp.subscribe(by: phone) == 200 else { return true }
                    return await !shows(number, phone) { lamp.owns($0) }
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(wrong == 0)
        #expect(await sample.store.phoneJournal.commits - before < 2 * Self.count, "they share their commits")
        #expect(try await sample.store.subscriptions().count == Self.count)
        #expect(try await sample.store.bindings().count == Self.count)
        await server.endpoint.stop()
        let after = try await PhoneServer(sample.store, port: server.address.port)
        let dark = await withTaskGroup(of: Bool.self) { group in
            for (number, phone) in phones {
                group.addTask { await !shows(number, phone) { $0.head.cseq.number > 2_000 } }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(dark == 0)
        await after.stop()
        try await sample.remove()
    }

    /// Whether a NOTIFY of these comes that tells what is there.
    private func shows(_ number: Int, _ phone: TestPhone, _ isMeant: (SIPRequest) -> Bool) async -> Bool {
        let right = "active Voice-Message: \(number.isMultiple(of: 2) ? 1 : 0)/0 (0/0)"
        while let request = await phone.next(within: 60) {
            if isMeant(request) { return request.lamp == right }
        }
        return false
    }
}
