// What is said about a message: its number, its envelope (C3), and what can be done with it.
import CallControl
import Foundation
import Mailboxes
import Phrases

extension ListenToMessage {
    /// "First message, urgent.", and the envelope for those who always want it.
    func introduction() async throws -> [Clip] {
        talk.sentences(
            talk.words(talk.phrases.message(number)), message.urgent ? talk.words(.urgentMessage) : [],
            isDeleted ? talk.words(.deletedMessage) : [],
            mailbox.settings.envelope == .automatic ? try await envelope() : [])
    }

    func envelopeOnDemand() async throws -> [Clip] {
        mailbox.settings.envelope == .off ? talk.words(.notOfferedHere) : try await envelope()
    }

    /// When, from whom, how long: the sender's own voice where he has a mailbox here and has recorded his name.
    private func envelope() async throws -> [Clip] {
        let received = Date(timeIntervalSince1970: message.receivedAt)
        let timeZone = TimeZone(identifier: mailbox.timeZone) ?? .gmt
        let seconds = message.byteCount / 8_000
        guard let name = try await sendersName() else {
            return talk.words(
                talk.phrases.envelope(
                    received: received, caller: message.callerNumber, seconds: seconds, now: talk.now,
                    timeZone: timeZone))
        }
        let frame = talk.phrases.envelope(received: received, seconds: seconds, now: talk.now, timeZone: timeZone)
        return talk.words(frame, around: [name])
    }

    /// Nil for a damaged one as well: it would end what is said around it.
    private func sendersName() async throws -> Clip? {
        guard let sender = message.sender, let name = try await talk.store.greeting(.name, of: sender),
            let audio = try? await talk.store.audio(of: name.id, in: 0..<name.byteCount), audio.count == name.byteCount
        else { return nil }
        return .recording(StoredAudio(name, store: talk.store))
    }

    /// After the end there is nothing to pause or to skip.
    var menu: [Clip] {
        let isInTheMiddle = position < length
        let toGoOn: [(MessageAction, PromptID)] = isInTheMiddle ? [(.pause, .toGoOn), (.ahead, .toGoAhead)] : []
        let envelope: [(MessageAction, PromptID)] =
            mailbox.settings.envelope == .off ? [] : [(.envelope, .toHearEnvelope)]
        return talk.menu(
            talk.keys.message,
            [
                (.fromTheStart, .toHearMessageFromStart), (.save, .toSaveMessage),
                (.delete, isDeleted ? .toUndeleteMessage : .toDeleteMessage), (.slower, .toHearSlower),
            ] + envelope + [(.faster, .toHearFaster), (.back, .toGoBack)] + toGoOn + [
                (.previous, .forPreviousMessage), (.next, .forNextMessage), (.callBack, .toCallBack),
                (.forward, .toForward), (.moveToFolder, .toMoveToFolder), (.firstMessage, .toHearFirstMessage),
                (.changeFolder, .toChooseFolder), (.more, .forMoreOptions), (.options, .toChangePINAndOptions),
                (.mainMenu, .toReturnToMainMenu), (.sayAgain, .toHearThisAgain), (.goodbye, .toEndTheCall),
            ])
    }
}
