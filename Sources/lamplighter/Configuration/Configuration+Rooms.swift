// The settings as each room wants them.

import Foundation
import Glibc
import Logging
import Mailboxes
import Media
import Phones
import SIP
import Telephony
import Voicemail

extension SIPEndpointConfiguration {
    /// - Parameter credentials: of `TLSCredentials(configuration)`.
    init(_ configuration: Configuration, credentials: TLSCredentials?) {
        let settings = configuration.sip
        self.init(listen: settings.listen.map { HostPort(host: $0, port: UInt16(settings.port)) })
        let addresses = settings.advertise.compactMap(PublicAddress.init(setting:))
        publicAddress = { PublicAddress.address(of: $0, among: addresses) }
        listenSecurely = settings.tls.listen.map { HostPort(host: $0, port: UInt16(settings.tls.port)) }
        self.credentials = credentials
        let trunks = configuration.phones.trunks
        for trunk in trunks where trunk.certificateName != nil {
            certificateNames[trunk.address] = trunk.certificateName
        }
        limits.maximumCalls = settings.maximumCalls
        limits.maximumSubscriptions = settings.maximumSubscriptions
        limits.retryAfter = settings.busyRetryAfter
        limits.maximumTransactions = settings.maximumTransactions
        limits.maximumConnections = settings.connections.maximum
        limits.maximumConnectionsPerAddress = settings.connections.maximumPerAddress
        limits.maximumOpenedConnections = settings.connections.maximumOpened
        limits.connectTimeout = settings.connections.connectTimeout
        limits.sessionExpires = settings.sessionExpires == 0 ? nil : settings.sessionExpires
        limits.minimumSessionExpires = settings.minimumSessionExpires
        limits.handshakeTimeout = settings.tls.handshakeTimeout
        limits.messageTimeout = settings.connections.messageTimeout
        limits.idleTimeout = settings.connections.idleTimeout
        limits.maximumUnsentBytes = settings.connections.queue
        limits.largestDatagram = settings.connections.largestDatagram
        limits.minimumSubscriptionExpires = configuration.phones.minimumExpiry
        limits.maximumSubscriptionExpires = configuration.phones.maximumExpiry
    }
}

extension Configuration.Phones {
    /// All that we may connect to.
    var trunks: [OutboundTrunk] { (outbound + lampTrunks).compactMap(OutboundTrunk.init(setting:)) }
}

