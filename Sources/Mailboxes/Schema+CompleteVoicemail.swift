// Migration 4: what the complete voicemail keeps. SQLite cannot change a CHECK or a UNIQUE, so three tables are made
// anew and filled from the old ones; no audio moves. Numbers are unique among what has not been removed, so a number is
// free at once and an undo is possible; ids of people and recordings are never used twice, so that a call that still
// holds the id of something removed cannot meet what came after it.

import GRDB

extension Schema {
    static func completeVoicemail(_ database: Database) throws {
        // AUTOINCREMENT remembers in this table; dropping a table forgets it.
        let lastRecording = try Int64.fetchOne(
            database, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'recording'")
        for trigger in oldTriggers { try database.execute(sql: "DROP TRIGGER \(trigger)") }
        try database.execute(sql: "ALTER TABLE organisation ADD COLUMN settings TEXT NOT NULL DEFAULT '{}'")
        try database.execute(sql: rebuiltRecording)
        try database.execute(sql: rebuiltMailbox)
        try database.execute(sql: rebuiltExtension)
        try database.execute(sql: "DELETE FROM sqlite_sequence WHERE name = 'recording'")
        if let lastRecording {
            try database.execute(
                sql: "INSERT INTO sqlite_sequence (name, seq) VALUES ('recording', ?)", arguments: [lastRecording])
        }
        try database.execute(sql: sums)
        try database.execute(sql: lamps)
        try database.execute(sql: warnings)
        try database.execute(sql: additions)
    }

    private static let oldTriggers = [
        "chunkIsCounted", "chunkStays", "recordingGrows", "recordingGoes", "countsChangeByState", "countsChangeByPurge",
    ]

    // A draft is a part of something to be sent and never becomes anything else. `copies` are the mailboxes that get
    // the same message, `replaces` the open recording that this one stands in for.
    private static let rebuiltRecording = """
        CREATE TABLE newRecording (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            mailbox INTEGER NOT NULL REFERENCES mailbox (id),
            purpose TEXT NOT NULL CHECK (purpose IN ('message', 'draft', 'unavailable', 'name', 'busy', 'temporary',
                'out-of-hours', 'slot-1', 'slot-2', 'slot-3', 'slot-4', 'slot-5', 'slot-6', 'slot-7', 'slot-8',
                'slot-9')),
            state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'current', 'new', 'saved', 'deleted', 'work',
                'family', 'friends', 'folder-5', 'folder-6', 'folder-7', 'folder-8', 'folder-9')),
            urgent INTEGER NOT NULL DEFAULT 0 CHECK (urgent IN (0, 1)),
            callerNumber TEXT,
            callerName TEXT,
            sender INTEGER,
            receivedAt REAL NOT NULL,
            deletedAt REAL,
            encoding TEXT NOT NULL CHECK (encoding IN ('PCMU', 'PCMA')),
            bytes INTEGER NOT NULL DEFAULT 0 CHECK (bytes >= 0),
            copies TEXT CHECK (copies IS NULL OR json_valid(copies)),
            replaces INTEGER,
            CHECK (state = 'open' OR (purpose = 'message') = (state <> 'current')),
            CHECK (state = 'open' OR purpose <> 'draft'),
            CHECK ((state = 'deleted') = (deletedAt IS NOT NULL))
        ) STRICT;
        INSERT INTO newRecording (id, mailbox, purpose, state, urgent, callerNumber, callerName, receivedAt, deletedAt,
                encoding, bytes)
            SELECT id, mailbox, purpose, state, urgent, callerNumber, callerName, receivedAt, deletedAt,
                encoding, bytes FROM recording;
        DROP TABLE recording;
        ALTER TABLE newRecording RENAME TO recording;
        CREATE INDEX recordingInFolder ON recording (mailbox, state, urgent DESC, receivedAt);
        CREATE UNIQUE INDEX greetingInUse ON recording (mailbox, purpose) WHERE state = 'current';
        CREATE INDEX recordingBeingMade ON recording (mailbox) WHERE state = 'open';
        CREATE INDEX messageDeleted ON recording (deletedAt) WHERE state = 'deleted';
        CREATE INDEX recordingReplacing ON recording (replaces) WHERE replaces IS NOT NULL;
        """

    // Of `used`, `deleted` is what deleted messages hold, which give way, and `kept` what messages and greetings hold;
    // the rest is being recorded. `fullness` is what its owner has been told: 0 nothing, 1 nearly full, 2 full.
    private static let rebuiltMailbox = """
        CREATE TABLE newMailbox (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            organisation INTEGER NOT NULL REFERENCES organisation (id),
            number TEXT NOT NULL CHECK (length(number) BETWEEN 2 AND 10 AND number NOT GLOB '*[^0-9]*'),
            kind TEXT NOT NULL CHECK (kind IN ('personal', 'general')),
            name TEXT,
            quota INTEGER NOT NULL CHECK (quota >= 0),
            used INTEGER NOT NULL DEFAULT 0 CHECK (used >= 0),
            kept INTEGER NOT NULL DEFAULT 0 CHECK (kept >= 0),
            deleted INTEGER NOT NULL DEFAULT 0 CHECK (deleted >= 0),
            fullness INTEGER NOT NULL DEFAULT 0 CHECK (fullness IN (0, 1, 2)),
            settings TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(settings)),
            removedAt REAL,
            CHECK (used <= quota),
            CHECK (kept + deleted <= used)
        ) STRICT;
        INSERT INTO newMailbox (id, organisation, number, kind, quota, used, settings, kept, deleted)
            SELECT id, organisation, number, kind, quota, used,
                iif(keymap = 'default', '{}', json_object('keymap', keymap)),
                (SELECT coalesce(sum(bytes), 0) FROM recording
                    WHERE mailbox = m.id AND state NOT IN ('open', 'deleted')),
                (SELECT coalesce(sum(bytes), 0) FROM recording WHERE mailbox = m.id AND state = 'deleted')
            FROM mailbox m;
        DROP TABLE mailbox;
        ALTER TABLE newMailbox RENAME TO mailbox;
        CREATE UNIQUE INDEX mailboxOfNumber ON mailbox (organisation, number) WHERE removedAt IS NULL;
        CREATE INDEX mailboxRemoved ON mailbox (removedAt) WHERE removedAt IS NOT NULL;
        """

    private static let rebuiltExtension = """
        CREATE TABLE newExtension (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            organisation INTEGER NOT NULL REFERENCES organisation (id),
            number TEXT NOT NULL CHECK (length(number) BETWEEN 2 AND 10 AND number NOT GLOB '*[^0-9]*'),
            displayName TEXT,
            ha1MD5 TEXT NOT NULL CHECK (length(ha1MD5) = 32),
            ha1SHA256 TEXT NOT NULL CHECK (length(ha1SHA256) = 64),
            addressHA1MD5 TEXT NOT NULL CHECK (length(addressHA1MD5) = 32),
            addressHA1SHA256 TEXT NOT NULL CHECK (length(addressHA1SHA256) = 64),
            digest TEXT CHECK (digest IN ('MD5', 'SHA-256')),
            mailbox INTEGER NOT NULL REFERENCES mailbox (id),
            removedAt REAL
        ) STRICT;
        INSERT INTO newExtension (id, organisation, number, displayName, ha1MD5, ha1SHA256, addressHA1MD5,
                addressHA1SHA256, digest, mailbox)
            SELECT id, organisation, number, displayName, ha1MD5, ha1SHA256, addressHA1MD5,
                addressHA1SHA256, digest, mailbox FROM extension;
        DROP TABLE extension;
        ALTER TABLE newExtension RENAME TO extension;
        CREATE UNIQUE INDEX extensionOfNumber ON extension (organisation, number) WHERE removedAt IS NULL;
        CREATE INDEX extensionOfMailbox ON extension (mailbox);
        CREATE INDEX extensionRemoved ON extension (removedAt) WHERE removedAt IS NOT NULL;
        """

    // Audio is cut only while it is being recorded. A recording that is deleted takes its chunks along when its own
    // bytes have gone already: then there is no open recording to subtract from.
    private static let sums = """
        CREATE TRIGGER chunkIsCounted AFTER INSERT ON chunk BEGIN
            UPDATE recording SET bytes = bytes + length(new.audio) WHERE id = new.recording;
        END;
        CREATE TRIGGER chunkIsCutOff AFTER DELETE ON chunk BEGIN
            UPDATE recording SET bytes = bytes - length(old.audio) WHERE id = old.recording AND state = 'open';
        END;
        CREATE TRIGGER chunkStays BEFORE UPDATE ON chunk BEGIN
            SELECT RAISE(ABORT, 'audio is never changed');
        END;
        CREATE TRIGGER recordingGrows AFTER UPDATE OF bytes ON recording BEGIN
            UPDATE mailbox SET used = used + new.bytes - old.bytes WHERE id = new.mailbox;
        END;
        CREATE TRIGGER recordingMoves AFTER UPDATE OF state ON recording WHEN new.state <> old.state BEGIN
            UPDATE mailbox SET
                kept = kept + iif(new.state IN ('open', 'deleted'), 0, new.bytes)
                    - iif(old.state IN ('open', 'deleted'), 0, old.bytes),
                deleted = deleted + iif(new.state = 'deleted', new.bytes, 0)
                    - iif(old.state = 'deleted', old.bytes, 0)
                WHERE id = new.mailbox;
        END;
        CREATE TRIGGER recordingGoes AFTER DELETE ON recording BEGIN
            UPDATE mailbox SET used = used - old.bytes,
                kept = kept - iif(old.state IN ('open', 'deleted'), 0, old.bytes),
                deleted = deleted - iif(old.state = 'deleted', old.bytes, 0)
                WHERE id = old.mailbox;
        END;
        """

    // The owner's own folders are neither new nor saved, but moving into them changes what is.
    private static let lamps = """
        CREATE TRIGGER countsChangeByState AFTER UPDATE OF state, urgent ON recording
        WHEN new.purpose = 'message' AND (new.state <> old.state OR new.urgent <> old.urgent) BEGIN
            DELETE FROM countsChange WHERE mailbox = new.mailbox;
            INSERT INTO countsChange (mailbox) VALUES (new.mailbox);
        END;
        CREATE TRIGGER countsChangeByPurge AFTER DELETE ON recording WHEN old.state IN ('new', 'saved') BEGIN
            DELETE FROM countsChange WHERE mailbox = old.mailbox;
            INSERT INTO countsChange (mailbox) VALUES (old.mailbox);
        END;
        CREATE TRIGGER countsChangeByRemoval AFTER UPDATE OF removedAt ON mailbox
        WHEN new.removedAt IS NOT old.removedAt BEGIN
            DELETE FROM countsChange WHERE mailbox = new.id;
            INSERT INTO countsChange (mailbox) VALUES (new.id);
        END;
        """

    // E6, here so that no way of filling a mailbox misses it: told when what it keeps rises to the owner's percentage,
    // and when there is no room for two more seconds; again only after it has fallen below. What deleted messages hold
    // is no load, since it gives way.
    private static let warnings = """
        CREATE TABLE notice (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            organisation INTEGER NOT NULL REFERENCES organisation (id),
            mailbox INTEGER REFERENCES mailbox (id) ON DELETE CASCADE,
            kind TEXT NOT NULL CHECK (kind IN ('pin-created', 'pin-reset', 'mailbox-warning', 'mailbox-full',
                'locked')),
            addresses TEXT NOT NULL CHECK (json_valid(addresses)),
            detail TEXT,
            sealedPIN BLOB,
            createdAt REAL NOT NULL
        ) STRICT;
        CREATE INDEX noticeOfMailbox ON notice (mailbox);
        CREATE INDEX noticeByAge ON notice (createdAt);

        CREATE TRIGGER mailboxFills AFTER UPDATE OF kept, quota, settings ON mailbox
        WHEN new.fullness <> CASE WHEN new.kept + 16000 > new.quota THEN 2
            WHEN new.kept * 100 >= coalesce(json_extract(new.settings, '$.warnsAt'), 90) * new.quota THEN 1 ELSE 0 END
        BEGIN
            UPDATE mailbox SET fullness = CASE WHEN kept + 16000 > quota THEN 2
                WHEN kept * 100 >= coalesce(json_extract(settings, '$.warnsAt'), 90) * quota THEN 1 ELSE 0 END
                WHERE id = new.id;
        END;
        CREATE TRIGGER mailboxTells AFTER UPDATE OF fullness ON mailbox
        WHEN new.fullness > old.fullness AND new.removedAt IS NULL
            AND (new.fullness = 1 OR coalesce(json_extract(new.settings, '$.tellsWhenFull'), 1))
        BEGIN
            INSERT INTO notice (organisation, mailbox, kind, addresses, detail, createdAt) VALUES (
                new.organisation, new.id, iif(new.fullness = 1, 'mailbox-warning', 'mailbox-full'),
                coalesce(json_extract(new.settings, '$.emails'), '[]'),
                new.kept || ' of ' || new.quota || ' bytes',
                (julianday('now') - 2440587.5) * 86400.0);
        END;
        """

    private static let additions = """
        ALTER TABLE pin ADD COLUMN fingerprint BLOB;
        CREATE UNIQUE INDEX pinStillTemporary ON pin (fingerprint) WHERE fingerprint IS NOT NULL;

        CREATE TABLE defaultPIN (
            organisation INTEGER PRIMARY KEY REFERENCES organisation (id) ON DELETE CASCADE,
            salt BLOB NOT NULL CHECK (length(salt) >= 16),
            hash BLOB NOT NULL CHECK (length(hash) >= 32),
            rounds INTEGER NOT NULL,
            blockSize INTEGER NOT NULL,
            parallelism INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE member (
            mailbox INTEGER NOT NULL REFERENCES mailbox (id) ON DELETE CASCADE,
            account INTEGER NOT NULL REFERENCES extension (id) ON DELETE CASCADE,
            PRIMARY KEY (mailbox, account)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX memberships ON member (account);

        CREATE TABLE list (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            organisation INTEGER NOT NULL REFERENCES organisation (id),
            owner INTEGER REFERENCES mailbox (id) ON DELETE CASCADE,
            number TEXT NOT NULL CHECK (number NOT GLOB '*[^0-9]*'),
            name TEXT NOT NULL,
            CHECK (iif(owner IS NULL, length(number) BETWEEN 2 AND 10, number BETWEEN '1' AND '9' AND length(number) = 1))
        ) STRICT;
        CREATE UNIQUE INDEX listOfOwner ON list (owner, number) WHERE owner IS NOT NULL;
        CREATE UNIQUE INDEX listOfOrganisation ON list (organisation, number) WHERE owner IS NULL;
        CREATE TABLE listMember (
            list INTEGER NOT NULL REFERENCES list (id) ON DELETE CASCADE,
            mailbox INTEGER NOT NULL REFERENCES mailbox (id) ON DELETE CASCADE,
            PRIMARY KEY (list, mailbox)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX listsWithMailbox ON listMember (mailbox);

        CREATE TABLE bookmark (
            mailbox INTEGER PRIMARY KEY REFERENCES mailbox (id) ON DELETE CASCADE,
            message INTEGER NOT NULL,
            folder TEXT NOT NULL,
            position INTEGER NOT NULL,
            at REAL NOT NULL
        ) STRICT;
        """
}
