// The settings of the SIP side: where it listens, and how much it takes on.

import Foundation
import Mailboxes

extension Configuration {
    struct SIPSettings: Sendable {
        /// Numeric addresses.
        var listen: [String]
        /// 0 lets the system choose one, which is printed.
        var port: Int
        /// What peers are told instead of the listen address; each is known to be well-formed.
        var advertise: [String]
        /// The domain of requests that name an address of ours instead of a domain.
        var defaultDomain: String
        var maximumCalls: Int
        var maximumTransactions: Int
        var maximumSubscriptions: Int
        /// What callers are told to wait when there is too much to do, in seconds.
        var busyRetryAfter: Int
        var connections: Connections
        var tls: TLS
        /// Seconds after which a call ends that nobody refreshes; 0: we do not ask for that.
        var sessionExpires: Int
        var minimumSessionExpires: Int
        /// How long running calls may go on after SIGTERM.
        var drain: Duration
        /// What callers are told to wait while draining, in seconds.
        var retryAfter: Int
    }

    /// SIP over TLS; the files are PEM.
    struct TLS: Sendable {
        /// Numeric addresses; none: nobody can connect by TLS.
        var listen: [String]
        var port: Int
        /// Ours, with its chain, and its key; nil where nothing is said.
        var certificate: String?
        var key: String?
        /// Whose certificates clients must have; nil: they need none.
        var clientAuthority: String?
        /// Whose certificates we take of peers that we connect to; nil: of those that the system trusts.
        var authority: String?
        var verify: Verification
        var handshakeTimeout: Duration
    }

    enum Verification: String, CaseIterable, Sendable { case always, never }

    /// Limits of TCP and TLS connections.
    struct Connections: Sendable {
        /// Of those that peers make, in all and from one address, and of those that we open.
        var maximum: Int
        var maximumPerAddress: Int
        var maximumOpened: Int
        var connectTimeout: Duration
        /// Until a message that has begun is whole.
        var messageTimeout: Duration
        var idleTimeout: Duration
        /// Bytes that may wait for one connection.
        var queue: Int
        /// Longer requests go by TCP. Bytes.
        var largestDatagram: Int
    }
}

extension Configuration.SIPSettings {
    init(_ reader: inout ConfigurationReader) throws(ConfigurationError) {
        let addresses = "1 to 16 different numeric IPv4 or IPv6 addresses"
        listen = try reader.list("sip.listen", default: ["127.0.0.1"], expected: addresses) { list in
            !list.isEmpty && NumericAddress.areValid(list)
        }
        port = try reader.number("sip.port", default: 5060, in: 0...65_535)
        let forms = "`ADDRESS[:PORT]` or `itself`, then `on LISTENER` and `to NETWORK …` as wanted, for each"
        advertise = try reader.list("sip.advertise", default: [], expected: forms) { list in
            list.allSatisfy { PublicAddress(setting: $0) != nil }
        }
        defaultDomain = try reader.text("sip.default-domain", default: "example.org", expected: "a domain name") {
            Organisation.isDomain($0)
        }.lowercased()
        maximumCalls = try reader.number("sip.maximum-calls", default: 2_000, in: 1...100_000)
        maximumTransactions = try reader.number("sip.maximum-transactions", default: 100_000, in: 100...1_000_000)
        maximumSubscriptions = try reader.number("sip.maximum-subscriptions", default: 50_000, in: 1...1_000_000)
        busyRetryAfter = try reader.number("sip.busy-retry-after", default: 10, in: 1...3_600)
        connections = try Configuration.Connections(&reader)
        tls = try Configuration.TLS(&reader)
        sessionExpires = try reader.number("sip.session-expires", default: 1_800, in: 0...86_400)
        minimumSessionExpires = try reader.number("sip.minimum-session-expires", default: 90, in: 32...3_600)
        guard sessionExpires == 0 || sessionExpires >= minimumSessionExpires else {
            throw reader.refusal("sip.session-expires", "must be 0, or at least sip.minimum-session-expires")
        }
        drain = try reader.seconds("sip.drain", default: 30, in: 0...3_600)
        retryAfter = try reader.number("sip.retry-after", default: 30, in: 1...3_600)
    }
}

extension Configuration.TLS {
    init(_ reader: inout ConfigurationReader) throws(ConfigurationError) {
        let addresses = "up to 16 different numeric IPv4 or IPv6 addresses"
        listen = try reader.list("sip.tls.listen", default: [], expected: addresses, where: NumericAddress.areValid)
        port = try reader.number("sip.tls.port", default: 5061, in: 0...65_535)
        certificate = try reader.optionalPath("sip.tls.certificate")
        key = try reader.optionalPath("sip.tls.key")
        guard (certificate == nil) == (key == nil) else {
            throw reader.refusal("sip.tls.key", "sip.tls.certificate and sip.tls.key go together")
        }
        guard listen.isEmpty || certificate != nil else {
            throw reader.refusal("sip.tls.listen", "needs sip.tls.certificate and sip.tls.key")
        }
        clientAuthority = try reader.optionalPath("sip.tls.client-authority")
        authority = try reader.optionalPath("sip.tls.authority")
        verify = try reader.choice("sip.tls.verify", default: .always)
        handshakeTimeout = try reader.seconds("sip.tls.handshake-timeout", default: 5, in: 0.1...60)
    }
}

extension Configuration.Connections {
    init(_ reader: inout ConfigurationReader) throws(ConfigurationError) {
        maximum = try reader.number("sip.maximum-connections", default: 10_000, in: 1...100_000)
        maximumPerAddress = try reader.number("sip.maximum-connections-per-address", default: 200, in: 1...100_000)
        maximumOpened = try reader.number("sip.maximum-opened-connections", default: 1_000, in: 1...100_000)
        connectTimeout = try reader.seconds("sip.connect-timeout", default: 5, in: 0.1...60)
        messageTimeout = try reader.seconds("sip.message-timeout", default: 10, in: 1...600)
        idleTimeout = try reader.seconds("sip.connection-idle", default: 7_500, in: 10...100_000)
        queue = try reader.number("sip.connection-queue", default: 131_072, in: 65_536...16_777_216)
        largestDatagram = try reader.number("sip.largest-datagram", default: 1_300, in: 500...65_000)
    }
}
