// The log, a line for each event: what comes from outside (numbers, names, URIs) may hold line ends
// and would else write lines of its own, which whoever reads the log (fail2ban) would believe.

import Logging

struct OneLineLogHandler: LogHandler {
    private var handler: any LogHandler

    init(_ handler: any LogHandler) { self.handler = handler }

    var logLevel: Logger.Level {
        get { handler.logLevel }
        set { handler.logLevel = newValue }
    }

    var metadata: Logger.Metadata {
        get { handler.metadata }
        set { handler.metadata = newValue.mapValues(Self.flattened) }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { handler[metadataKey: key] }
        set { handler[metadataKey: key] = newValue.map(Self.flattened) }
    }

    func log(event: LogEvent) {
        var event = event
        event.message = "\(Self.visible(event.message.description))"
        event.metadata = event.metadata?.mapValues(Self.flattened)
        handler.log(event: event)
    }

    private static func flattened(_ value: Logger.Metadata.Value) -> Logger.Metadata.Value {
        .string(visible(value.description))
    }

    /// Control signs and the line ends of Unicode become question marks.
    static func visible(_ text: String) -> String {
        // Nearly everything is plain ASCII, which is seen at once.
        if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text }
        guard text.unicodeScalars.contains(where: isHidden) else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.map { isHidden($0) ? "?" : $0 }))
    }

    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