extension TLSCredentials {
    /// From the files that the settings name; nil where they name nothing and no trunk is reached by TLS.
    init?(_ configuration: Configuration) throws(SIPEndpointError) {
        let tls = configuration.sip.tls
        let usesTLS = configuration.phones.trunks.contains { $0.transport == .tls }
        guard usesTLS || tls.certificate != nil || tls.authority != nil else { return nil }
        var certificate: (chain: String, key: String)?
        if let chain = tls.certificate, let key = tls.key { certificate = (chain, key) }
        try self.init(
            certificate: certificate, clientAuthority: tls.clientAuthority, authority: tls.authority,
            verifies: tls.verify == .always)
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

extension AudioTerms {
    init(_ media: Configuration.Media) {
        let exceptions = media.protectionExceptions.compactMap(ProtectionException.init(setting:))
        let standard = media.protection
        self.init(
            codecs: media.codecs.compactMap(Codec.init(rawValue:)), insistsOnOrder: media.codecChoice == .ours,
            protection: { party in exceptions.first { $0.covers(party) }?.protection ?? standard },
            exchangesKeysInClear: media.keysInClear)
    }
}

/// An account or a network whose calls are encrypted otherwise than most.
struct ProtectionException {
    private enum Subject {
        case account(String, domain: String)
        case network(AddressRange)
    }

    private let subject: Subject
    let protection: Protection

    /// From `NUMBER@DOMAIN POLICY` or `ADDRESS[/BITS] POLICY`.
    init?(setting: String) {
        let words = setting.split(separator: " ")
        guard words.count == 2, let protection = Protection(rawValue: String(words[1])) else { return nil }
        let parts = words[0].split(separator: "@", omittingEmptySubsequences: false)
        if parts.count == 2, !parts[0].isEmpty, Organisation.isDomain(String(parts[1])) {
            subject = .account(String(parts[0]), domain: parts[1].lowercased())
        } else if let range = try? AddressRange(parsing: String(words[0])) {
            subject = .network(range)
        } else {
            return nil
        }
        self.protection = protection
    }

    func covers(_ party: Party) -> Bool {
        switch subject {
        case .account(let number, let domain): party.account == number && party.domain == domain
        case .network(let range): range.contains(party.address)
        }
    }
}

extension PhoneSettings {
    init(_ configuration: Configuration) {
        let phones = configuration.phones
        self.init(
            defaultDomain: configuration.sip.defaultDomain,
            callPolicy: phones.calls == .digest ? .digest : .binding,
            trustedPeers: phones.peers.compactMap(TrustedPeer.init(setting:)),
            registrar: RegistrarLimits(
                contactsPerAccount: phones.maximumContacts, minimumExpiry: phones.minimumExpiry,
                maximumExpiry: phones.maximumExpiry, defaultExpiry: phones.defaultExpiry),
            pilotNumbers: [phones.pilot], unsolicited: phones.unsolicited,
            habits: phones.habits.compactMap(PhoneHabit.init(setting:)))
        lampTrunks = phones.lampTrunks.compactMap(OutboundTrunk.init(setting:)).map {
            LampTrunk(domain: $0.domain, address: $0.address, transport: $0.transport)
        }
        maximumPending = phones.maximumRequests
        wrongPasswords = phones.wrongPasswords
        lamps.minimumExpiry = phones.minimumExpiry
        lamps.maximumExpiry = phones.maximumExpiry
        lamps.defaultExpiry = phones.defaultExpiry
    }
}

extension Codec {
    init(_ encoding: StoredEncoding) {
        switch encoding {
        case .pcmu: self = .pcmu
        case .pcma: self = .pcma
        case .g722: self = .g722
        }
    }
}

extension PhoneHabit {
    /// From `MAKE STATE`; the make may have spaces in it.
    init?(setting: String) {
        let words = setting.split(separator: " ")
        guard words.count > 1, let state = words.last.flatMap({ UnsolicitedState(rawValue: String($0)) }) else {
            return nil
        }
        self.init(agent: words.dropLast().joined(separator: " "), unsolicited: state)
    }
}

extension TrustedPeer {
    /// From `ADDRESS[/BITS] DOMAIN`, or `ADDRESS[/BITS] *` for the organisation that each call names.
    init?(setting: String) {
        let words = setting.split(separator: " ")
        guard let first = words.first, words.count == 2, let range = try? AddressRange(parsing: String(first)),
            words[1] == "*" || Organisation.isDomain(String(words[1]))
        else { return nil }
        self.init(
            name: String(first), networks: [range], domain: words[1] == "*" ? nil : words[1].lowercased())
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
    /// The database's path in a data directory, which is created when it is missing. What is in the file (voices,
    /// digest secrets, PIN hashes) concerns nobody else on the machine; SQLite gives its other files the same mode.
    private static func file(in directory: String) throws(ConfigurationError) -> String {
        do {
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw ConfigurationError(place: directory, key: "data", reason: "the directory cannot be created")
        }
        let file = existingFile(in: directory)
        let descriptor = Glibc.open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw ConfigurationError(place: file, key: "data", reason: String(cString: strerror(errno)))
        }
        Glibc.close(descriptor)
        return file
    }

    private static func existingFile(in directory: String) -> String { directory + "/lamplighter.sqlite" }

    /// The store of a serving process: one for a directory.
    static func serve(directory: String, _ configuration: Configuration, _ logger: Logger) async throws -> SQLiteStore {
        var options = SQLiteStoreOptions(access: .serving)
        options.minimumMessageBytes = Int(configuration.voicemail.minimumMessage / .milliseconds(1)) * 8
        options.transcode = SQLiteStore.transcode
        return try await open(path: file(in: directory), options: options, logger: logger)
    }

    /// The store for the command line, beside a server.
    /// - Parameter creating: false for commands that look at what is there: a mistyped directory must not look empty.
    static func administer(directory: String, creating: Bool) async throws -> SQLiteStore {
        guard creating || FileManager.default.fileExists(atPath: existingFile(in: directory)) else {
            throw ConfigurationError(place: directory, key: "data", reason: "there is no database in this directory")
        }
        var options = SQLiteStoreOptions(access: .administration)
        options.transcode = transcode
        return try await open(path: file(in: directory), options: options)
    }

    private static let transcode: @Sendable ([UInt8], StoredEncoding, StoredEncoding) -> [UInt8] = { bytes, from, to in
        Codec.transcode(bytes, from: Codec(from), to: Codec(to))
    }
}
