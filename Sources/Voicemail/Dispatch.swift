// A message goes out to its recipients, one mailbox after the other, and only then is it told what came of it (C5, C6):
// so a hang-up while it is told changes nothing, and one mailbox that cannot take it keeps it from no other.
import CallControl
import Logging
import Mailboxes
import Phrases

struct Dispatch {
    private let talk: Conversation
    private let sender: Mailbox
    private let isForwarded: Bool

    init(_ talk: Conversation, from sender: Mailbox, forwarding isForwarded: Bool = false) {
        self.talk = talk
        self.sender = sender
        self.isForwarded = isForwarded
    }

    struct Report {
        var delivered: [Mailbox] = []
        var failed: [(mailbox: Mailbox, reason: DeliveryFailure)] = []
    }

    func send(_ letter: Letter, to recipients: [Mailbox]) async -> Report {
        let sending = Sending(
            parts: letter.parts, sender: sender.id, callerNumber: sender.number, callerName: sender.name,
            urgent: letter.isUrgent)
        var report = Report()
        for recipient in recipients {
            if let reason = await deliver(sending, to: recipient) {
                report.failed.append((recipient, reason))
            } else {
                report.delivered.append(recipient)
            }
        }
        talk.log.info(
            isForwarded ? "message forwarded" : "message sent",
            metadata: ["delivered": "\(report.delivered.count)", "failed": "\(report.failed.count)"])
        return report
    }

    /// Why it did not get there; nil when it did. A store that fails for one recipient is asked for the next.
    private func deliver(_ sending: Sending, to recipient: Mailbox) async -> DeliveryFailure? {
        do {
            switch try await talk.store.deliver(sending, to: recipient.id) {
            case .delivered: return nil
            case .mailboxFull: return .mailboxFull
            case .takesNoMessages: return .takesNoMessages
            case .noSuchMailbox: return .noSuchMailbox
            case .gone: return .systemProblem
            }
        } catch {
            talk.log.error("not delivered", metadata: ["to": "\(recipient.number)", "error": "\(error)"])
            return .systemProblem
        }
    }

    /// "The message has been sent to three mailboxes." A single one is named; every failure is told with its reason.
    func words(_ report: Report) async throws -> [Clip] {
        var told: [Clip]
        switch report.delivered.count {
        case 0: told = []
        case 1:
            let frame = isForwarded ? talk.phrases.forwarded : talk.phrases.sent
            told = talk.words(frame, around: try await talk.name(of: report.delivered[0]))
        case let count:
            told = talk.words(isForwarded ? talk.phrases.forwarded(to: count) : talk.phrases.sent(to: count))
        }
        for (mailbox, reason) in report.failed {
            let frame = talk.phrases.notDelivered(because: reason)
            told = talk.sentences(told, talk.words(frame, around: talk.words(talk.phrases.extension(mailbox.number))))
        }
        return told.isEmpty ? talk.words(.nothingSent) : told
    }
}
