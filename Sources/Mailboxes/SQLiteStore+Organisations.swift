// Organisations: a SIP domain each (A8).

import GRDB

extension SQLiteStore {
    public func organisations() async throws -> [Organisation] {
        try await door.read { database in
            try Row.fetchAll(database, sql: OrganisationRow.all).map(Organisation.init(row:))
        }
    }

    public func organisation(domain: String) async throws -> Organisation? {
        try door.lookUp { try OrganisationRow.find(domain: domain.lowercased(), $0) }
    }

    /// - Throws: `StoreError.badDomain`, `.badLanguage`, `.badTimeZone`, `.domainTaken`.
    public func addOrganisation(_ new: NewOrganisation) async throws -> Organisation {
        let domain = try Spelling.domain(new.domain)
        let language = try Spelling.language(new.language)
        let timeZone = try Spelling.timeZone(new.timeZone)
        return try await door.write { database in
            guard try OrganisationRow.find(domain: domain, database) == nil else {
                throw StoreError.domainTaken(domain)
            }
            try database.execute(
                sql: "INSERT INTO organisation (domain, name, timeZone, language, digest) VALUES (?, ?, ?, ?, ?)",
                arguments: [domain, Spelling.name(new.name) ?? domain, timeZone, language, new.digest.rawValue])
            return try OrganisationRow.require(domain: domain, database)
        }
    }
}

/// The `organisation` table.
enum OrganisationRow {
    private static let columns = "SELECT id, domain, name, timeZone, language, digest, settings FROM organisation"
    static let all = columns + " ORDER BY domain"
    static let byDomain = columns + " WHERE domain = ?"
    static let byID = columns + " WHERE id = ?"

    static func find(domain: String, _ database: Database) throws -> Organisation? {
        let statement = try database.cachedStatement(sql: byDomain)
        return try Row.fetchOne(statement, arguments: [domain]).map(Organisation.init(row:))
    }

    static func require(domain: String, _ database: Database) throws -> Organisation {
        guard let organisation = try find(domain: domain, database) else { throw StoreError.unknownDomain(domain) }
        return organisation
    }

    static func require(_ id: OrganisationID, _ database: Database) throws -> Organisation {
        let statement = try database.cachedStatement(sql: byID)
        guard let organisation = try Row.fetchOne(statement, arguments: [id.rawValue]).map(Organisation.init(row:))
        else { throw StoreError.unknownOrganisation(id) }
        return organisation
    }
}

extension Organisation {
    init(row: Row) throws(StoreError) {
        self.init(
            id: OrganisationID(rawValue: row["id"]), domain: row["domain"], name: row["name"],
            timeZone: row["timeZone"], language: row["language"], digest: try row.value("digest"),
            settings: try SettingsDocument.decode(
                row["settings"], over: OrganisationSettings(), of: row["domain"]))
    }
}

extension Row {
    /// A column that holds the raw value of an enumeration. Its CHECK constraint allows no other.
    func value<Value: RawRepresentable>(_ column: String) throws(StoreError) -> Value where Value.RawValue == String {
        guard let text = self[column] as String?, let value = Value(rawValue: text) else {
            throw .failed("an unexpected value in the column \(column)")
        }
        return value
    }
}
