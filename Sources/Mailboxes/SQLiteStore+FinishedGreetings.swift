// A greeting that is finished already, from a file: stored whole in one transaction, so the command line may do it
// beside a running server (C8).

import Foundation
import GRDB

extension SQLiteStore {
    private static let chunk = 8_000

    /// Takes the place of the greeting of that kind.
    /// - Throws: `StoreError.unknownMailbox`; `.noRoom` when it does not fit under the quota, the one before it and
    ///   deleted messages counted as room.
    public func setGreeting(
        _ kind: GreetingKind, of mailbox: MailboxID, audio: [UInt8], encoding: StoredEncoding
    ) async throws {
        let now = options.now()
        let transcode = options.transcode
        try await door.write { database in
            guard try MailboxRow.exists(mailbox, database) else { throw StoreError.unknownMailbox(mailbox) }
            try database.execute(
                sql: RecordingRow.deleteGreeting, arguments: [mailbox.rawValue, kind.rawValue])
            let available = try MailboxRow.space(of: mailbox, database).available
            guard audio.count <= available else { throw StoreError.noRoom(bytes: audio.count, available: available) }
            let id = try RecordingRow.insert(
                NewRecording(mailbox: mailbox, purpose: .greeting(kind), encoding: encoding), at: now, database)
            for start in stride(from: 0, to: audio.count, by: Self.chunk) {
                let chunk = Array(audio[start..<min(start + Self.chunk, audio.count)])
                _ = try RecordingRow.append(chunk, to: id, of: mailbox, database)
            }
            _ = try RecordingRow.keep(id, urgent: false, transcode: transcode, database)
        }
    }
}
