// What all calls share, and how numbers are reached that a caller is passed on to.

public import Media
public import SIP

/// What all calls share.
public struct Equipment: Sendable {
    public var media: MediaEngine
    public var prompts: PromptLibrary
    /// What is offered and answered.
    public var terms: AudioTerms
    /// The prompt that a caller hears whose call is ended because the system stops.
    public var farewell: String?
    /// Makes the calls that callers are passed on by; nil: none are made.
    public var endpoint: SIPEndpoint?
    /// How a number of an organisation is reached; nil where nothing is known of it. Only asked for dialable numbers.
    public var route: @Sendable (_ number: String, _ domain: String) async -> Route?
    /// How long it may ring at a number that a caller is passed on to.
    public var ringLimit: Duration
    /// Waits; a parameter, so that tests need no real time.
    public var sleep: @Sendable (Duration) async throws -> Void

    public init(
        media: MediaEngine, prompts: PromptLibrary, terms: AudioTerms = AudioTerms(), farewell: String? = nil,
        endpoint: SIPEndpoint? = nil,
        route: @escaping @Sendable (_ number: String, _ domain: String) async -> Route? = { _, _ in nil },
        ringLimit: Duration = .seconds(30),
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.media = media
        self.prompts = prompts
        self.terms = terms
        self.farewell = farewell
        self.endpoint = endpoint
        self.route = route
        self.ringLimit = ringLimit
        self.sleep = sleep
    }
}

/// The way to a number: the Request-URI of a call to it, and where that is sent.
public struct Route: Sendable, Hashable {
    public var target: SIPURI
    public var flow: Flow
    /// The proxies on the way, ours first.
    public var routes: [NameAddress]

    public init(target: SIPURI, flow: Flow, routes: [NameAddress] = []) {
        self.target = target
        self.flow = flow
        self.routes = routes
    }
}

/// What can be dialled. Numbers come from settings, from keys and from what other systems say of a caller, and become
/// part of a URI.
enum DialableNumber {
    static func isValid(_ number: String) -> Bool {
        (1...32).contains(number.utf8.count) && number.utf8.allSatisfy("0123456789*#+".utf8.contains)
    }
}
