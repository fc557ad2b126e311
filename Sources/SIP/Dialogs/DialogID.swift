// The name of a dialog at our end (RFC 3261 §12): Call-ID and both tags.

public struct DialogID: Hashable, Sendable, Codable {
    public let callID: String
    public let localTag: String
    /// Empty for a peer of RFC 2543 that sends none.
    public let remoteTag: String

    public init(callID: String, localTag: String, remoteTag: String) {
        self.callID = callID
        self.localTag = localTag
        self.remoteTag = remoteTag
    }
}
