// Writes a recording as a WAV file for people.

/// Writes `bytes` of `codec` as a mono 16-bit PCM WAV file of 8 kHz. An existing file is replaced.
public func writeWave(_ bytes: [UInt8], codec: Codec, to path: String) throws(MediaError) {}
