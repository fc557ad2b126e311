// One message: it plays, and the keys work while it plays and after it (C2). It becomes saved when it has been heard
// to its end, or when the owner saves it or goes on from it; a hang-up in the middle leaves it new, and the next call
// can go on from there (C12).
import CallControl
import Logging
import Mailboxes
import Phrases

struct ListenToMessage {
    let talk: Conversation
    let mailbox: Mailbox
    let message: Message
    /// Counted from 1, as it is spoken.
    let number: Int
    let memory: ListeningMemory
    var position: Duration = .zero
    /// Whether the next key is pressed while it plays.
    var isPlaying = false
    /// As far as this call knows: another phone may have had it back.
    var isDeleted: Bool
    /// The owner wants it to stay new although he has heard it.
    var isKeptAsNew = false

    init(
        _ talk: Conversation, _ mailbox: Mailbox, _ message: Message, position number: Int, _ memory: ListeningMemory
    ) {
        self.talk = talk
        self.mailbox = mailbox
        self.message = message
        self.number = number
        self.memory = memory
        isDeleted = message.folder == .deleted
    }

    /// Plays it from `start` on, or only asks what to do with it.
    mutating func run(_ opening: [Clip], from start: Duration = .zero, playing: Bool = true) async throws -> MessageTurn
    {
        position = playing ? min(start, length) : length
        do {
            var action =
                playing
                ? try await listen(after: talk.sentences(opening, introduction())) : try await ask(after: opening)
            while true {
                switch try await act(on: action) {
                case .pressed(let next): action = next
                case .turn(let turn): return turn
                }
            }
        } catch let ended as CallEnded {
            await leaveBookmark(ended)
            throw ended
        }
    }

    /// What comes of an action: the next one, or another message.
    enum Outcome {
        case pressed(MessageAction)
        case turn(MessageTurn)
    }

    private mutating func act(on action: MessageAction) async throws -> Outcome {
        switch action {
        case .fromTheStart, .back, .ahead, .slower, .faster, .louder, .softer, .pause, .skipIntroduction, .stop,
            .envelope, .sayAgain:
            return .pressed(try await play(action))
        case .save: return try await save()
        case .delete: return try await deleteOrUndelete()
        case .keepAsNew: return try await keepAsNew()
        case .moveToFolder: return try await moveToFolder()
        case .reply: return .pressed(try await ask(after: Reply(talk, mailbox, message).run()))
        case .callBack: return .pressed(try await ask(after: CallBack(talk, mailbox, message).run()))
        case .forward:
            let forward = Forward(talk, mailbox, message, staysNew: isKeptAsNew)
            return .pressed(try await ask(after: forward.run()))
        case .more: return .pressed(try await more())
        case .changeFolder:
            guard let folder = try await ChooseFolder(talk, mailbox).toListen() else {
                return .pressed(try await goOn())
            }
            return .turn(.folder(folder))
        case .options: return .turn(.options)
        case .mainMenu: return .turn(.mainMenu)
        case .goodbye: throw talk.farewell(because: "asked for")
        case .next:
            try await markHeard()
            return .turn(.next([]))
        case .previous:
            try await markHeard()
            return .turn(.previous)
        case .firstMessage:
            try await markHeard()
            return .turn(.first)
        }
    }

    /// How and from where it is heard.
    private mutating func play(_ action: MessageAction) async throws -> MessageAction {
        switch action {
        case .fromTheStart: position = .zero
        case .back: position = max(.zero, position - step)
        case .ahead: position = min(length, position + step)
        case .slower: memory.slower()
        case .faster: memory.faster()
        case .louder: memory.louder()
        case .softer: memory.softer()
        case .envelope: return try await listen(after: envelopeOnDemand())
        case .pause where isPlaying: return try await pause()
        case .stop, .sayAgain: return try await ask()
        default: return try await goOn()
        }
        if [.slower, .faster, .louder, .softer].contains(action), position >= length { position = .zero }
        return try await listen()
    }

    private mutating func more() async throws -> MessageAction {
        switch try await MoreMenu(talk, mailbox, message).choose() {
        case .reply: return .reply
        case .callBack: return .callBack
        case .forward: return .forward
        case .keepAsNew: return .keepAsNew
        case .moveToFolder: return .moveToFolder
        case .louder: return .louder
        case .softer: return .softer
        case .envelope: return .envelope
        case .mainMenu: return .mainMenu
        case .dialOut: return try await ask(after: DialOut(talk, mailbox).run())
        case .sendMessage: return try await ask(after: SendMessage(talk, mailbox).run())
        case .goBack: return try await goOn()
        }
    }

    var length: Duration { AudioLength.duration(message.byteCount) }

    private var step: Duration { mailbox.settings.skip.map { .seconds(max(1, $0)) } ?? talk.settings.step }
}

/// Where the owner goes from a message.
enum MessageTurn {
    /// With what is to be said before the next one.
    case next([Clip])
    case previous
    case first
    /// It is no longer there.
    case gone
    case folder(Folder)
    /// And back to the menu of this one.
    case options
    case mainMenu
}
