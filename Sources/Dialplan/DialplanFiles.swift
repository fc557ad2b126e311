// Loading the number plan from disk: one file, or a folder whose `*.yaml` files together are the plan, so that an
// organisation's rules can live in a file of their own.
import Foundation

extension Dialplan {
    /// Reads `path`: a file, or a folder of which every `*.yaml` file counts (not its subfolders), in the order of
    /// their names.
    public static func load(_ path: String) throws(DialplanError) -> Dialplan {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw DialplanError(file: path, line: 1, reason: "there is no such file or folder")
        }
        guard isFolder.boolValue else { return try Dialplan(sources: [Source(path: path)]) }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasSuffix(".yaml") }.sorted()
        } catch {
            throw DialplanError(file: path, line: 1, reason: "the folder cannot be read: \(error.localizedDescription)")
        }
        guard !names.isEmpty else { throw DialplanError(file: path, line: 1, reason: "there is no .yaml file in it") }
        var sources: [Source] = []
        for name in names { sources.append(try Source(path: path + "/" + name)) }
        return try Dialplan(sources: sources)
    }
}

extension Source {
    fileprivate init(path: String) throws(DialplanError) {
        // Opening a pipe would wait for somebody to write into it.
        let target = URL(fileURLWithPath: path).resolvingSymlinksInPath()
        guard (try? target.resourceValues(forKeys: [.isRegularFileKey]))?.isRegularFile == true,
            let handle = FileHandle(forReadingAtPath: path)
        else {
            throw DialplanError(file: path, line: 1, reason: "the file cannot be read")
        }
        defer { try? handle.close() }
        let data: Data
        do { data = try handle.read(upToCount: Source.largest + 1) ?? Data() } catch {
            throw DialplanError(file: path, line: 1, reason: "the file cannot be read: \(error.localizedDescription)")
        }
        guard let yaml = String(data: data, encoding: .utf8) else {
            throw DialplanError(file: path, line: 1, reason: "the file is not UTF-8 text")
        }
        self.init(file: path, yaml: yaml)
    }
}
