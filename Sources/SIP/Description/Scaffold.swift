// Stands in for the wire room until its branch is there.
public struct SessionDescription: Sendable, Hashable {
    var text: String
    public init(parsing bytes: [UInt8]) throws { text = String(decoding: bytes, as: UTF8.self) }
    func encoded() -> [UInt8] { Array(text.utf8) }
}
extension SIPRequest {
    public func response(_ status: Int, _ reason: String? = nil, toTag: String? = nil) -> SIPResponse {
        SIPResponse(status: status, reason: reason ?? "", head: head)
    }
    func encoded() -> [UInt8] { [] }
}
extension SIPResponse {
    func encoded() -> [UInt8] { [] }
}
enum ParsedMessage { case request(SIPRequest), response(SIPResponse), refused(SIPResponse?, why: String) }
enum MessageParser { static func parse(_ bytes: [UInt8]) -> ParsedMessage { .refused(nil, why: "") } }
struct FramingError: Error {}
struct StreamFramer {
    enum Frame { case message([UInt8]), keepAlive }
    mutating func append(_ bytes: [UInt8]) throws(FramingError) {}
    mutating func next() -> Frame? { nil }
}
