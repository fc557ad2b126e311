// A number plan as somebody may have written it: refused with file and line, or one that answers any number.

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let bytes = UnsafeBufferPointer(start: data, count: size)
    guard let yaml = String(validating: bytes, as: UTF8.self) else { return 0 }
    do throws(DialplanError) {
        let plan = try Dialplan(sources: [Source(file: "fuzz.yaml", yaml: yaml)])
        for number in ["5001", "03101", "+31205551111", "*", ""] {
            _ = plan.application(for: number, domain: "example.org")
        }
    } catch {
        precondition(error.line >= 1)
    }
    return 0
}
