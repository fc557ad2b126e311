// Digest authentication (F1): the sums of the RFCs, quirks of phones, and everything that must not get in.
import Testing

@testable import SIP

@Suite("F1: digest authentication")
struct DigestTests {
    private let uri = SIPURI(host: "example.org")

    private func credentials(
        _ challenge: String, password: String = "lamp-100", method: Method = .register, uri: String = "sip:example.org",
        count: UInt32 = 1
    ) throws -> DigestCredentials {
        let text = try DigestChallenge(parsing: challenge).authorization(
            username: "100", password: password, method: method, uri: uri, clientNonce: "c\"n", count: count)
        return try DigestCredentials(parsing: text)
    }

    private func verify(
        _ authenticator: inout DigestAuthenticator, _ credentials: DigestCredentials, method: Method = .register,
        now: Int
    ) -> DigestVerdict {
        let secret = credentials.algorithm.secret(username: "100", realm: "example.org", password: "lamp-100")
        return authenticator.verify(credentials, method: method, uri: uri, secret: secret, now: now)
    }

    @Test func `the examples of RFC 7616 and RFC 2617 come out`() {
        for (algorithm, expected) in [
            (DigestAlgorithm.md5, "8ca523f5e9506fed4657c9700eebdbec"),
            (.sha256, "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
        ] {
            let secret = algorithm.secret(
                username: "Mufasa", realm: "http-auth@example.org", password: "Circle of Life")
            #expect(
                algorithm.response(
                    secret: secret, nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", count: "00000001",
                    clientNonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", qop: "auth",
                    method: Method(rawValue: "GET"), uri: "/dir/index.html") == expected)
        }
        let secret = DigestAlgorithm.md5.secret(
            username: "Mufasa", realm: "testrealm@host.com", password: "Circle Of Life")
        #expect(
            DigestAlgorithm.md5.response(
                secret: secret, nonce: "dcd98b7102dd2f0e8b11d0f600bfb0c093", count: "00000001", clientNonce: "0a4f113b",
                qop: "auth", method: Method(rawValue: "GET"), uri: "/dir/index.html")
                == "6629fae49393a05397450978507c4ef1")
    }

    @Test(arguments: DigestAlgorithm.allCases)
    func `the right password gets in, a wrong one or another method or URI does not`(_ algorithm: DigestAlgorithm)
        throws
    {
        var server = DigestAuthenticator()
        let challenge = server.challenge(realm: "example.org", algorithm: algorithm, now: 1000)
        #expect(challenge.contains("algorithm=\(algorithm.rawValue)") && !challenge.contains("stale"))
        #expect(verify(&server, try credentials(challenge, password: "guess"), now: 1001) == .invalid)
        #expect(verify(&server, try credentials(challenge), method: .invite, now: 1001) == .invalid)
        #expect(verify(&server, try credentials(challenge, uri: "sip:100@example.org"), now: 1001) == .invalid)
        #expect(verify(&server, try credentials(challenge, uri: "nonsense"), now: 1001) == .invalid)
        #expect(server.rememberedNonces == 0)
        #expect(verify(&server, try credentials(challenge), now: 1001) == .valid)
        #expect(server.rememberedNonces == 1)
    }

    @Test(
        "Host, port and parameters of the digest URI may differ: proxies rewrite them, some clients name the server alone",
        arguments: ["sip:Example.ORG:5060;transport=udp", "sip:192.0.2.7", "sip:example.org"])
    func digestURI(uri: String) throws {
        var server = DigestAuthenticator()
        let challenge = server.challenge(realm: "example.org", algorithm: .md5, now: 0)
        #expect(verify(&server, try credentials(challenge, uri: uri), now: 1) == .valid)
    }

    @Test func `a nonce lives 300 seconds, then the right password is told that it is stale`() throws {
        var server = DigestAuthenticator()
        let challenge = server.challenge(realm: "example.org", algorithm: .md5, now: 1000)
        #expect(verify(&server, try credentials(challenge, count: 1), now: 1299) == .valid)
        #expect(verify(&server, try credentials(challenge, count: 2), now: 1300) == .stale)
        #expect(verify(&server, try credentials(challenge, count: 3), now: 999) == .stale)
        #expect(verify(&server, try credentials(challenge, password: "guess", count: 4), now: 1300) == .invalid)
        #expect(
            server.challenge(realm: "example.org", algorithm: .md5, stale: true, now: 1300).hasSuffix(", stale=true"))
    }

    @Test func `credentials that were used once are a replay, out of order or not`() throws {
        var server = DigestAuthenticator()
        let challenge = server.challenge(realm: "example.org", algorithm: .md5, now: 0)
        for count: UInt32 in [1, 3, 2, 100, 99, 38] {
            #expect(verify(&server, try credentials(challenge, count: count), now: 1) == .valid, "\(count)")
        }
        for count: UInt32 in [1, 2, 3, 38, 99, 100, 36] {
            #expect(verify(&server, try credentials(challenge, count: count), now: 1) == .replayed, "\(count)")
        }
        #expect(verify(&server, try credentials(challenge, count: 101), now: 1) == .valid)
    }

    @Test func `a client without qop is let in once for each nonce`() throws {
        var server = DigestAuthenticator()
        var challenge = try DigestChallenge(parsing: server.challenge(realm: "example.org", algorithm: .md5, now: 0))
        challenge.offersQop = false
        let text = challenge.authorization(
            username: "100", password: "lamp-100", method: .register, uri: "sip:example.org", clientNonce: "")
        let credentials = try DigestCredentials(parsing: text)
        #expect(credentials.qop == nil && credentials.nc == nil)
        #expect(verify(&server, credentials, now: 1) == .valid)
        #expect(verify(&server, credentials, now: 1) == .stale)
    }

    @Test func `a nonce that is forged, of another realm, of another algorithm or of another key is not taken`() throws
    {
        var server = DigestAuthenticator()
        var stranger = DigestAuthenticator()
        let good = server.challenge(realm: "example.org", algorithm: .md5, now: 0)
        let foreign = server.challenge(realm: "other.org", algorithm: .md5, now: 0)
        let weaker = server.challenge(realm: "example.org", algorithm: .sha256, now: 0)
        let nonce = try DigestChallenge(parsing: good).nonce
        let later = String(nonce.prefix(15)) + (nonce.dropFirst(15).first == "0" ? "1" : "0") + nonce.dropFirst(16)
        for forged in [
            try DigestChallenge(parsing: foreign).nonce, try DigestChallenge(parsing: weaker).nonce, later, "x",
            String(nonce.dropLast()),
            try DigestChallenge(parsing: stranger.challenge(realm: "example.org", algorithm: .md5, now: 0)).nonce,
        ] {
            var challenge = try DigestChallenge(parsing: good)
            challenge.nonce = forged
            let text = challenge.authorization(
                username: "100", password: "lamp-100", method: .register, uri: "sip:example.org", clientNonce: "c")
            // The password was right, so the phone gets a new nonce instead of asking its user.
            #expect(verify(&server, try DigestCredentials(parsing: text), now: 1) == .stale, "\(forged)")
        }
        #expect(server.rememberedNonces == 0)
    }

    @Test func `the table of nonces is bounded, and forgotten ones are stale`() throws {
        var server = DigestAuthenticator(maximumNonces: 8)
        let challenges = (0..<20).map { _ in server.challenge(realm: "example.org", algorithm: .md5, now: 0) }
        for challenge in challenges {
            #expect(verify(&server, try credentials(challenge), now: 1) == .valid)
            #expect(server.rememberedNonces <= 8)
        }
        #expect(verify(&server, try credentials(challenges[0]), now: 1) == .stale)
        #expect(verify(&server, try credentials(challenges[0], count: 2), now: 1) == .stale)
        #expect(verify(&server, try credentials(challenges[19]), now: 1) == .replayed)
    }

    @Test func `phones that quote too much or too little are read`() throws {
        let credentials = try DigestCredentials(
            parsing:
                #"""
                digest  USERNAME = "a\"b, c" ,realm=example.org,nonce="n", uri="sip:x;y=1",response="ABC",\#
                Algorithm="md5",qop="auth",nc="00000001",cnonce=xyz,opaque=""
                """#
        )
        #expect(
            credentials.username == "a\"b, c" && credentials.realm == "example.org" && credentials.response == "abc")
        #expect(
            credentials.algorithm == .md5 && credentials.qop == "auth" && credentials.nc == "00000001"
                && credentials.opaque?.isEmpty == true)
    }

    @Test(arguments: [
        ("Basic dXNlcjpwYXNz", DigestError.otherScheme), ("NoOneKnowsThisScheme opaque-data=here", .otherScheme),
        ("", .otherScheme),
        ("Digest", .malformed), ("Digest username=\"a", .malformed), ("Digest username=\"a\"", .malformed),
        ("Digest a=b c=d", .malformed),
        ("Digest username=a,username=b,realm=r,nonce=n,uri=u,response=r", .malformed), ("Digest =,", .malformed),
        ("Digest username=a,realm=r,nonce=n,uri=u,response=r,qop=auth", .malformed),
        ("Digest username=a,realm=r,nonce=n,uri=u,response=r,qop=auth-int,nc=1,cnonce=c", .unsupported),
        ("Digest username=a,realm=r,nonce=n,uri=u,response=r,algorithm=MD5-sess", .unsupported),
        ("Digest username=\"\(String(repeating: "a", count: 5000))\"", .malformed),
    ])
    func `what cannot be read is told apart`(_ text: String, _ error: DigestError) {
        #expect(throws: error) { try DigestCredentials(parsing: text) }
    }

    @Test(arguments: ["0000000", "000000001", "00000000", "+0000001", "0000000g", "-0000001"])
    func `a nonce count that is not eight digits gets nowhere`(_ count: String) throws {
        var server = DigestAuthenticator()
        let challenge = try DigestChallenge(parsing: server.challenge(realm: "example.org", algorithm: .md5, now: 0))
        var credentials = try credentials(server.challenge(realm: "example.org", algorithm: .md5, now: 0))
        credentials.nonce = challenge.nonce
        credentials.nc = count
        credentials.response = DigestAlgorithm.md5.response(
            secret: DigestAlgorithm.md5.secret(username: "100", realm: "example.org", password: "lamp-100"),
            nonce: challenge.nonce,
            count: count, clientNonce: credentials.cnonce, qop: "auth", method: .register, uri: credentials.uri)
        #expect(verify(&server, credentials, now: 1) == .invalid)
    }

    @Test func `of several Authorization headers all digests are found`() throws {
        let digest = "Authorization: Digest username=a,realm=%,nonce=n,uri=u,response=r"
        let request = try #require(
            Wire.request(
                Wire.invite(
                    adding: [
                        "Authorization: Basic abc", digest.replacing("%", with: "one"),
                        digest.replacing("%", with: "two"),
                        "Proxy-Authorization: Digest username=a,realm=three,nonce=n,uri=u,response=r",
                    ])))
        #expect(DigestCredentials.all(in: request.head).map(\.realm) == ["one", "two"])
        #expect(DigestCredentials.all(in: request.head, header: "Proxy-Authorization").map(\.realm) == ["three"])
    }

    @Test func `a hostile realm cannot end its line or its quotes`() throws {
        var server = DigestAuthenticator()
        let challenge = server.challenge(realm: "a\"\r\nX: y", algorithm: .md5, now: 0)
        #expect(!challenge.contains("\r") && !challenge.contains("\n"))
        #expect(try DigestChallenge(parsing: challenge).realm == "a\"  X: y")
    }
}
