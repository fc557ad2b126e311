// Sending within an organisation (C5, C6): whom a number stands for, and the delivery itself.

import GRDB

extension SQLiteStore {
    public func addressee(_ number: String, for mailbox: MailboxID) async throws -> Addressee? {
        try await door.read { database in
            guard let sender = try MailboxRow.find(mailbox, database) else { return nil }
            if number == "0" {
                guard sender.settings.mayBroadcast else { return nil }
                let all = try MailboxRow.all(MailboxRow.byDomain, [sender.domain], database)
                return .everyone(all.filter { $0.takesMessages && $0.id != mailbox })
            }
            if let list = try ListRow.find(number, for: sender, database) {
                return .list(list, try ListRow.members(of: list.id, database).filter(\.takesMessages))
            }
            return try MailboxRow.find(reachedBy: number, domain: sender.domain, database).map(Addressee.mailbox)
        }
    }

    public func deliver(_ sending: Sending, to mailbox: MailboxID) async throws -> Delivery {
        if let writer { return try await writer.post(sending, to: mailbox) }
        let letter = LetterRow.Letter(sending, at: options.now())
        return try await door.write { [options] database in
            try LetterRow.deliver(letter, to: mailbox, transcode: options.transcode, database)
        }
    }
}
