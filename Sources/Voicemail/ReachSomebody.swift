// Passing a caller on to a person: the operator, or whomever a key of the mailbox stands for (B1). When that works the
// call is over here; when it does not, the caller is told and is back where he was.
import CallControl
import Logging
import Mailboxes
import Phrases

struct ReachSomebody {
    private let talk: Conversation
    private let mailbox: Mailbox

    init(_ talk: Conversation, _ mailbox: Mailbox) {
        self.talk = talk
        self.mailbox = mailbox
    }

    /// "Please hold." Returns why it has not worked, to be said on the way back.
    func run(_ number: String) async throws -> [Clip] {
        _ = try await talk.say(talk.words(.pleaseHold))
        let manner = TransferManner(mailbox.organisationSettings.transfer)
        // There is nobody to send a REFER to before the call is answered (RFC 3515 §2.4.4).
        if manner == .refer { try await talk.call.accept() }
        talk.log.info("passing the caller on", metadata: ["to": "\(number)", "by": "\(manner.rawValue)"])
        let failure = try await talk.call.transfer(to: number, by: manner)
        talk.log.notice("the caller could not be passed on", metadata: ["to": "\(number)", "failure": "\(failure)"])
        switch failure {
        case .busy: return talk.words(.lineIsBusy)
        case .noAnswer: return talk.words(.nobodyAnswers)
        case .refused, .noRoute: return talk.words(.cannotBeReached)
        }
    }
}

extension TransferManner {
    init(_ transfer: OrganisationSettings.Transfer) {
        switch transfer {
        case .refer: self = .refer
        case .bridge: self = .bridge
        }
    }
}

extension Mailbox {
    /// Whom `0` reaches: the mailbox's own operator, else the organisation's; nil where none is set.
    var operatorNumber: String? { settings.operatorNumber ?? organisationSettings.operatorNumber }
}
