// What a mailbox has in it and how it is set up: folders, greetings, how full it is, how long a PIN has to be
// (B4, C4, C8, C9, D2).

/// A folder by the name that is spoken for it (C4).
public enum FolderName: Hashable, Sendable {
    case new, saved, deleted, work, family, friends
    /// Folders that have a number only: "folder five". From 0.
    case number(Int)
}

extension Phrases {
    /// "The work folder", "folder five".
    public func folder(_ name: FolderName) -> [String] {
        if case .number(let number) = name { return say(.folderNumber, counting: number) }
        return say(.folder, ["folder": .word("\(name)")])
    }

    /// "Three messages in the work folder", "no messages in folder five".
    public func messages(_ count: Int, in name: FolderName) -> [String] {
        let folder = Pattern.Value.clips(folder(name))
        guard count > 0 else { return say(.noMessagesInFolder, ["folder": folder]) }
        return say(.messagesInFolder, ["n": .number(count), "folder": folder])
    }

    /// "Message saved in the work folder."
    public func saved(in name: FolderName) -> [String] { say(.savedInFolder, ["folder": .clips(folder(name))]) }

    /// "For the work folder, press two." `key` as in `choice(_:key:)`.
    public func forFolder(_ name: FolderName, key: Character) -> [String] { choice(for: folder(name), key: key) }

    /// "Greeting number three": one of the nine slots (C8).
    public func greeting(_ slot: Int) -> [String] { say(.greetingNumber, counting: slot) }

    /// "You have used ninety percent of your mailbox." (B4, C1)
    public func used(percent: Int) -> [String] { say(.used, counting: percent) }

    /// "You can record for one minute and ten seconds.": what the quota has left (B4).
    public func recordingTime(seconds: Int) -> [String] {
        say(.recordingTime, ["duration": .clips(duration(seconds: seconds))])
    }

    /// "Please try again in fifteen minutes.": a locked mailbox (D3). Above a minute it is rounded up to whole
    /// minutes.
    public func tryAgain(inSeconds seconds: Int) -> [String] {
        let seconds = seconds > 60 ? (seconds + 59) / 60 * 60 : seconds
        return say(.tryAgainIn, ["duration": .clips(duration(seconds: seconds))])
    }

    /// What the policy asks of a new PIN's length (C9, D2), in digits: "Your PIN must have at least six digits",
    /// "… exactly seven digits", "… between four and ten digits".
    public func pinLength(minimum: Int, maximum: Int? = nil) -> [String] {
        guard let maximum, maximum >= minimum else { return say(.pinLengthAtLeast, counting: minimum) }
        guard maximum > minimum else { return say(.pinLengthExactly, counting: minimum) }
        return say(.pinLengthBetween, ["low": .number(minimum), "high": .number(maximum)])
    }
}
