// What the two sides have agreed about media: offer and answer (RFC 3264) joined to the media session's
// parameters. The codec of the first agreement stays for the whole call, since a recording is made in it.

import CallControl
import Media
import SIP

struct Negotiation {
    private(set) var parameters: StreamParameters
    private(set) var codec: Codec
    private var capabilities: MediaCapabilities

    var encoding: AudioEncoding { codec == .pcmu ? .pcmu : .pcma }
}
