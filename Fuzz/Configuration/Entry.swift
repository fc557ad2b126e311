// A configuration file as somebody may have written it: refused with file, key and reason, or taken as a whole.

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let bytes = UnsafeBufferPointer(start: data, count: size)
    guard let yaml = String(validating: bytes, as: UTF8.self) else { return 0 }
    do throws(ConfigurationError) {
        var reader = try ConfigurationReader(yaml: yaml, file: "fuzz.yaml", environment: [:])
        let configuration = try Configuration(&reader)
        _ = configuration.phones.outbound.map { OutboundTrunk(setting: $0) }
        _ = configuration.sip.advertise.map { PublicAddress(setting: $0) }
    } catch {
        precondition(!error.description.isEmpty)
    }
    return 0
}
