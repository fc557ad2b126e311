// Every setting of the system, with its default and its bounds. `lamplighter.yaml` documents the same keys
// for the administrator; `lamplighter check` and the tests hold the two together.

import Foundation
import Mailboxes
import Media
import Phones
import Telephony

struct Configuration: Sendable {
    var files: Files
    var sip: SIPSettings
    var media: Media
    var phones: Phones
    var voicemail: Voicemail
    var logLevel: LogLevel

    struct Files: Sendable {
        /// The directory of the database; created when it is missing.
        var data: String
        var dialplan: String
        var keymaps: String
        var prompts: String
    }

    struct Media: Sendable {
        var firstPort: Int
        var lastPort: Int
        var workers: Int
        var timeout: Duration
        /// RTP encoding names.
        var codecs: [String]
        var codecChoice: CodecChoice
        var protection: Protection
        /// "NUMBER@DOMAIN POLICY" or "ADDRESS[/BITS] POLICY" each; known to be well-formed.
        var protectionExceptions: [String]
        var keysInClear: Bool
    }

    /// Whose order of codecs counts when a call is answered.
    enum CodecChoice: String, CaseIterable, Sendable { case caller, ours }
    enum Answer: String, CaseIterable, Sendable { case yes, no }

    struct Phones: Sendable {
        var calls: CallPolicy
        var minimumExpiry: Int
        var maximumExpiry: Int
        var defaultExpiry: Int
        var maximumContacts: Int
        /// REGISTERs and SUBSCRIBEs being worked on at once.
        var maximumRequests: Int
        /// In a row; then account and address are locked.
        var wrongPasswords: Int
        var pilot: String
        var unsolicited: UnsolicitedState
        /// "MAKE STATE" each; known to be well-formed.
        var habits: [String]
        /// "ADDRESS[/BITS] DOMAIN" each; known to be well-formed.
        var peers: [String]
        /// "DOMAIN ADDRESS:PORT [TRANSPORT [NAME]]" each; known to be well-formed.
        var outbound: [String]
        /// The same, of those who have the phones of an organisation.
        var lampTrunks: [String]
        /// How long it may ring at a number that a caller is passed on to.
        var ring: Duration
    }

    enum CallPolicy: String, CaseIterable, Sendable { case digest, binding }
    enum LogLevel: String, CaseIterable, Sendable { case debug, info, notice, warning, error }

    struct Voicemail: Sendable {
        var minimumMessage: Duration
        var maximumMessage: Duration
        var maximumGreeting: Duration
        var silence: Duration
        var keyTimeout: Duration
        var skip: Duration
        /// Empty, or a command as `TextToSpeech` takes it.
        var textToSpeech: String
    }
}

