// The settings as each room wants them.

import Foundation
import Logging
import Mailboxes
import Media
import Phones
import SIP
import Voicemail

extension SIPEndpointConfiguration {
    init(_ configuration: Configuration) {
        let settings = configuration.sip
        self.init(listen: settings.listen.map { HostPort(host: $0, port: UInt16(settings.port)) })
        limits.maximumCalls = settings.maximumCalls
        limits.maximumTransactions = settings.maximumTransactions
        limits.maximumConnections = settings.maximumConnections
        limits.minimumSubscriptionExpires = configuration.phones.minimumExpiry
        limits.maximumSubscriptionExpires = configuration.phones.maximumExpiry
    }
}

extension MediaConfiguration {
    init(_ configuration: Configuration) {
        let media = configuration.media
        self.init(
            ports: UInt16(media.firstPort)...UInt16(media.lastPort),
            workers: media.workers == 0 ? ProcessInfo.processInfo.activeProcessorCount : media.workers,
            rtpTimeout: media.timeout, maximumSessions: configuration.sip.maximumCalls)
    }
}

extension PhoneSettings {
    init(_ configuration: Configuration) throws(ConfigurationError) {
        let phones = configuration.phones
        self.init(
            defaultDomain: configuration.sip.defaultDomain,
            callPolicy: phones.calls == .digest ? .digest : .binding,
            trustedPeers: try phones.peers.map(TrustedPeer.init(setting:)),
            registrar: RegistrarLimits(
                contactsPerAccount: phones.maximumContacts, minimumExpiry: phones.minimumExpiry,
                maximumExpiry: phones.maximumExpiry, defaultExpiry: phones.defaultExpiry),
            pilotNumbers: [phones.pilot], unsolicited: phones.unsolicited == .active ? .active : .terminated)
        lamps.minimumExpiry = phones.minimumExpiry
        lamps.maximumExpiry = phones.maximumExpiry
        lamps.defaultExpiry = phones.defaultExpiry
    }
}

extension TrustedPeer {
    /// From `ADDRESS[/BITS] DOMAIN`.
    fileprivate init(setting: String) throws(ConfigurationError) {
        let words = setting.split(separator: " ")
        guard let first = words.first, words.count == 2, let range = try? AddressRange(parsing: String(first)) else {
            throw ConfigurationError(
                place: "phones.peers", key: nil, reason: "expected `ADDRESS[/BITS] DOMAIN`, got `\(setting)`")
        }
        self.init(name: String(first), networks: [range], domain: words[1].lowercased())
    }
}

extension VoicemailSettings {
    init(_ voicemail: Configuration.Voicemail) {
        self.init()
        shortestMessage = voicemail.minimumMessage
        longestMessage = voicemail.maximumMessage
        longestGreeting = voicemail.maximumGreeting
        silenceEndsRecording = voicemail.silence
        answerTime = voicemail.keyTimeout
        step = voicemail.skip
    }
}

extension SQLiteStore {
    private static func file(in directory: String) throws(ConfigurationError) -> String {
        do {
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw ConfigurationError(place: directory, key: "data", reason: "the directory cannot be created")
        }
        return directory + "/lamplighter.sqlite"
    }

    /// The store of a serving process: one for a directory.
    static func serve(directory: String, _ configuration: Configuration, _ logger: Logger) async throws -> SQLiteStore {
        var options = SQLiteStoreOptions(access: .serving)
        options.minimumMessageBytes = Int(configuration.voicemail.minimumMessage / .milliseconds(1)) * 8
        return try await open(path: file(in: directory), options: options, logger: logger)
    }

    /// The store for the command line, beside a server.
    static func administer(directory: String) async throws -> SQLiteStore {
        try await open(path: file(in: directory), options: SQLiteStoreOptions(access: .administration))
    }
}
