// One flow by itself, in the middle of its owner's call: what it says on the way back is said, and a good-bye too.
import CallControl
import Foundation
import Logging
import Phrases
import Testing

@testable import Mailboxes
@testable import Voicemail

extension House {
    /// Runs `flow` for the mailbox `number`, in its language and with its keys.
    func run(
        _ call: ScriptedCall, for number: String = "100",
        _ flow: (Conversation, Mailbox) async throws -> [Clip]
    ) async throws {
        let mailbox = try await mailbox(number)
        let phrases = try #require(service.phrases(in: mailbox.language))
        let start = Conversation(
            service: service, call: call, phrases: phrases, keys: service.keymaps.fallback,
            log: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        let talk = start.about(mailbox)
        do {
            _ = try await talk.say(flow(talk, mailbox))
        } catch let farewell as Farewell {
            _ = try await talk.say(farewell.words)
        } catch is CallEnded {}
    }

    /// A message in 100's mailbox that came from another mailbox.
    @discardableResult
    func letter(from sender: String = "101", _ seconds: Double = 5, _ seed: Int = 0, urgent: Bool = false) async throws
        -> Message
    {
        let part = try await message(seconds, seed, of: sender)
        let mailbox = try await mailbox(sender)
        let sending = Sending(
            parts: [part], sender: mailbox.id, callerNumber: sender, callerName: nil, urgent: urgent)
        guard case .delivered(let id) = try await store.deliver(sending, to: self.mailbox().id) else {
            throw StoreError.failed("not delivered")
        }
        _ = try await store.purge(part, of: mailbox.id)
        return try #require(try await store.message(id))
    }

    /// A further extension.
    func neighbour(_ number: String, quota: Int = Mailbox.defaultQuota, name: String? = nil) async throws {
        _ = try await store.addExtension(
            NewExtension(
                domain: "example.org", number: number, displayName: name, password: "secret", pin: House.pin,
                quota: quota))
    }

    /// The audio of all new messages.
    func newAudio(of number: String) async throws -> [[UInt8]] {
        var all: [[UInt8]] = []
        for message in try await messages(in: .new, of: number) { all.append(try await audio(message)) }
        return all
    }
}
