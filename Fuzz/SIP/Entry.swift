// What libFuzzer calls. FUZZ_TARGET says which part the input is for.

import Foundation

private let target = ProcessInfo.processInfo.environment["FUZZ_TARGET"] ?? "sip"

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    if target == "sdp" { describe(bytes) } else { EndpointFuzz().run(bytes) }
    return 0
}

/// A description is read, answered, written and read again.
private func describe(_ bytes: [UInt8]) {
    guard let offer = try? SessionDescription(parsing: bytes) else { return }
    let ours = MediaCapabilities(address: "192.0.2.50", port: 20_000, sessionID: 7, version: 1)
    guard let (answer, agreement) = try? SDPNegotiation.answer(to: offer, with: ours) else { return }
    precondition(answer.media.count == offer.media.count && agreement.remotePort > 0)
    precondition((try? SessionDescription(parsing: answer.encoded())) == answer)
}
