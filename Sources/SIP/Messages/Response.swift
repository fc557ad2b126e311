// The response to a request (RFC 3261 §8.2.6) and the reason phrases of the status codes.

extension SIPRequest {
    /// A response with the request's Via, From, To, Call-ID and CSeq. `toTag` is added where the To has none, except
    /// to a 100. Record-Route is copied where the response makes a dialog (§12.1.1), Timestamp into a 100 (§8.2.6.1).
    public func response(_ status: Int, _ reason: String? = nil, toTag: String? = nil) -> SIPResponse {
        var copy = MessageHead(from: head.from, to: head.to, callID: head.callID, cseq: head.cseq)
        copy.vias = head.vias
        if status > 100, copy.to.tag == nil, let toTag { copy.to.tag = toTag }
        if (101...299).contains(status), method == .invite || method == .subscribe {
            copy.recordRoutes = head.recordRoutes
        }
        if status == 100, let timestamp = head["Timestamp"] { copy.other.append(HeaderField("Timestamp", timestamp)) }
        return SIPResponse(status: status, reason: reason ?? SIPResponse.standardReason(for: status), head: copy)
    }
}

extension SIPResponse {
    /// The registered reason phrase, or that of the class for a code without one.
    public static func standardReason(for status: Int) -> String {
        reasons[status]
            ?? ["Trying", "OK", "Multiple Choices", "Bad Request", "Server Internal Error", "Decline"][
                min(max(status / 100, 1), 6) - 1]
    }

    private static let reasons: [Int: String] = [
        100: "Trying", 180: "Ringing", 181: "Call Is Being Forwarded", 182: "Queued", 183: "Session Progress",
        199: "Early Dialog Terminated", 200: "OK", 202: "Accepted", 204: "No Notification",
        300: "Multiple Choices", 301: "Moved Permanently", 302: "Moved Temporarily", 305: "Use Proxy",
        380: "Alternative Service", 400: "Bad Request", 401: "Unauthorized", 402: "Payment Required", 403: "Forbidden",
        404: "Not Found", 405: "Method Not Allowed", 406: "Not Acceptable", 407: "Proxy Authentication Required",
        408: "Request Timeout", 410: "Gone", 412: "Conditional Request Failed", 413: "Request Entity Too Large",
        414: "Request-URI Too Long", 415: "Unsupported Media Type", 416: "Unsupported URI Scheme",
        420: "Bad Extension", 421: "Extension Required", 422: "Session Interval Too Small", 423: "Interval Too Brief",
        428: "Use Identity Header", 429: "Provide Referrer Identity", 430: "Flow Failed", 433: "Anonymity Disallowed",
        439: "First Hop Lacks Outbound Support", 469: "Bad Info Package", 480: "Temporarily Unavailable",
        481: "Call/Transaction Does Not Exist", 482: "Loop Detected", 483: "Too Many Hops", 484: "Address Incomplete",
        485: "Ambiguous", 486: "Busy Here", 487: "Request Terminated", 488: "Not Acceptable Here", 489: "Bad Event",
        491: "Request Pending", 493: "Undecipherable", 494: "Security Agreement Required",
        500: "Server Internal Error", 501: "Not Implemented", 502: "Bad Gateway", 503: "Service Unavailable",
        504: "Server Time-out", 505: "Version Not Supported", 513: "Message Too Large", 580: "Precondition Failure",
        600: "Busy Everywhere", 603: "Decline", 604: "Does Not Exist Anywhere", 606: "Not Acceptable", 607: "Unwanted",
    ]
}
