// Reads the YAML of a number plan into rules. Every complaint names file and line, and whatever is not understood
// is refused: a misspelt key must not silently change what a number does.
import Yams

struct Source: Sendable {
    var file: String
    var yaml: String

    static let largest = 256 * 1024
}

struct DialplanReader {
    private(set) var common: [Rule] = []
    private(set) var organisations: [String: [Rule]] = [:]

    /// Bounds the pairwise check for rules that meet.
    private static let mostRulesOfAList = 500
    private static let mostOrganisations = 5_000

    mutating func read(_ source: Source) throws(DialplanError) {
        guard let root = try Self.compose(source) else { return }
        let page = Page(file: source.file)
        for (key, value) in try page.mapping(root, "a number plan", keys: ["numbers", "organisations"]) {
            if key == "numbers" {
                common += try rules(value, page)
                try checkCount(common, value, page)
            } else {
                try readOrganisations(value, page)
            }
        }
    }

    private mutating func readOrganisations(_ node: Node, _ page: Page) throws(DialplanError) {
        for (name, value) in try page.mapping(node, "'organisations'", keys: nil) {
            let domain = name.lowercased()
            guard !domain.isEmpty,
                domain.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-.:[]".contains($0)) })
            else {
                throw page.error(value, "'\(name)' is not a SIP domain")
            }
            organisations[domain, default: []] += try rules(value, page)
            try checkCount(organisations[domain] ?? [], value, page)
            guard organisations.count <= Self.mostOrganisations else {
                throw page.error(value, "more than \(Self.mostOrganisations) organisations")
            }
        }
    }

    private func checkCount(_ rules: [Rule], _ node: Node, _ page: Page) throws(DialplanError) {
        guard rules.count <= Self.mostRulesOfAList else {
            throw page.error(node, "more than \(Self.mostRulesOfAList) rules in one list")
        }
    }

    private func rules(_ node: Node, _ page: Page) throws(DialplanError) -> [Rule] {
        guard let sequence = node.sequence else { throw page.error(node, "expected a list of rules") }
        guard sequence.count <= Self.mostRulesOfAList else {
            throw page.error(node, "more than \(Self.mostRulesOfAList) rules in one list")
        }
        var rules: [Rule] = []
        for entry in sequence { rules.append(try rule(entry, page)) }
        return rules
    }

    private func rule(_ node: Node, _ page: Page) throws(DialplanError) -> Rule {
        let keys = ["dial", "application", "arguments"]
        let fields = Dictionary(uniqueKeysWithValues: try page.mapping(node, "a rule", keys: keys))
        guard let dial = fields["dial"], let name = fields["application"] else {
            throw page.error(node, "a rule needs 'dial' and 'application'")
        }
        let dialled = try page.text(dial, "'dial'")
        let pattern: Pattern
        do { pattern = try Pattern(dialled) } catch { throw page.error(dial, error.reason) }
        guard let application = KnownApplication(rawValue: try page.text(name, "'application'")) else {
            let known = KnownApplication.allCases.map(\.rawValue).joined(separator: ", ")
            throw page.error(name, "there is no application '\(name.string ?? "")'; there are \(known)")
        }
        let arguments = try arguments(fields["arguments"], of: application, pattern, dial, page)
        return Rule(
            pattern: pattern, application: application.rawValue, arguments: arguments, file: page.file,
            line: page.line(of: node))
    }

    private func arguments(
        _ node: Node?, of application: KnownApplication, _ pattern: Pattern, _ dial: Node, _ page: Page
    ) throws(DialplanError) -> [String: String] {
        let known = application.arguments + [.language]
        var given: [String: String] = [:]
        if let node {
            for (name, value) in try page.mapping(node, "'arguments'", keys: known.map(\.name)) {
                let text = try page.text(value, "'\(name)'")
                if let flaw = known.first(where: { $0.name == name })?.flaw(in: text) { throw page.error(value, flaw) }
                given[name] = text
            }
        }
        if let capture = pattern.capture {
            guard application.arguments.contains(where: { $0.name == capture.name }) else {
                throw page.error(dial, "\(application.rawValue) has no argument '\(capture.name)'")
            }
            guard given[capture.name] == nil else {
                throw page.error(dial, "'\(capture.name)' is given twice: by the pattern and as an argument")
            }
            guard Argument.mailboxDigits.contains(capture.lengths.lowerBound),
                Argument.mailboxDigits.contains(capture.lengths.upperBound)
            else { throw page.error(dial, "a mailbox number has 2 to 10 digits") }
        }
        for name in application.arguments.map(\.name) where given[name] == nil && pattern.capture?.name != name {
            throw page.error(dial, "\(application.rawValue) needs the argument '\(name)'")
        }
        return given
    }

    private static func compose(_ source: Source) throws(DialplanError) -> Node? {
        guard source.yaml.utf8.count <= Source.largest else {
            throw DialplanError(
                file: source.file, line: 1, reason: "the file is larger than \(Source.largest / 1024) kB")
        }
        do {
            return try Yams.compose(yaml: source.yaml)
        } catch let error as YamlError {
            throw DialplanError(file: source.file, line: error.line ?? 1, reason: error.shortReason)
        } catch {
            throw DialplanError(file: source.file, line: 1, reason: "\(error)")
        }
    }
}

/// The nodes of one file, with complaints that name their place in it.
private struct Page {
    var file: String

    func line(of node: Node) -> Int { node.mark?.line ?? 1 }

    func error(_ node: Node, _ reason: String) -> DialplanError {
        DialplanError(file: file, line: line(of: node), reason: reason)
    }

    func text(_ node: Node, _ what: String) throws(DialplanError) -> String {
        guard let text = node.scalar?.string else { throw error(node, "\(what) must be text; put it in quotes") }
        return text
    }

    /// The entries in file order; `keys` are those allowed, nil for any.
    func mapping(_ node: Node, _ what: String, keys: [String]?) throws(DialplanError) -> [(String, Node)] {
        guard let mapping = node.mapping else { throw error(node, "\(what) must be made of 'key: value' lines") }
        var entries: [(String, Node)] = []
        for (key, value) in mapping {
            guard let name = key.scalar?.string else { throw error(key, "a key must be text") }
            if let keys, !keys.contains(name) {
                let known = keys.isEmpty ? "takes none" : "knows \(keys.joined(separator: ", "))"
                throw error(key, "'\(name)' is not known here; \(what) \(known)")
            }
            entries.append((name, value))
        }
        return entries
    }
}

extension YamlError {
    fileprivate var line: Int? {
        switch self {
        case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _): mark.line
        case .duplicatedKeysInMapping(_, let context): context.mark.line
        default: nil
        }
    }

    fileprivate var shortReason: String {
        switch self {
        case .scanner(_, let problem, _, _), .parser(_, let problem, _, _), .composer(_, let problem, _, _): problem
        case .duplicatedKeysInMapping(let names, _): "written twice: \(names.sorted().joined(separator: ", "))"
        default: "\(self)"
        }
    }
}
