// `lamplighter.yaml` documents every key, with the default that the program has.

import Foundation
import Testing

@testable import lamplighter

@Suite("Configuration")
struct ConfigurationTests {
    private func read(_ yaml: String, _ environment: [String: String] = [:]) throws -> Configuration {
        var reader = try ConfigurationReader(yaml: yaml, file: "test.yaml", environment: environment)
        return try Configuration(&reader)
    }

    @Test("The shipped file and an empty one mean the same")
    func documentedDefaults() throws {
        let shipped = try String(contentsOfFile: TestServer.package + "/lamplighter.yaml", encoding: .utf8)
        #expect("\(try read(shipped))" == "\(try read(""))")
    }

    @Test("Every key that the program takes is in the shipped file, and no other")
    func everyKeyIsDocumented() throws {
        let shipped = try String(contentsOfFile: TestServer.package + "/lamplighter.yaml", encoding: .utf8)
        var reader = try ConfigurationReader(yaml: shipped, file: "lamplighter.yaml", environment: [:])
        let documented = reader.written
        _ = try Configuration(&reader)
        #expect(documented == reader.known)
    }

    @Test("The environment wins over the file")
    func environmentWins() throws {
        let both = try read("sip:\n  port: 5070\n  listen: [127.0.0.1, '::1']", ["LAMPLIGHTER_SIP_PORT": "5080"])
        #expect(both.sip.port == 5_080)
        #expect(both.sip.listen == ["127.0.0.1", "::1"])
        #expect(
            try read("", ["LAMPLIGHTER_SIP_LISTEN": "127.0.0.2, 127.0.0.3"]).sip.listen == ["127.0.0.2", "127.0.0.3"])
    }

    @Test(
        "What does not fit is refused with place, key and reason",
        arguments: [
            ("sip:\n  port: 99999", "test.yaml:2: sip.port: expected a number from 0 to 65535"),
            ("sip: 5060", "test.yaml:1: sip: unknown key"),
            ("phones:\n  calls: never", "test.yaml:2: phones.calls: expected one of digest, binding"),
            ("media:\n  timeout: soon", "test.yaml:2: media.timeout: expected seconds from 1.0 to 3600.0"),
            (
                "sip:\n  listen: [127.0.0.1, localhost]",
                "test.yaml:2: sip.listen: expected 1 to 16 different numeric IPv4 or IPv6 addresses"
            ),
            (
                "sip:\n  listen: ['::1', '::1']",
                "test.yaml:2: sip.listen: expected 1 to 16 different numeric IPv4 or IPv6 addresses"
            ),
            ("sip:\n  default-domain: a b", "test.yaml:2: sip.default-domain: expected a domain name"),
            ("phones:\n  pilot: \"5\\r\\nX: y\"", "test.yaml:2: phones.pilot: expected 1 to 32 digits, * or #"),
            (
                "phones:\n  peers: [10.0.0.1]",
                "test.yaml:2: phones.peers: expected `ADDRESS[/BITS] DOMAIN` for each peer"
            ),
            (
                "phones:\n  peers: [10.0.0.1/33 a.example]",
                "test.yaml:2: phones.peers: expected `ADDRESS[/BITS] DOMAIN` for each peer"
            ),
            (
                "phones:\n  outbound: [a.example 10.0.0.1]",
                "test.yaml:2: phones.outbound: expected `DOMAIN ADDRESS:PORT [udp|tcp|tls [NAME]]`, one for each organisation"
            ),
            (
                "phones:\n  outbound: ['a.example 10.0.0.1:5060', 'A.example [::1]:5060']",
                "test.yaml:2: phones.outbound: expected `DOMAIN ADDRESS:PORT [udp|tcp|tls [NAME]]`, one for each organisation"
            ),
            (
                "phones:\n  outbound: ['a.example ::1:5060']",
                "test.yaml:2: phones.outbound: expected `DOMAIN ADDRESS:PORT [udp|tcp|tls [NAME]]`, one for each organisation"
            ),
            (
                "phones:\n  outbound: ['a.example 10.0.0.1:5060 udp sip.a.example']",
                "test.yaml:2: phones.outbound: expected `DOMAIN ADDRESS:PORT [udp|tcp|tls [NAME]]`, one for each organisation"
            ),
            (
                "sip:\n  tls:\n    listen: [127.0.0.1]",
                "test.yaml:3: sip.tls.listen: needs sip.tls.certificate and sip.tls.key"
            ),
            (
                "sip:\n  tls:\n    key: key.pem",
                "test.yaml:3: sip.tls.key: sip.tls.certificate and sip.tls.key go together"
            ),
            (
                "sip:\n  session-expires: 60",
                "test.yaml:2: sip.session-expires: must be 0, or at least sip.minimum-session-expires"
            ),
            (
                "sip:\n  advertise: [here]",
                "test.yaml:2: sip.advertise: expected `ADDRESS[:PORT]` or `itself`, then `on LISTENER` and `to NETWORK …` "
                    + "as wanted, for each"
            ),
            (
                "phones:\n  minimum-expiry: 5000",
                "test.yaml: phones.default-expiry: must lie between phones.minimum-expiry and phones.maximum-expiry"
            ),
            (
                "media:\n  first-port: 20001\n  last-port: 20002",
                "test.yaml:3: media.last-port: leaves no even port with an odd one after it from media.first-port on"
            ),
            (
                "voicemail:\n  minimum-message: 60\n  maximum-message: 60",
                "test.yaml:2: voicemail.minimum-message: must be below voicemail.maximum-message"
            ),
            ("sip:\n  port: 1\n  port: 2", "test.yaml:2: port: written twice"),
            ("sip.port: 1\nsip:\n  port: 2", "test.yaml:3: sip.port: written twice"),
            ("sip: [a\n", "test.yaml:2: not YAML: did not find expected ',' or ']'"),
            ("colour: blue", "test.yaml:1: colour: unknown key"),
            ("- a\n- b", "test.yaml:1: expected `key: value` lines"),
        ])
    func refusals(yaml: String, message: String) throws {
        let error = #expect(throws: ConfigurationError.self) { try read(yaml) }
        #expect(error?.description == message)
    }

    @Test("A section whose lines are all commented out means its defaults")
    func emptySection() throws {
        #expect("\(try read("sip:\n  # port: 5070\nmedia:\n"))" == "\(try read(""))")
    }

    @Test("Every documented key can be set by the environment, and a wrong value there is refused by its name")
    func everyKeyIsOverridable() throws {
        let shipped = try String(contentsOfFile: TestServer.package + "/lamplighter.yaml", encoding: .utf8)
        let keys = try ConfigurationReader(yaml: shipped, file: "lamplighter.yaml", environment: [:]).written
        for key in keys {
            let variable = "LAMPLIGHTER_" + key.uppercased().map { $0.isLetter ? String($0) : "_" }.joined()
            let error = #expect(throws: ConfigurationError.self, "\(key)") { try read(shipped, [variable: "\0 wrong"]) }
            #expect(error?.place == variable && error?.key == key)
        }
    }

    @Test("Paths in the file are relative to it, paths in the environment to where the program was started")
    func relativePaths() throws {
        var reader = try ConfigurationReader(
            yaml: "data: messages\nkeymaps: /srv/keymaps", file: "/etc/lamplighter/lamplighter.yaml",
            environment: ["LAMPLIGHTER_PROMPTS": "ours"])
        let files = try Configuration(&reader).files
        #expect(files.data == "/etc/lamplighter/messages")
        #expect(files.dialplan == "/etc/lamplighter/dialplan/default.yaml")
        #expect(files.keymaps == "/srv/keymaps")
        #expect(files.prompts == "ours")
    }

    @Test("An unknown LAMPLIGHTER_ variable is refused by name")
    func unknownVariable() throws {
        let error = #expect(throws: ConfigurationError.self) { try read("", ["LAMPLIGHTER_SIP_PROT": "1"]) }
        #expect(error?.description == "environment: LAMPLIGHTER_SIP_PROT: unknown setting")
    }

    @Test("What comes from outside does not write lines of its own into the log")
    func oneLine() {
        let text = "031\n2026-11-30T12:00:00 notice lamplighter: x\r\u{2028}\u{1B}[31m\u{202E}é"
        #expect(OneLineLogHandler.visible(text) == "031?2026-11-30T12:00:00 notice lamplighter: x???[31m?é")
    }
}
