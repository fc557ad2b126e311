// Passing a caller on to another number of the organisation, in the way that the organisation chose: to the operator,
// or to whoever a key or a flow names (B1, C1, C7). When it works the call is over; otherwise it goes on here.
import CallControl
import Logging
import Mailboxes
import Phrases

struct PassOn {
    private let talk: Conversation
    private let settings: OrganisationSettings

    init(_ talk: Conversation, _ settings: OrganisationSettings) {
        self.talk = talk
        self.settings = settings
    }

    /// To the operator of a mailbox or else of the organisation. Returns why that has not worked.
    func toOperator(of mailbox: Mailbox?) async throws -> [Clip] {
        guard let number = mailbox?.operatorNumber ?? settings.operatorNumber else {
            return talk.words(.notOfferedHere)
        }
        return try await to(number)
    }

    /// Returns why it has not worked.
    func to(_ number: String) async throws -> [Clip] {
        _ = try await talk.say(talk.words(.oneMoment))
        // Only an answered call can be sent elsewhere by REFER (RFC 3515 §2.4.4); a leg that is joined answers it (B8).
        if settings.transfer == .refer { try await talk.call.accept() }
        let failure = try await talk.call.transfer(to: number, by: settings.transfer.manner)
        talk.log.notice("not passed on", metadata: ["number": "\(number)", "failure": "\(failure)"])
        switch failure {
        case .busy: return talk.words(.lineBusy)
        case .noAnswer: return talk.words(.nobodyAnswers)
        case .refused, .noRoute: return talk.words(.cannotBeReached)
        }
    }
}

extension Mailbox {
    /// Whom `0` reaches: the mailbox's own operator, else the organisation's; nil where none is set.
    var operatorNumber: String? { fields.settings.operatorNumber ?? fields.organisationSettings.operatorNumber }
}

extension OrganisationSettings.Transfer {
    /// How a call does it.
    fileprivate var manner: TransferManner {
        switch self {
        case .refer: .refer
        case .bridge: .bridge
        }
    }
}
