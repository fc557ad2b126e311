// `;name=value` lists of URIs and headers (RFC 3261 §25.1). Names compare without regard to case; order is kept.

public struct Parameters: Hashable, Sendable, ExpressibleByArrayLiteral {
    public struct Entry: Hashable, Sendable {
        public var name: String
        /// Without the quotes of a quoted string; nil for a flag such as `;lr`.
        public var value: String?
        public init(_ name: String, _ value: String? = nil) {
            self.name = name
            self.value = value
        }
    }
    public var entries: [Entry]

    public init(_ entries: [Entry] = []) { self.entries = entries }
    public init(arrayLiteral elements: Entry...) { entries = elements }

    public var isEmpty: Bool { entries.isEmpty }

    public func contains(_ name: String) -> Bool { index(of: name) != nil }

    /// The value of `name`; nil when it is absent or a flag. Setting nil removes it.
    public subscript(name: String) -> String? {
        get { index(of: name).flatMap { entries[$0].value } }
        set {
            switch (index(of: name), newValue) {
            case (let found?, let value?): entries[found].value = value
            case (let found?, nil): entries.remove(at: found)
            case (nil, let value?): entries.append(Entry(name, value))
            case (nil, nil): break
            }
        }
    }

    private func index(of name: String) -> Int? {
        entries.firstIndex { $0.name.equalsIgnoringCase(name) }
    }
}
