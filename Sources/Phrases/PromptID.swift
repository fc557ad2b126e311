// The fixed prompts: everything that is said in one piece. The raw value is the clip's name, which is the
// name of its audio file without ending and its id in `prompts/<language>/language.yaml`.

public enum PromptID: String, CaseIterable, Hashable, Sendable {
    // Reaching a mailbox (A1, A2, A10)
    case welcome
    case enterAccountNumber = "enter-account-number"
    case unknownAccount = "unknown-account"
    case oneMoment = "one-moment"
    case lineBusy = "line-busy"
    case nobodyAnswers = "nobody-answers"
    case noSuchMailbox = "no-such-mailbox"
    case goodbye

    // PINs (C9, C10, D3)
    case enterPIN = "enter-pin"
    case wrongPIN = "wrong-pin"
    case tooManyWrongPINs = "too-many-wrong-pins"
    case mailboxLocked = "mailbox-locked"
    case enterNewPIN = "enter-new-pin"
    case enterNewPINAgain = "enter-new-pin-again"
    case newPINsDoNotMatch = "new-pins-do-not-match"
    case newPINTooEasy = "new-pin-too-easy"
    case newPINTooShort = "new-pin-too-short"
    case newPINTooLong = "new-pin-too-long"
    case pinChanged = "pin-changed"
    case pinNotChanged = "pin-not-changed"
    case pinMustBeChanged = "pin-must-be-changed"

    // Keys and silence, in every menu
    case invalidKey = "invalid-key"
    case invalidEntry = "invalid-entry"
    case areYouStillThere = "are-you-still-there"
    case tooManyWrongEntries = "too-many-wrong-entries"
    case notOfferedHere = "not-offered-here"

    // Leaving a message (B1, B2, B3, B4)
    /// Follows the recorded name: "… is not available."
    case isNotAvailable = "is-not-available"
    case nobodyAvailable = "nobody-available"
    case leaveMessageAfterTone = "leave-message-after-tone"
    case leaveMessageAfterToneShort = "leave-message-after-tone-short"
    case beep
    case mailboxFull = "mailbox-full"
    case recordingStoppedMailboxFull = "recording-stopped-mailbox-full"
    case recordingStoppedMaximum = "recording-stopped-maximum"
    case recordingKept = "recording-kept"
    case messageTooShort = "message-too-short"
    case nothingRecorded = "nothing-recorded"
    case messageSent = "message-sent"
    case messageMarkedUrgent = "message-marked-urgent"
    case messageNoLongerUrgent = "message-no-longer-urgent"
    case messageCancelled = "message-cancelled"
    /// Follows the recorded name of somebody who is busy: "… is on the phone."
    case isOnThePhone = "is-on-the-phone"
    case takesNoMessages = "takes-no-messages"
    /// How long one can speak follows: see `Phrases.recordingTime(seconds:)`.
    case littleRoomLeft = "little-room-left"
    case noRoomForAnother = "no-room-for-another"
    case earlierRecordingKept = "earlier-recording-kept"
    case addAfterTone = "add-after-tone"
    case nothingAdded = "nothing-added"
    case messageWillBeCancelled = "message-will-be-cancelled"

    // Reaching somebody else (B1, C7)
    case cannotBeReached = "cannot-be-reached"

    // Dial by name (A9)
    case enterName = "enter-name"
    case enterFirstName = "enter-first-name"
    case enterLastName = "enter-last-name"
    case enterMoreLetters = "enter-more-letters"
    case tooManyNames = "too-many-names"
    case noNameFound = "no-name-found"
    case noMoreNames = "no-more-names"

    // The owner's mailbox (C1, C2)
    case mailboxAlmostFull = "mailbox-almost-full"
    case yourMailboxIsFull = "your-mailbox-is-full"
    case temporaryGreetingIsOn = "temporary-greeting-is-on"
    case callWasInterrupted = "call-was-interrupted"
    case chooseFolder = "choose-folder"
    case noMessages = "no-messages"
    case noNewMessages = "no-new-messages"
    case noSavedMessages = "no-saved-messages"
    case noDeletedMessages = "no-deleted-messages"
    case firstMessage = "first-message"
    case lastMessage = "last-message"
    case nextMessage = "next-message"
    case previousMessage = "previous-message"
    case noMoreMessages = "no-more-messages"
    case noPreviousMessages = "no-previous-messages"
    case endOfMessage = "end-of-message"
    case messageSaved = "message-saved"
    case messageDeleted = "message-deleted"
    case messageUndeleted = "message-undeleted"
    case messageKeptAsNew = "message-kept-as-new"
    case messageGone = "message-gone"
    /// Its audio is damaged.
    case messageUnplayable = "message-unplayable"
    case urgentMessage = "urgent-message"
    case deletedMessage = "deleted-message"
    case paused

