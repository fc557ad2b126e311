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
        #expect(try read("", ["LAMPLIGHTER_SIP_LISTEN": "127.0.0.2, 127.0.0.3"]).sip.listen == ["127.0.0.2", "127.0.0.3"])
    }

    @Test("What does not fit is refused with place, key and reason", arguments: [
        ("sip:\n  port: 99999", "test.yaml:2: sip.port: expected a number from 0 to 65535"),
        ("sip: 5060", "test.yaml:1: sip: unknown key"),
        ("phones:\n  calls: never", "test.yaml:2: phones.calls: expected one of digest, binding"),
        ("media:\n  timeout: soon", "test.yaml:2: media.timeout: expected seconds from 1.0 to 3600.0"),
        ("colour: blue", "test.yaml:1: colour: unknown key"),
        ("- a\n- b", "test.yaml:1: expected `key: value` lines"),
    ])
    func refusals(yaml: String, message: String) throws {
        let error = #expect(throws: ConfigurationError.self) { try read(yaml) }
        #expect(error?.description == message)
    }

    @Test("An unknown LAMPLIGHTER_ variable is refused by name")
    func unknownVariable() throws {
        let error = #expect(throws: ConfigurationError.self) { try read("", ["LAMPLIGHTER_SIP_PROT": "1"]) }
        #expect(error?.description == "environment: LAMPLIGHTER_SIP_PROT: unknown setting")
    }
}
