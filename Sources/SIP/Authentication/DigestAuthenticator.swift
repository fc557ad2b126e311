// The server side of digest authentication (RFC 3261 §22, RFC 7616, RFC 8760). A nonce carries its own time, number
// and seal, so nothing is stored for those who never authenticate. After the first success the counts that were used
// with a nonce are remembered, and no request is believed twice.

internal import Crypto

public enum DigestVerdict: Hashable, Sendable {
    /// The password is right, the nonce is fresh and the count is new.
    case valid
    /// The password is right, the nonce is too old or from before a restart: challenge again with `stale`.
    case stale
    /// The password is right, but these very credentials were used before: challenge again with `stale`.
    case replayed
    /// Wrong password, wrong URI or made for something else.
    case invalid
}

public struct DigestAuthenticator: Sendable {
    /// Seconds for which a nonce can be used.
    public static let nonceLifetime = 300

    private struct Window {
        var highest: UInt32
        /// Bit n: the count `highest - n` was used.
        var used: UInt64
    }

    private let key: SymmetricKey
    private let maximumNonces: Int
    private var lastNumber: UInt64 = 0
    private var windows: [UInt64: Window] = [:]
    /// Nonces up to this number that are not in `windows` have been forgotten and count as stale.
    private var forgotten: UInt64 = 0

    /// - Parameters:
    ///   - key: seals the nonces; random by default.
    ///   - maximumNonces: how many nonces in use are remembered.
    public init(key: [UInt8]? = nil, maximumNonces: Int = 65536) {
        self.key = key.map { SymmetricKey(data: $0) } ?? SymmetricKey(size: .bits256)
        self.maximumNonces = max(4, maximumNonces)
    }

    /// How many nonces are remembered.
    public var rememberedNonces: Int { windows.count }

    /// The value of a WWW-Authenticate or Proxy-Authenticate header with a new nonce.
    /// - Parameter now: seconds of a clock that is the same for every call.
    public mutating func challenge(realm: String, algorithm: DigestAlgorithm, stale: Bool = false, now: Int) -> String {
        lastNumber += 1
        let nonce = Nonce(time: now, number: lastNumber)
        var writer = MessageWriter(capacity: 256)
        writer.write("Digest realm=")
        writer.write(quoted: realm)
        writer.write(", nonce=\"\(nonce.text)\(seal(nonce, realm: realm, algorithm: algorithm))\"")
        writer.write(", algorithm=\(algorithm.rawValue), qop=\"auth\"")
        if stale { writer.write(", stale=true") }
        return writer.text
    }

    /// Judges credentials.
    /// - Parameters:
    ///   - uri: the Request-URI. The one in the credentials has to name the same user, or none: proxies rewrite the
    ///     host, and some clients name the server alone.
    ///   - secret: `DigestAlgorithm.secret` of the user, for the realm and algorithm of the credentials.
    ///   - now: seconds of the clock that `challenge` was given.
    public mutating func verify(
        _ credentials: DigestCredentials, method: Method, uri: SIPURI, secret: String, now: Int
    ) -> DigestVerdict {
        let expected = credentials.algorithm.response(
            secret: secret, nonce: credentials.nonce, count: credentials.nc, clientNonce: credentials.cnonce,
            qop: credentials.qop, method: method, uri: credentials.uri)
        guard Self.areEqual(expected, credentials.response), Self.names(credentials.uri, theSameAs: uri) else {
            return .invalid
        }
        guard let nonce = openNonce(of: credentials), now >= nonce.time, now - nonce.time < Self.nonceLifetime else {
            return .stale
        }
        return use(nonce, count: credentials.nc)
    }

    private func openNonce(of credentials: DigestCredentials) -> Nonce? {
        guard let nonce = Nonce(credentials.nonce.prefix(Nonce.length)) else { return nil }
        let expected = seal(nonce, realm: credentials.realm, algorithm: credentials.algorithm)
        return Self.areEqual(expected, String(credentials.nonce.dropFirst(Nonce.length))) ? nonce : nil
    }

    /// The seal binds the nonce to its realm and algorithm, so one made for another organisation opens nothing.
    private func seal(_ nonce: Nonce, realm: String, algorithm: DigestAlgorithm) -> String {
        let text = "\(nonce.text):\(algorithm.rawValue):\(realm)"
        return hexadecimal(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key).prefix(16))
    }

    private mutating func use(_ nonce: Nonce, count text: String?) -> DigestVerdict {
        // Without qop there is no count: such a nonce serves once, and the phone is sent a new one.
        guard let text else {
            guard windows[nonce.number] == nil, nonce.number > forgotten else { return .stale }
            remember(nonce.number, Window(highest: .max, used: .max))
            return .valid
        }
        guard text.utf8.count == 8, text.utf8.allSatisfy({ ASCII.hexadecimal($0) != nil }),
            let count = UInt32(text, radix: 16), count > 0
        else { return .invalid }
        guard var window = windows[nonce.number] else {
            guard nonce.number > forgotten else { return .stale }
            remember(nonce.number, Window(highest: count, used: 1))
            return .valid
        }
        if count > window.highest {
            let step = count - window.highest
            window.used = step < 64 ? window.used << UInt64(step) | 1 : 1
            window.highest = count
        } else {
            let age = window.highest - count
            guard age < 64, window.used & (1 << UInt64(age)) == 0 else { return .replayed }
            window.used |= 1 << UInt64(age)
        }
        windows[nonce.number] = window
        return .valid
    }

    /// A full table forgets its oldest quarter. Those nonces become stale, never fresh again.
    private mutating func remember(_ number: UInt64, _ window: Window) {
        if windows.count >= maximumNonces {
            let oldest = windows.keys.sorted().prefix(maximumNonces / 4)
            for number in oldest { windows[number] = nil }
            forgotten = max(forgotten, oldest.last ?? 0)
        }
        windows[number] = window
    }

    /// Takes the same time wherever the difference is.
    private static func areEqual(_ one: String, _ other: String) -> Bool {
        guard one.utf8.count == other.utf8.count else { return false }
        return zip(one.utf8, other.utf8).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func names(_ text: String, theSameAs uri: SIPURI) -> Bool {
        guard let claimed = try? SIPURI(parsing: text) else { return false }
        return claimed.user == nil || claimed.user == uri.user
    }
}

/// The part of a nonce in front of its seal: 16 hexadecimal digits of time and 16 of a number that never repeats.
private struct Nonce {
    static let length = 32

    let time: Int
    let number: UInt64

    init(time: Int, number: UInt64) {
        self.time = time
        self.number = number
    }

    init?(_ text: Substring) {
        guard text.utf8.count == Self.length, text.utf8.allSatisfy({ ASCII.hexadecimal($0) != nil }),
            let time = UInt64(text.prefix(16), radix: 16), let number = UInt64(text.suffix(16), radix: 16)
        else { return nil }
        self.init(time: Int(truncatingIfNeeded: time), number: number)
    }

    var text: String { Self.digits(UInt64(bitPattern: Int64(time))) + Self.digits(number) }

    private static func digits(_ number: UInt64) -> String {
        let text = String(number, radix: 16)
        return String(repeating: "0", count: 16 - text.utf8.count) + text
    }
}
