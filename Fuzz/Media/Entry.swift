// What libFuzzer calls. FUZZ_TARGET says which part the input is for.

import Foundation
import Glibc

private let target = ProcessInfo.processInfo.environment["FUZZ_TARGET"] ?? "rtp"
private let file = FileManager.default.temporaryDirectory.path + "/fuzz-\(getpid()).sound"

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    switch target {
    case "event": press(bytes)
    case "sound": read(bytes)
    default: SessionFuzz.shared.run(bytes)
    }
    return 0
}

/// Pieces of four to ten bytes are payloads of telephone events; before each comes by how much the clock goes on.
private func press(_ bytes: [UInt8]) {
    var events = TelephoneEvents()
    var timestamp: UInt32 = 0
    var milliseconds: Int64 = 0
    var rest = bytes[...]
    while let step = rest.popFirst(), let length = rest.popFirst() {
        timestamp &+= UInt32(step) &* 80
        milliseconds += Int64(step)
        let payload = Array(rest.prefix(Int(length % 11)))
        rest = rest.dropFirst(payload.count)
        let keys = events.take(
            payload.span, timestamp: timestamp, source: UInt32(length >> 6),
            at: MediaTime(nanoseconds: milliseconds * 1_000_000))
        precondition(keys.allSatisfy { "0123456789*#ABCD".contains($0.key) })
    }
}

/// A file that somebody has uploaded as a greeting.
private func read(_ bytes: [UInt8]) {
    guard FileManager.default.createFile(atPath: file, contents: Data(bytes)) else { return }
    guard let audio = try? AudioFile(reading: file, longest: 10) else { return }
    for codec in Codec.allCases { _ = try? audio.encoded(in: codec) }
}
