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
        let (number, organisation) = try await numberAndOrganisation(of: mailbox)
        let prepared = try await drawPIN(number, in: organisation)
        guard let pin = prepared.drawn else { throw StoreError.noPINLeft(organisation.domain) }
        try await replacePIN(of: mailbox, prepared)
        return pin
    }

    /// Goes back to the organisation's default PIN, as temporary as for a new mailbox, ends a lockout, and queues the
    /// notice for the owner (D2).
    /// - Throws: `StoreError.unknownMailbox`, `.noDefaultPIN`, `.weakPIN`.
    public func resetPINToDefault(of mailbox: MailboxID) async throws {
        let (number, organisation) = try await numberAndOrganisation(of: mailbox)
        try await replacePIN(of: mailbox, defaultPIN(number, in: organisation))
    }

    /// Sets the PIN that an administrator has chosen, and ends a lockout. Nobody is told: who chose it knows it.
    /// - Parameter temporary: its owner has to choose another at the next log-in.
    /// - Throws: `StoreError.unknownMailbox`, `.badPIN`, `.weakPIN`.
    public func givePIN(_ pin: String, of mailbox: MailboxID, temporary: Bool = false) async throws {
        let (number, organisation) = try await numberAndOrganisation(of: mailbox)
        var prepared = try await givenPIN(pin, number, in: organisation)
        prepared.isTemporary = temporary
        try await replacePIN(of: mailbox, prepared, isTold: false)
    }

    private func numberAndOrganisation(of mailbox: MailboxID) async throws -> (String, Organisation) {
        try await door.read { database in
            let mailbox = try MailboxRow.require(mailbox, database)
            return (mailbox.number, try OrganisationRow.require(mailbox.organisation, database))
        }
    }

    private func replacePIN(of mailbox: MailboxID, _ prepared: PreparedPIN, isTold: Bool = true) async throws {
        try await door.write { [self] database in
            _ = try MailboxRow.require(mailbox, database)
            try PINRow.set(prepared, of: mailbox, database)
            if isTold { try tell(.pinReset, prepared, mailbox, database) }
            try ledger.forget(.mailbox(mailbox), database)
        }
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
        let sealed = try key.seal(pin, ofAll: organisation)
        try await door.write { try PINRow.setDefault(hash, sealed, of: organisation, $0) }
    }

    public func hasDefaultPIN(_ organisation: OrganisationID) async throws -> Bool {
        try await door.read { try PINRow.defaultPIN(of: organisation, $0) != nil }
    }

    /// - Parameter given: nil for what the organisation chose.
    /// - Throws: `StoreError.badPIN`, `.weakPIN`, `.noDefaultPIN`, `.noPINLeft`, `.unknownDomain`.
    func preparePIN(_ given: String?, for number: String, domain: String) async throws -> PreparedPIN {
        let organisation = try await door.read { try OrganisationRow.require(domain: domain, $0) }
        if let given { return try await givenPIN(given, number, in: organisation) }
        return switch organisation.settings.initialPIN {
        case .default where organisation.settings.mayHaveDefaultPIN: try await defaultPIN(number, in: organisation)
        case .default, .systemGenerated: try await drawPIN(number, in: organisation)
        }
    }

    /// What an administrator gives keeps to the policy as what owners choose does (D2).
    private func givenPIN(_ pin: String, _ number: String, in organisation: Organisation) async throws -> PreparedPIN {
        guard PINPolicy.isTypable(pin) else { throw StoreError.badPIN }
        if let weakness = organisation.settings.pinPolicy.weakness(of: pin, mailboxNumber: number) {
            throw StoreError.weakPIN(weakness)
        }
        return PreparedPIN(hash: try await hash(pin), isTemporary: false)
    }

    private func defaultPIN(_ number: String, in organisation: Organisation) async throws -> PreparedPIN {
        guard let kept = try await door.read({ try PINRow.defaultPIN(of: organisation.id, $0) }) else {
            throw StoreError.noDefaultPIN(organisation.domain)
        }
        if try await slowLanes.run({ () throws(StoreError) in try kept.hash.matches(number) }) {
            throw StoreError.weakPIN(.mailboxNumber)
        }
        let pin = kept.sealed.flatMap { key.open($0, ofAll: organisation.id) }
        return PreparedPIN(hash: kept.hash, isTemporary: true, standard: pin)
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

    /// Queues the notice that carries a temporary PIN to its owner (D1). One that was given was given by somebody who
    /// tells it himself.
    func tell(_ kind: Notice.Kind, _ pin: PreparedPIN, _ mailbox: MailboxID, _ database: Database) throws {
        guard pin.isTemporary else { return }
        try NoticeRow.queue(
            kind, to: mailbox, detail: pin.drawn == nil ? "the default PIN" : nil,
            sealedPIN: (pin.drawn ?? pin.standard).map { try key.seal($0, of: mailbox) }, at: options.now(), database)
    }
}

extension PINRow {
    static let isDrawn = "SELECT EXISTS (SELECT 1 FROM pin WHERE fingerprint = ?)"

    static func set(_ pin: PreparedPIN, of mailbox: MailboxID, _ database: Database) throws {
        try set(pin.hash, of: mailbox, isTemporary: pin.isTemporary, database)
        try database.execute(
            sql: "UPDATE pin SET fingerprint = ? WHERE mailbox = ?", arguments: [pin.fingerprint, mailbox.rawValue])
    }

    /// An organisation's default PIN; `sealed` is nil when an earlier version kept it.
    static func defaultPIN(
        of organisation: OrganisationID, _ database: Database
    ) throws -> (hash: PINHash, sealed: Data?)? {
        try Row.fetchOne(
            database,
            sql: "SELECT salt, hash, rounds, blockSize, parallelism, sealed FROM defaultPIN WHERE organisation = ?",
            arguments: [organisation.rawValue]
        ).map { (PINHash(row: $0), $0["sealed"]) }
    }

    static func setDefault(
        _ hash: PINHash, _ sealed: Data, of organisation: OrganisationID, _ database: Database
    ) throws {
        try database.execute(
            sql: """
                INSERT OR REPLACE INTO defaultPIN
                    (organisation, salt, hash, rounds, blockSize, parallelism, sealed)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                organisation.rawValue, Data(hash.salt), Data(hash.hash), hash.cost.rounds, hash.cost.blockSize,
                hash.cost.parallelism, sealed,
            ])
    }
}
