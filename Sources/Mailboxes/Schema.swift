// The tables, as migrations: one is never changed after a release, a new one is added. What must always hold
// is written here, so that no code path can break it: the bytes of a mailbox are summed by triggers and held
// between zero and the quota, a recording is in exactly one state, and every change of what a lamp shows leaves
// a new revision in `countsChange`, whichever process made it.

import GRDB

enum Schema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: organisations, mailboxes, extensions, PINs") { database in
            try database.execute(sql: people)
        }
        migrator.registerMigration("2: recordings, their audio and what lamps show") { database in
            try database.execute(sql: recordings)
            try database.execute(sql: triggers)
        }
        migrator.registerMigration("3: bindings") { database in
            try database.execute(sql: bindings)
        }
        migrator.registerMigration("4: complete voicemail", migrate: completeVoicemail)
        migrator.registerMigration("5: where deleted messages came from") { database in
            try database.execute(sql: "ALTER TABLE recording ADD COLUMN deletedFrom TEXT")
        }
        migrator.registerMigration("6: G.722", migrate: wideband)
        migrator.registerMigration("7: settings of extensions") { database in
            try database.execute(sql: extensionSettings)
        }
        migrator.registerMigration("8: default PINs that can be e-mailed") { database in
            try database.execute(sql: "ALTER TABLE defaultPIN ADD COLUMN sealed BLOB")
        }
        migrator.registerMigration("9: subscriptions") { database in
            try database.execute(sql: subscriptions)
        }
        migrator.registerMigration("10: mailboxes that send copies, by index") { database in
            try database.execute(
                sql: """
                    CREATE INDEX mailboxCopying ON mailbox (organisation)
                        WHERE json_extract(settings, '$.copies') IS NOT NULL
                    """)
        }
        migrator.registerMigration("11: wrong passwords") { database in
            try database.execute(sql: passwordLockouts)
        }
        migrator.registerMigration("12: the accounts of an organisation in their order, and by algorithm") { database in
            // The first by the organisation, then by the id that every index ends with.
            try database.execute(
                sql: """
                    CREATE INDEX extensionOfOrganisation ON extension (organisation) WHERE removedAt IS NULL;
                    CREATE INDEX extensionOfDigest ON extension (organisation, digest)
                        WHERE removedAt IS NULL AND digest IS NOT NULL;
                    """)
        }
        return migrator
    }

    // Of an account for everybody the address is '', of an address for all accounts the account is.
    private static let passwordLockouts = """
        CREATE TABLE passwordLockout (
            account TEXT NOT NULL,
            address TEXT NOT NULL,
            wrong INTEGER NOT NULL CHECK (wrong >= 0),
            lastWrong REAL NOT NULL,
            lockedUntil REAL NOT NULL,
            PRIMARY KEY (account, address)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX passwordLockoutUntil ON passwordLockout (lockedUntil);
        """

    // The tag is ours in the subscription's dialog and so unlike any other. Ids count up in the order in which phones
    // subscribed. Those of mailboxes are never used twice, so one that is gone is found gone.
    private static let subscriptions = """
        CREATE TABLE subscription (
            id INTEGER PRIMARY KEY,
            account INTEGER NOT NULL REFERENCES extension (id) ON DELETE CASCADE,
            tag TEXT NOT NULL UNIQUE,
            mailbox INTEGER,
            expiresAt REAL NOT NULL,
            keptAt REAL NOT NULL,
            dialog TEXT NOT NULL
        ) STRICT;
        CREATE INDEX subscriptionOfAccount ON subscription (account);

        CREATE TRIGGER extensionComes AFTER INSERT ON extension BEGIN
            DELETE FROM extensionChange WHERE extension = new.id;
            INSERT INTO extensionChange (extension) VALUES (new.id);
        END;
        """

    private static let extensionSettings = """
        ALTER TABLE extension ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';

        CREATE TABLE extensionChange (
            revision INTEGER PRIMARY KEY AUTOINCREMENT,
            extension INTEGER NOT NULL UNIQUE
        ) STRICT;

        CREATE TRIGGER extensionChanges AFTER UPDATE OF mailbox, settings, removedAt ON extension
        WHEN new.mailbox <> old.mailbox OR new.settings <> old.settings OR new.removedAt IS NOT old.removedAt BEGIN
            DELETE FROM extensionChange WHERE extension = new.id;
            INSERT INTO extensionChange (extension) VALUES (new.id);
        END;
        CREATE TRIGGER extensionGoes AFTER DELETE ON extension BEGIN
            DELETE FROM extensionChange WHERE extension = old.id;
        END;
        """

    private static let people = """
        CREATE TABLE organisation (
            id INTEGER PRIMARY KEY,
            domain TEXT NOT NULL UNIQUE CHECK (domain = lower(domain)),
            name TEXT NOT NULL,
            timeZone TEXT NOT NULL,
            language TEXT NOT NULL,
            digest TEXT NOT NULL CHECK (digest IN ('MD5', 'SHA-256'))
        ) STRICT;

        CREATE TABLE mailbox (
            id INTEGER PRIMARY KEY,
            organisation INTEGER NOT NULL REFERENCES organisation (id),
            number TEXT NOT NULL CHECK (length(number) BETWEEN 2 AND 10 AND number NOT GLOB '*[^0-9]*'),
            kind TEXT NOT NULL CHECK (kind IN ('personal', 'general')),
            quota INTEGER NOT NULL CHECK (quota >= 0),
            used INTEGER NOT NULL DEFAULT 0 CHECK (used >= 0),
            keymap TEXT NOT NULL DEFAULT 'default',
            UNIQUE (organisation, number),
            CHECK (used <= quota)
        ) STRICT;

        CREATE TABLE extension (
            id INTEGER PRIMARY KEY,
            organisation INTEGER NOT NULL REFERENCES organisation (id),
            number TEXT NOT NULL CHECK (length(number) BETWEEN 2 AND 10 AND number NOT GLOB '*[^0-9]*'),
            displayName TEXT,
            ha1MD5 TEXT NOT NULL CHECK (length(ha1MD5) = 32),
            ha1SHA256 TEXT NOT NULL CHECK (length(ha1SHA256) = 64),
            addressHA1MD5 TEXT NOT NULL CHECK (length(addressHA1MD5) = 32),
            addressHA1SHA256 TEXT NOT NULL CHECK (length(addressHA1SHA256) = 64),
            digest TEXT CHECK (digest IN ('MD5', 'SHA-256')),
            mailbox INTEGER NOT NULL REFERENCES mailbox (id),
            UNIQUE (organisation, number)
        ) STRICT;
        CREATE INDEX extensionOfMailbox ON extension (mailbox);

        CREATE TABLE pin (
            mailbox INTEGER PRIMARY KEY REFERENCES mailbox (id) ON DELETE CASCADE,
            salt BLOB NOT NULL CHECK (length(salt) >= 16),
            hash BLOB NOT NULL CHECK (length(hash) >= 32),
            rounds INTEGER NOT NULL,
            blockSize INTEGER NOT NULL,
            parallelism INTEGER NOT NULL,
            temporary INTEGER NOT NULL CHECK (temporary IN (0, 1))
        ) STRICT;

        CREATE TABLE lockout (
            kind TEXT NOT NULL CHECK (kind IN ('mailbox', 'source')),
            subject TEXT NOT NULL,
            wrong INTEGER NOT NULL CHECK (wrong >= 0),
            lastWrong REAL NOT NULL,
            lockedUntil REAL NOT NULL,
            PRIMARY KEY (kind, subject)
        ) STRICT, WITHOUT ROWID;
        """

    // An `open` recording is being made: it counts against the quota and is no message yet. Ids are never used
    // twice, so that a call that still holds the id of a purged message cannot meet another one under it. `start`
    // is the offset of a chunk's first byte in its recording.
    private static let recordings = """
        CREATE TABLE recording (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            mailbox INTEGER NOT NULL REFERENCES mailbox (id),
            purpose TEXT NOT NULL CHECK (purpose IN ('message', 'unavailable', 'name')),
            state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'new', 'saved', 'deleted', 'current')),
            urgent INTEGER NOT NULL DEFAULT 0 CHECK (urgent IN (0, 1)),
            callerNumber TEXT,
            callerName TEXT,
            receivedAt REAL NOT NULL,
            deletedAt REAL,
            encoding TEXT NOT NULL CHECK (encoding IN ('PCMU', 'PCMA')),
            bytes INTEGER NOT NULL DEFAULT 0 CHECK (bytes >= 0),
            CHECK (state = 'open' OR (purpose = 'message') = (state <> 'current')),
            CHECK ((state = 'deleted') = (deletedAt IS NOT NULL))
        ) STRICT;
        CREATE INDEX recordingInFolder ON recording (mailbox, state, urgent DESC, receivedAt);
        CREATE UNIQUE INDEX greetingInUse ON recording (mailbox, purpose) WHERE state = 'current';
        CREATE INDEX recordingBeingMade ON recording (mailbox) WHERE state = 'open';
        CREATE INDEX messageDeleted ON recording (deletedAt) WHERE state = 'deleted';

        CREATE TABLE chunk (
            id INTEGER PRIMARY KEY,
            recording INTEGER NOT NULL REFERENCES recording (id) ON DELETE CASCADE,
            start INTEGER NOT NULL CHECK (start >= 0),
            audio BLOB NOT NULL CHECK (length(audio) > 0),
            UNIQUE (recording, start)
        ) STRICT;

        CREATE TABLE countsChange (
            revision INTEGER PRIMARY KEY AUTOINCREMENT,
            mailbox INTEGER NOT NULL UNIQUE REFERENCES mailbox (id)
        ) STRICT;
        """

    private static let triggers = """
        CREATE TRIGGER chunkIsCounted AFTER INSERT ON chunk BEGIN
            UPDATE recording SET bytes = bytes + length(new.audio) WHERE id = new.recording;
        END;
        CREATE TRIGGER chunkStays BEFORE UPDATE ON chunk BEGIN
            SELECT RAISE(ABORT, 'audio is never changed');
        END;
        CREATE TRIGGER recordingGrows AFTER UPDATE OF bytes ON recording BEGIN
            UPDATE mailbox SET used = used + new.bytes - old.bytes WHERE id = new.mailbox;
        END;
        CREATE TRIGGER recordingGoes AFTER DELETE ON recording BEGIN
            UPDATE mailbox SET used = used - old.bytes WHERE id = old.mailbox;
        END;

        CREATE TRIGGER countsChangeByState AFTER UPDATE OF state, urgent ON recording
        WHEN new.purpose = 'message' AND (new.state <> old.state OR new.urgent <> old.urgent) BEGIN
            DELETE FROM countsChange WHERE mailbox = new.mailbox;
            INSERT INTO countsChange (mailbox) VALUES (new.mailbox);
        END;
        CREATE TRIGGER countsChangeByPurge AFTER DELETE ON recording WHEN old.state IN ('new', 'saved') BEGIN
            DELETE FROM countsChange WHERE mailbox = old.mailbox;
            INSERT INTO countsChange (mailbox) VALUES (old.mailbox);
        END;
        """

    private static let bindings = """
        CREATE TABLE binding (
            id INTEGER PRIMARY KEY,
            account INTEGER NOT NULL REFERENCES extension (id) ON DELETE CASCADE,
            contact TEXT NOT NULL,
            callID TEXT NOT NULL,
            cseq INTEGER NOT NULL,
            expiresAt REAL NOT NULL,
            flow TEXT NOT NULL
        ) STRICT;
        CREATE INDEX bindingOfAccount ON binding (account);
        """
}
