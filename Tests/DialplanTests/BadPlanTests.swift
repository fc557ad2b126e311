// Every way in which a plan can be wrong, with the exact line that the administrator is sent to.
import Testing

@testable import Dialplan

@Suite("Number plans that are refused (A7)")
struct BadPlanTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var what: String
        var line: Int
        var reason: String
        var yaml: String
        var testDescription: String { what }
    }

    static func rule(_ dial: String, _ rest: String = "application: leave-message") -> String {
        "# a plan\nnumbers:\n  - dial: \"5001\"\n    application: own-mailbox\n  - dial: \(dial)\n    \(rest)\n"
    }

    static let cases: [Case] = [
        Case(what: "no rule at all", line: 1, reason: "no rule", yaml: ""),
        Case(what: "empty lists", line: 1, reason: "no rule", yaml: "numbers: []\norganisations: {}\n"),
        Case(what: "a list instead of a plan", line: 1, reason: "key: value", yaml: "- 1\n- 2\n"),
        Case(what: "unknown section", line: 2, reason: "'nubmers' is not known", yaml: "#\nnubmers:\n  - x\n"),
        Case(what: "a section that is no list", line: 2, reason: "list of rules", yaml: "numbers:\n  dial: x\n"),
        Case(what: "a rule that is text", line: 2, reason: "a rule must be", yaml: "numbers:\n  - hello\n"),
        Case(what: "not YAML", line: 3, reason: "", yaml: "numbers:\n  - dial: '1'\n  application: ]\n"),
        Case(what: "a tab", line: 2, reason: "", yaml: "numbers:\n\t- dial: '1'\n"),
        Case(what: "a key written twice", line: 1, reason: "twice: numbers", yaml: "numbers: []\nnumbers: []\n"),
        Case(
            what: "unknown key of a rule", line: 7, reason: "'mailbox' is not known",
            yaml: rule("'7'", "application: any-mailbox\n    mailbox: 12")),
        Case(
            what: "no application", line: 5, reason: "needs 'dial' and 'application'",
            yaml: rule("'7'", "arguments: {}")),
        Case(
            what: "unknown application", line: 6, reason: "no application 'leave-mesage'",
            yaml: rule("'7{mailbox:3}'", "application: leave-mesage")),
        Case(
            what: "application that is a list", line: 6, reason: "must be text", yaml: rule("'7'", "application: [a]")),
        Case(what: "unquoted capture", line: 5, reason: "put it in quotes", yaml: rule("{mailbox: 3}")),
        Case(what: "empty pattern", line: 5, reason: "empty", yaml: rule("''")),
        Case(what: "letters", line: 5, reason: "'x' cannot be dialled", yaml: rule("'5x'")),
        Case(what: "digits of another script", line: 5, reason: "cannot be dialled", yaml: rule("'٥'")),
        Case(what: "plus in the middle", line: 5, reason: "'+' cannot be dialled", yaml: rule("'0+1'")),
        Case(what: "open brace", line: 5, reason: "without '}'", yaml: rule("'03{mailbox:3'")),
        Case(what: "closing brace alone", line: 5, reason: "only one", yaml: rule("'03}'")),
        Case(what: "two captures", line: 5, reason: "only one", yaml: rule("'{mailbox:3}{mailbox:3}'")),
        Case(what: "no length", line: 5, reason: "not of the form", yaml: rule("'03{mailbox}'")),
        Case(what: "length zero", line: 5, reason: "not of the form", yaml: rule("'03{mailbox:0-3}'")),
        Case(what: "lengths the wrong way round", line: 5, reason: "not of the form", yaml: rule("'03{mailbox:6-3}'")),
        Case(what: "three lengths", line: 5, reason: "not of the form", yaml: rule("'03{mailbox:2-3-4}'")),
        Case(
            what: "huge length", line: 5, reason: "not of the form",
            yaml: rule("'03{mailbox:2-99999999999999999999}'")),
        Case(
            what: "longer than can be dialled", line: 5, reason: "longer than 32",
            yaml: rule("'0123456789012345678901234567{mailbox:2-10}'")),
        Case(
            what: "endless pattern", line: 5, reason: "too long",
            yaml: rule("'\(String(repeating: "1", count: 200))'")),
        Case(
            what: "argument the application has not", line: 5, reason: "no argument 'mailbox'",
            yaml: rule("'03{mailbox:3}'", "application: own-mailbox")),
        Case(what: "misspelt capture", line: 5, reason: "no argument 'mailbx'", yaml: rule("'03{mailbx:3}'")),
        Case(what: "argument missing", line: 5, reason: "needs the argument 'mailbox'", yaml: rule("'0399'")),
        Case(
            what: "argument twice", line: 5, reason: "given twice",
            yaml: rule("'03{mailbox:3}'", "application: leave-message\n    arguments: { mailbox: '100' }")),
        Case(
            what: "unknown argument", line: 7, reason: "'box' is not known",
            yaml: rule("'0399'", "application: leave-message\n    arguments: { box: '100' }")),
        Case(
            what: "mailbox where none is needed", line: 7, reason: "'arguments' knows language",
            yaml: rule("'0399'", "application: any-mailbox\n    arguments: { mailbox: '100' }")),
        Case(
            what: "mailbox that is no number", line: 7, reason: "not a mailbox number",
            yaml: rule("'0399'", "application: leave-message\n    arguments: { mailbox: 'bob' }")),
        Case(
            what: "one of several mailboxes that is no number", line: 7, reason: "nor 20 different ones",
            yaml: rule("'0399'", "application: leave-message\n    arguments: { mailbox: '100&bob' }")),
        Case(
            what: "a mailbox written twice", line: 7, reason: "different",
            yaml: rule("'0399'", "application: leave-message\n    arguments: { mailbox: '100&101&100' }")),
        Case(
            what: "an & with nothing after it", line: 7, reason: "not a mailbox number",
            yaml: rule("'0399'", "application: leave-message\n    arguments: { mailbox: '100&' }")),
        Case(
            what: "several mailboxes to open", line: 7, reason: "not a mailbox number",
            yaml: rule("'0399'", "application: open-mailbox\n    arguments: { mailbox: '100&101' }")),
        Case(
            what: "shared-mailbox of no mailbox", line: 5, reason: "needs the argument 'mailbox'",
            yaml: rule("'0399'", "application: shared-mailbox")),
        Case(
            what: "a language that is none", line: 7, reason: "not a language",
            yaml: rule("'0399'", "application: any-mailbox\n    arguments: { language: '../en' }")),
        Case(
            what: "a language captured from the number", line: 5, reason: "no argument 'language'",
            yaml: rule("'03{language:2}'", "application: any-mailbox")),
        Case(what: "capture too short for a mailbox", line: 5, reason: "2 to 10", yaml: rule("'03{mailbox:1-4}'")),
        Case(what: "capture too long for a mailbox", line: 5, reason: "2 to 10", yaml: rule("'03{mailbox:2-11}'")),
        Case(
            what: "the same pattern twice", line: 5, reason: "'5001' (plan.yaml:3) both match 5001",
            yaml: rule("'5001'", "application: any-mailbox")),
        Case(
            what: "neither more specific", line: 7, reason: "both match",
            yaml: rule("'4{mailbox:3}'") + "  - dial: '{mailbox:3}4'\n    application: leave-message\n"),
        Case(
            what: "lengths that overlap", line: 7, reason: "both match 11111",
            yaml: rule("'{mailbox:3-5}'") + "  - dial: '{mailbox:5-7}'\n    application: leave-message\n"),
        Case(
            what: "a domain that is none", line: 3, reason: "not a SIP domain",
            yaml: "organisations:\n  'a b':\n    - { dial: '7', application: any-mailbox }\n"),
        Case(
            what: "wrong inside an organisation", line: 4, reason: "no application",
            yaml: "organisations:\n  a.example:\n    - { dial: '7', application: any-mailbox }\n"
                + "    - { dial: '8', application: nothing }\n"),
        Case(
            what: "too many rules", line: 2, reason: "more than 500",
            yaml: "numbers:\n" + (1000...1500).map { "  - { dial: '\($0)', application: any-mailbox }\n" }.joined()),
        Case(what: "too large a file", line: 1, reason: "larger than", yaml: String(repeating: "#", count: 300_000)),
        Case(what: "brackets without end", line: 1, reason: "", yaml: String(repeating: "[", count: 100_000)),
    ]

    @Test("a bad plan is refused with file, line and reason", arguments: cases)
    func refused(_ bad: Case) {
        let error = #expect(throws: DialplanError.self) { try Dialplan(yaml: bad.yaml, file: "plan.yaml") }
        #expect(error?.file == "plan.yaml")
        #expect(error?.line == bad.line)
        #expect(error?.reason.contains(bad.reason) == true || bad.reason.isEmpty, "\(error?.reason ?? "")")
        #expect(error?.reason.isEmpty == false)
        #expect(error?.description.hasPrefix("plan.yaml:\(bad.line): ") == true)
    }

    @Test("patterns of one list that never match the same number are accepted")
    func neighbours() throws {
        let yaml = """
            numbers:
              - { dial: "4{mailbox:3}", application: leave-message }
              - { dial: "5{mailbox:3}", application: leave-message }
              - { dial: "{mailbox:3}#", application: leave-message }
              - { dial: "{mailbox:5-6}", application: leave-message }
              - { dial: "{mailbox:7}", application: leave-message }
            """
        #expect(try Dialplan(yaml: yaml, file: "plan.yaml").application(for: "4123", domain: "a") != nil)
    }
}