    // Greeting and name (C8)
    case greetingMenu = "greeting-menu"
    case yourGreetingIs = "your-greeting-is"
    case yourNameIs = "your-name-is"
    case noGreetingRecorded = "no-greeting-recorded"
    case noNameRecorded = "no-name-recorded"
    case recordGreetingAfterTone = "record-greeting-after-tone"
    case recordNameAfterTone = "record-name-after-tone"
    case ownRecordingStoppedMaximum = "own-recording-stopped-maximum"
    case ownRecordingStoppedMailboxFull = "own-recording-stopped-mailbox-full"
    case yourRecordingIs = "your-recording-is"
    case greetingSaved = "greeting-saved"
    case greetingDeleted = "greeting-deleted"
    case nameSaved = "name-saved"
    case nameDeleted = "name-deleted"
    case recordingDiscarded = "recording-discarded"

    // Menu choices, to be followed by "press" and a key: see `Phrases.choice(_:key:)`
    case toHearMessages = "to-hear-messages"
    case toHearNewMessages = "to-hear-new-messages"
    case toHearSavedMessages = "to-hear-saved-messages"
    case toHearDeletedMessages = "to-hear-deleted-messages"
    case toChooseFolder = "to-choose-folder"
    case toGoOnWhereYouWere = "to-go-on-where-you-were"
    case toHearFirstMessage = "to-hear-first-message"
    case toCallAnotherNumber = "to-call-another-number"
    case toSendMessage = "to-send-message"
    case toChangeGreetingOrName = "to-change-greeting-or-name"
    case toChangePINAndOptions = "to-change-pin-and-options"
    case toChangePIN = "to-change-pin"
    case toReachOperator = "to-reach-operator"
    case toHearThisAgain = "to-hear-this-again"
    case toEndTheCall = "to-end-the-call"
    case toHearMessageFromStart = "to-hear-message-from-start"
    case toSaveMessage = "to-save-message"
    case toDeleteMessage = "to-delete-message"
    case toUndeleteMessage = "to-undelete-message"
    case toHearSlower = "to-hear-slower"
    case toHearFaster = "to-hear-faster"
    case toHearEnvelope = "to-hear-envelope"
    case toGoBack = "to-go-back"
    case toPause = "to-pause"
    case toGoOn = "to-go-on"
    case toGoAhead = "to-go-ahead"
    case forPreviousMessage = "for-previous-message"
    case forNextMessage = "for-next-message"
    case forMoreOptions = "for-more-options"
    case toReply = "to-reply"
    case toCallBack = "to-call-back"
    case toForward = "to-forward"
    case toKeepAsNew = "to-keep-as-new"
    case toMoveToFolder = "to-move-to-folder"
    case toHearLouder = "to-hear-louder"
    case toHearSofter = "to-hear-softer"
    case toReturnToMessage = "to-return-to-message"
    case toReturnToMainMenu = "to-return-to-main-menu"
    case toListen = "to-listen"
    case toAccept = "to-accept"
    case toRecordAgain = "to-record-again"
    case toMarkUrgent = "to-mark-urgent"
    case toAddToRecording = "to-add-to-recording"
    case toCancel = "to-cancel"
    case toRecordGreeting = "to-record-greeting"
    case toHearGreeting = "to-hear-greeting"
    case toDeleteGreeting = "to-delete-greeting"
    case toRecordName = "to-record-name"
    case toHearName = "to-hear-name"
    case toDeleteName = "to-delete-name"
    case toConfirm = "to-confirm"
    case toUnmarkUrgent = "to-unmark-urgent"
    case toKeepMessage = "to-keep-message"
    case forNextName = "for-next-name"
    case toEnterAnotherName = "to-enter-another-name"
    case toSkipGreeting = "to-skip-greeting"
    case toOpenYourMailbox = "to-open-your-mailbox"

    // The system itself (A10, B4, G4)
    case systemProblem = "system-problem"
    case storageProblem = "storage-problem"
    case messagesOutOfReach = "messages-out-of-reach"
    case endingForMaintenance = "ending-for-maintenance"

    /// A short silence between two sentences.
    case pause
}

extension PromptID {
    /// Sounds without words: the same in every language.
    public var isSound: Bool { self == .beep || self == .pause }
}
