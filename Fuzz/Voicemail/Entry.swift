// A key map as somebody may have written it: refused with file and line, or a key map.

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let bytes = UnsafeBufferPointer(start: data, count: size)
    guard let yaml = String(validating: bytes, as: UTF8.self) else { return 0 }
    do throws(KeyMapError) {
        _ = try KeyMap(yaml: yaml, file: "fuzz.yaml")
    } catch {
        precondition(error.line >= 1)
    }
    return 0
}
