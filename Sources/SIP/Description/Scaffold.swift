// Stands in for the wire room until its branch is there.
public struct SessionDescription: Sendable, Hashable {
    public init() {}
}
extension SIPRequest {
    public func response(_ status: Int, _ reason: String? = nil, toTag: String? = nil) -> SIPResponse {
        SIPResponse(status: status, reason: reason ?? "", head: head)
    }
}
