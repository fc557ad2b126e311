// Giving PINs (D1, D2): what a new mailbox begins with, resets, and an organisation's default PIN.

import Foundation
import GRDB

/// Something that was made, with the PIN that was drawn for it: to be shown once, since only its hash is kept.
public struct Created<Thing: Sendable>: Sendable {
    public var thing: Thing
    /// Nil when it was given or is the organisation's default PIN.
    public var pin: String?
}

extension SQLiteStore {
    /// Draws a new PIN, temporary whatever the organisation's choice is for new mailboxes, ends a lockout, and queues
    /// the notice for the owner.
    /// - Returns: the PIN.
    /// - Throws: `StoreError.unknownMailbox`, `.noPINLeft`.
    public func resetPIN(of mailbox: MailboxID) async throws -> String {
        let (number, organisation) = try await door.read { database in
            let mailbox = try MailboxRow.require(mailbox, database)
            return (mailbox.number, try OrganisationRow.require(mailbox.organisation, database))
        }
        let prepared = try await drawPIN(number, in: organisation)
        guard let pin = prepared.drawn else { throw StoreError.noPINLeft(organisation.domain) }
        try await door.write { [self] database in
            _ = try MailboxRow.require(mailbox, database)
            try PINRow.set(prepared, of: mailbox, database)
            try tell(.pinReset, prepared, mailbox, database)
            try ledger.forget(.mailbox(mailbox), database)
        }
        return pin
    }

    /// What all new mailboxes of the organisation begin with when it chose so; nil takes it back. Existing PINs stay.
    /// - Throws: `StoreError.weakPIN`, `.badSetting` when the provider does not let it have one.
    public func setDefaultPIN(_ pin: String?, of organisation: OrganisationID) async throws {
        guard let pin else {
            return try await door.write {
                try $0.execute(
                    sql: "DELETE FROM defaultPIN WHERE organisation = ?", arguments: [organisation.rawValue])
            }
        }
        let settings = try await door.read { try OrganisationRow.require(organisation, $0).settings }
        guard settings.mayHaveDefaultPIN else {
            throw StoreError.badSetting("default-pin", reason: "this organisation may not have a default PIN")
        }
        if let weakness = settings.pinPolicy.weakness(ofDefault: pin) { throw StoreError.weakPIN(weakness) }
        let hash = try await hash(pin)
        try await door.write { try PINRow.setDefault(hash, of: organisation, $0) }
    }

    public func hasDefaultPIN(_ organisation: OrganisationID) async throws -> Bool {
        try await door.read { try PINRow.defaultHash(of: organisation, $0) != nil }
    }

    /// - Parameter given: nil for what the organisation chose.
    /// - Throws: `StoreError.badPIN`, `.weakPIN`, `.noDefaultPIN`, `.noPINLeft`, `.unknownDomain`.
    func preparePIN(_ given: String?, for number: String, domain: String) async throws -> PreparedPIN {
        if let given {
            let hash = try await hash(given)
            if let weakness = PINPolicy.weakness(ofGiven: given, mailboxNumber: number) {
                throw StoreError.weakPIN(weakness)
            }
            return PreparedPIN(hash: hash, isTemporary: false)
        }
        let (organisation, kept) = try await door.read { database in
            let organisation = try OrganisationRow.require(domain: domain, database)
            return (organisation, try PINRow.defaultHash(of: organisation.id, database))
        }
        guard organisation.settings.initialPIN == .default, organisation.settings.mayHaveDefaultPIN else {
            return try await drawPIN(number, in: organisation)
        }
        guard let kept else { throw StoreError.noDefaultPIN(domain) }
        if try await slowLanes.run({ () throws(StoreError) in try kept.matches(number) }) {
            throw StoreError.weakPIN(.mailboxNumber)
        }
        return PreparedPIN(hash: kept, isTemporary: true)
    }

    private func drawPIN(_ number: String, in organisation: Organisation) async throws -> PreparedPIN {
        for _ in 0..<100 {
            guard let pin = organisation.settings.pinPolicy.draw(mailboxNumber: number) else { break }
            let fingerprint = key.fingerprint(pin, in: organisation.id)
            let isTaken = try await door.read { database in
                try Bool.fetchOne(database, sql: PINRow.isDrawn, arguments: [fingerprint])
            }
            if isTaken == true { continue }
            return PreparedPIN(hash: try await hash(pin), isTemporary: true, drawn: pin, fingerprint: fingerprint)
        }
        throw StoreError.noPINLeft(organisation.domain)
    }

    /// Queues the notice that carries a drawn PIN to its owner.
    func tell(_ kind: Notice.Kind, _ pin: PreparedPIN, _ mailbox: MailboxID, _ database: Database) throws {
        guard let drawn = pin.drawn else { return }
        try NoticeRow.queue(
            kind, to: mailbox, sealedPIN: key.seal(drawn, of: mailbox), at: options.now(), database)
    }
}

extension PINRow {
    static let isDrawn = "SELECT EXISTS (SELECT 1 FROM pin WHERE fingerprint = ?)"

    static func set(_ pin: PreparedPIN, of mailbox: MailboxID, _ database: Database) throws {
        try set(pin.hash, of: mailbox, isTemporary: pin.isTemporary, database)
        try database.execute(
            sql: "UPDATE pin SET fingerprint = ? WHERE mailbox = ?", arguments: [pin.fingerprint, mailbox.rawValue])
    }

    static func defaultHash(of organisation: OrganisationID, _ database: Database) throws -> PINHash? {
        try Row.fetchOne(
            database, sql: "SELECT salt, hash, rounds, blockSize, parallelism FROM defaultPIN WHERE organisation = ?",
            arguments: [organisation.rawValue]
        ).map(PINHash.init(row:))
    }

    static func setDefault(_ hash: PINHash, of organisation: OrganisationID, _ database: Database) throws {
        try database.execute(
            sql: """
                INSERT OR REPLACE INTO defaultPIN (organisation, salt, hash, rounds, blockSize, parallelism)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                organisation.rawValue, Data(hash.salt), Data(hash.hash), hash.cost.rounds, hash.cost.blockSize,
                hash.cost.parallelism,
            ])
    }
}
