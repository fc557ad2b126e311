// What is inside a mailbox, as it is shown before it is removed (E3).

import Mailboxes

extension RemovalPreview {
    var text: String {
        var lines = ["mailbox \(mailbox.number)@\(mailbox.domain) \(mailbox.name?.printable ?? "")"]
        for folder in Folder.allCases {
            if let count = messages[folder] { lines.append("  \(count) in \(folder.rawValue)") }
        }
        if messages.isEmpty { lines.append("  no messages") }
        if let newestMessage { lines.append("  newest message: \(newestMessage.asTime)") }
        let rows: [(String, [String])] = [
            ("greetings", greetings.map(\.rawValue)), ("own mailbox of", accounts.map(\.number)),
            ("members", members.map(\.number)), ("on lists", lists.map { "\($0.number) \($0.name.printable)" }),
            ("gets copies from", copiedFrom),
        ]
        for (what, values) in rows where !values.isEmpty {
            lines.append("  \(what): \(values.joined(separator: ", "))")
        }
        return lines.joined(separator: "\n")
    }
}