extension Configuration {
    /// - Parameter path: nil when no file was named; then `lamplighter.yaml` is read if it is there.
    static func load(
        _ path: String?, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(ConfigurationError) -> Configuration {
        let file = path ?? "lamplighter.yaml"
        var yaml = ""
        if FileManager.default.fileExists(atPath: file) {
            do { yaml = try String(contentsOfFile: file, encoding: .utf8) } catch {
                throw ConfigurationError(place: file, key: nil, reason: "cannot be read as UTF-8 text")
            }
        } else if path != nil {
            throw ConfigurationError(place: file, key: nil, reason: "there is no such configuration file")
        }
        var reader = try ConfigurationReader(yaml: yaml, file: file, environment: environment)
        return try Configuration(&reader)
    }

    init(_ reader: inout ConfigurationReader) throws(ConfigurationError) {
        files = try Files(&reader)
        sip = try SIPSettings(&reader)
        media = try Media(&reader)
        phones = try Phones(&reader)
        voicemail = try Voicemail(&reader)
        logLevel = try reader.choice("log-level", default: .notice)
        try reader.finish()
    }
}

extension Configuration.Files {
    init(_ reader: inout ConfigurationReader) throws(ConfigurationError) {
        data = try reader.path("data", default: "data")
        dialplan = try reader.path("dialplan", default: "dialplan/default.yaml")
        keymaps = try reader.path("keymaps", default: "dialplan/keymaps")
        prompts = try reader.path("prompts", default: "prompts")
    }
}

extension Configuration.Media {
    init(_ reader: inout ConfigurationReader) throws(ConfigurationError) {
        firstPort = try reader.number("media.first-port", default: 20_000, in: 1_024...65_000)
        lastPort = try reader.number("media.last-port", default: 29_999, in: 1_025...65_535)
        // A call takes an even port and the odd one after it.
        guard lastPort > firstPort + firstPort % 2 else {
            throw reader.refusal(
                "media.last-port", "leaves no even port with an odd one after it from media.first-port on")
        }
        workers = try reader.number("media.workers", default: 0, in: 0...256)
        timeout = try reader.seconds("media.timeout", default: 30, in: 1...3_600)
        codecs = try reader.list(
            "media.codecs", default: ["PCMU", "PCMA", "G722"], expected: "one or several of PCMU, PCMA and G722"
        ) { list in
            !list.isEmpty && Set(list).count == list.count && list.allSatisfy { Codec(rawValue: $0) != nil }
        }
        codecChoice = try reader.choice("media.codec-choice", default: .caller)
        protection = try reader.choice("media.srtp", default: .preferred)
        protectionExceptions = try reader.list(
            "media.srtp-exceptions", default: [],
            expected: "`NUMBER@DOMAIN POLICY` or `ADDRESS[/BITS] POLICY`, POLICY being required, preferred or off"
        ) { list in
            list.allSatisfy { ProtectionException(setting: $0) != nil }
        }
        keysInClear = try reader.choice("media.srtp-keys-in-clear", default: Configuration.Answer.no) == .yes
    }
}

extension Configuration.Phones {
    init(_ reader: inout ConfigurationReader) throws(ConfigurationError) {
        calls = try reader.choice("phones.calls", default: .digest)
        minimumExpiry = try reader.number("phones.minimum-expiry", default: 60, in: 1...86_400)
        maximumExpiry = try reader.number("phones.maximum-expiry", default: 7_200, in: 60...86_400)
        defaultExpiry = try reader.number("phones.default-expiry", default: 3_600, in: 60...86_400)
        guard minimumExpiry <= defaultExpiry, defaultExpiry <= maximumExpiry else {
            throw reader.refusal(
                "phones.default-expiry", "must lie between phones.minimum-expiry and phones.maximum-expiry")
        }
        maximumContacts = try reader.number("phones.maximum-contacts", default: 10, in: 1...100)
        maximumRequests = try reader.number("phones.maximum-requests", default: 2_000, in: 10...100_000)
        wrongPasswords = try reader.number("phones.wrong-passwords", default: 10, in: 3...1_000)
        pilot = try reader.text("phones.pilot", default: "5001", expected: "1 to 32 digits, * or #") {
            (1...32).contains($0.utf8.count) && $0.utf8.allSatisfy("0123456789*#".utf8.contains)
        }
        unsolicited = try reader.choice("phones.unsolicited-state", default: .active)
        habits = try reader.list(
            "phones.unsolicited-by-make", default: [], expected: "`MAKE STATE` each: active, terminated or off"
        ) { list in
            list.allSatisfy { PhoneHabit(setting: $0) != nil }
        }
        peers = try reader.list("phones.peers", default: [], expected: "`ADDRESS[/BITS] DOMAIN` for each peer") {
            list in
            list.allSatisfy { TrustedPeer(setting: $0) != nil }
        }
        outbound = try reader.trunks("phones.outbound")
        lampTrunks = try reader.trunks("phones.lamp-trunks")
        ring = try reader.seconds("phones.ring", default: 30, in: 5...180)
    }
}

extension ConfigurationReader {
    fileprivate mutating func trunks(_ key: String) throws(ConfigurationError) -> [String] {
        try list(
            key, default: [], expected: "`DOMAIN ADDRESS:PORT [udp|tcp|tls [NAME]]`, one for each organisation"
        ) { list in
            let trunks = list.compactMap(OutboundTrunk.init(setting:))
            return trunks.count == list.count && Set(trunks.map(\.domain)).count == list.count
        }
    }
}

extension Configuration.Voicemail {
    init(_ reader: inout ConfigurationReader) throws(ConfigurationError) {
        minimumMessage = try reader.seconds("voicemail.minimum-message", default: 2, in: 0...60)
        maximumMessage = try reader.seconds("voicemail.maximum-message", default: 180, in: 5...3_600)
        guard minimumMessage < maximumMessage else {
            throw reader.refusal("voicemail.minimum-message", "must be below voicemail.maximum-message")
        }
        maximumGreeting = try reader.seconds("voicemail.maximum-greeting", default: 90, in: 5...600)
        silence = try reader.seconds("voicemail.silence", default: 10, in: 1...300)
        keyTimeout = try reader.seconds("voicemail.key-timeout", default: 6, in: 1...60)
        skip = try reader.seconds("voicemail.skip", default: 3, in: 1...60)
        textToSpeech = try reader.text(
            "voicemail.text-to-speech", default: "", expected: "a command with {file} for the file that it writes",
            where: Self.isSpeakingCommand)
    }

    /// Nothing, or a program that is told where to write.
    private static func isSpeakingCommand(_ text: String) -> Bool {
        text.isEmpty || text.contains("{file}") && !text.hasPrefix("{") && !text.contains("\0")
    }
}

enum NumericAddress {
    /// For listening: different ones, and not too many.
    static func areValid(_ list: [String]) -> Bool {
        list.count <= 16 && Set(list).count == list.count && list.allSatisfy(isValid)
    }

    static func isValid(_ text: String) -> Bool {
        var four = in_addr()
        var six = in6_addr()
        return inet_pton(AF_INET, text, &four) == 1 || inet_pton(AF_INET6, text, &six) == 1
    }

    /// 127.0.0.0/8 and ::1, which nobody outside this machine can reach.
    static func isLoopback(_ text: String) -> Bool { text.hasPrefix("127.") || text == "::1" }
}
