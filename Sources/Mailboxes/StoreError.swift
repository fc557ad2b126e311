// What can go wrong behind the store's door. Every function of this room throws this one type; no case
// carries a password, a PIN or audio, so an error can be logged and shown as it is.

public enum StoreError: Error, Hashable, Sendable {
    // Named by the administrator
    case unknownDomain(String)
    case unknownOrganisation(OrganisationID)
    case unknownMailbox(MailboxID)
    case unknownExtension(ExtensionID)
    case unknownList(Int64)
    case domainTaken(String)
    /// An extension or mailbox of that number exists in the domain.
    case numberTaken(String, domain: String)
    case badDomain(String)
    case badNumber(String)
    case badLanguage(String)
    case badTimeZone(String)
    /// Not 4 to 10 digits.
    case badPIN
    /// Nothing that the organisation's policy lets anybody have.
    case weakPIN(PINWeakness)
    /// The domain is asked for its default PIN, and there is none.
    case noDefaultPIN(String)
    /// The domain's policy leaves no PIN that is not somebody's already.
    case noPINLeft(String)
    /// Empty or longer than 256 bytes.
    case badPassword
    /// Negative, or more than a terabyte.
    case badQuota(Int)
    /// The mailbox holds more than the quota asked for.
    case quotaBelowUse(quota: Int, used: Int)
    /// A setting, by its name, and why its value does not fit.
    case badSetting(String, reason: String)
    /// The settings that are kept cannot be read.
    case brokenSettings(of: String, reason: String)

    /// It is the own mailbox of these extensions.
    case mailboxInUse(String, by: [String])
    /// What was removed cannot have its number back: it is somebody else's now.
    case numberHeld(String, domain: String, by: String)
    case nothingToRestore(String, domain: String)
    /// A finished recording does not fit under the quota.
    case noRoom(bytes: Int, available: Int)

    // Recordings
    /// Kept, discarded or closed before: nothing more can be done with it.
    case recordingEnded(RecordingID)
    /// Its rows were removed from outside while it was made.
    case recordingGone(RecordingID)
    /// A part of something to be sent is no message by itself.
    case draftIsNotKept(RecordingID)
    /// More than 64 kB in one append.
    case chunkTooLarge(Int)
    /// The disk has not kept up: this recording has a minute of audio waiting.
    case commitsTooSlow(RecordingID)
    /// As many recordings are open as the store allows.
    case tooManyRecordings(Int)
    /// Opened for administration: only the serving process records.
    case notServing

    // The database
    /// Another process serves from this directory.
    case alreadyServed(path: String)
    /// Written by a newer version of this program.
    case newerSchema(path: String)
    case cannotOpen(path: String, reason: String)
    /// No room on the disk. What was committed before is safe.
    case diskFull
    /// Another process held the database, or a commit did not end, for too long.
    case timedOut
    /// More is waiting than is sensible: PIN checks, or messages to be sent.
    case overloaded
    case closed
    case failed(String)
}

extension StoreError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unknownDomain(let domain): "there is no organisation with the domain \(domain)"
        case .unknownOrganisation(let id): "there is no organisation with the id \(id.rawValue)"
        case .unknownMailbox(let id): "there is no mailbox with the id \(id.rawValue)"
        case .unknownExtension(let id): "there is no extension with the id \(id.rawValue)"
        case .unknownList(let id): "there is no list with the id \(id)"
        case .domainTaken(let domain): "the domain \(domain) exists already"
        case .numberTaken(let number, let domain): "the number \(number) is taken in \(domain)"
        case .badDomain(let domain): "\(domain.debugDescription) is not a domain name"
        case .badNumber(let number): "\(number.debugDescription) is not a number of 2 to 10 digits"
        case .badLanguage(let language): "\(language.debugDescription) is not a language tag such as en or en-GB"
        case .badTimeZone(let zone): "\(zone.debugDescription) is not a time zone such as Europe/Madrid"
        case .badPIN: "a PIN has 4 to 10 digits"
        case .weakPIN(let weakness): "\(weakness) is not allowed"
        case .noDefaultPIN(let domain): "\(domain) has no default PIN"
        case .noPINLeft(let domain): "the PIN policy of \(domain) leaves no PIN that nobody has"
        case .mailboxInUse(let number, let accounts):
            "mailbox \(number) is the own mailbox of extension \(accounts.joined(separator: ", "))"
        case .numberHeld(let number, let domain, let holder): "\(number) in \(domain) belongs to \(holder) now"
        case .nothingToRestore(let number, let domain): "nothing with the number \(number) was removed in \(domain)"
        case .noRoom(let bytes, let available): "\(bytes) bytes do not fit: \(available) are free"
        case .badPassword: "a password has 1 to 256 bytes"
        case .badQuota(let quota): "\(quota) is not a quota in bytes"
        case .quotaBelowUse(let quota, let used): "the mailbox holds \(used) bytes, more than a quota of \(quota)"
        case .badSetting(let setting, let reason): "\(setting): \(reason)"
        case .brokenSettings(let owner, let reason): "the settings of \(owner) cannot be read: \(reason)"
        case .recordingEnded(let id): "recording \(id.rawValue) has ended"
        case .recordingGone(let id): "recording \(id.rawValue) was removed while it was made"
        case .draftIsNotKept(let id): "recording \(id.rawValue) is a draft"
        case .chunkTooLarge(let count): "\(count) bytes in one append, more than \(RecordingLimits.appendBytes)"
        case .commitsTooSlow(let id): "too much of recording \(id.rawValue) waits for the disk"
        case .tooManyRecordings(let limit): "\(limit) recordings are open, and no more are allowed"
        case .notServing: "the store is open for administration only"
        case .alreadyServed(let path): "another process serves \(path)"
        case .newerSchema(let path): "\(path) was written by a newer version of this program"
        case .cannotOpen(let path, let reason): "cannot open \(path): \(reason)"
        case .diskFull: "the disk is full"
        case .timedOut: "the database did not answer in time"
        case .overloaded: "too much is waiting"
        case .closed: "the store is closed"
        case .failed(let reason): "the database failed: \(reason)"
        }
    }
}
