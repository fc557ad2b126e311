// Settings as they are kept: one JSON document. What a document does not say has its default, so an older document
// still fits a newer program; what it says beyond that is left alone. No setting that may be nil has a default other
// than nil: a nil is not written.

import Foundation
import Synchronization

enum SettingsDocument {
    static func encode(_ settings: some Encodable, of owner: String) throws(StoreError) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        do { return String(decoding: try encoder.encode(settings), as: UTF8.self) } catch {
            throw .brokenSettings(of: owner, reason: Self.reason(error))
        }
    }

    /// - Parameter owner: whose settings these are, for the error.
    static func decode<Settings: Codable & Sendable>(
        _ text: String, over defaults: Settings, of owner: String
    ) throws(StoreError) -> Settings {
        if text == "{}" { return defaults }
        let document = Document(type: ObjectIdentifier(Settings.self), text: text)
        if let known = recent.withLock({ $0[document] }) as? Settings { return known }
        let settings: Settings
        do { settings = try read(text, over: defaults) } catch {
            throw .brokenSettings(of: owner, reason: reason(error))
        }
        recent.withLock { recent in
            if recent.count >= mostRecent { recent.removeAll(keepingCapacity: true) }
            recent[document] = settings
        }
        return settings
    }

    private static func read<Settings: Codable>(_ text: String, over defaults: Settings) throws -> Settings {
        let data = Data(text.utf8)
        let decoder = JSONDecoder()
        // The usual document says everything.
        if let settings = try? decoder.decode(Settings.self, from: data) { return settings }
        let fallback = try JSONSerialization.jsonObject(with: JSONEncoder().encode(defaults))
        let merged = merge(try JSONSerialization.jsonObject(with: data), over: fallback)
        return try decoder.decode(Settings.self, from: JSONSerialization.data(withJSONObject: merged))
    }

    /// What a text means does not change, every call asks for one, and most mailboxes have the same.
    private struct Document: Hashable {
        var type: ObjectIdentifier
        var text: String
    }
    private static let mostRecent = 1_024
    private static let recent = Mutex<[Document: any Sendable]>([:])

    private static func merge(_ document: Any, over fallback: Any) -> Any {
        guard let document = document as? [String: Any], let fallback = fallback as? [String: Any] else {
            return document
        }
        return fallback.merging(document) { merge($1, over: $0) }
    }

    private static func reason(_ error: any Error) -> String {
        guard let error = error as? DecodingError else { return "not JSON" }
        return switch error {
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context),
            .dataCorrupted(let context):
            (context.codingPath.map(\.stringValue).joined(separator: ".") + ": " + context.debugDescription)
        @unknown default: "not understood"
        }
    }
}
