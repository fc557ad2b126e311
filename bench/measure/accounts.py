"""Fills a database with what a command line would take hours for: extensions with their mailboxes, written the way that
the store writes them. The server does not run meanwhile."""

import hashlib
import sqlite3

FIRST = 10000
QUOTA = 2_000_000_000


def _hash(algorithm, *parts):
    return hashlib.new(algorithm, ":".join(parts).encode()).hexdigest()


def _extension(organisation, domain, number, mailbox):
    password, address = f"lamp-{number}", f"{number}@{domain}"
    return (
        organisation, number, _hash("md5", number, domain, password), _hash("sha256", number, domain, password),
        _hash("md5", address, domain, password), _hash("sha256", address, domain, password), mailbox)


def connect(path):
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA foreign_keys = ON")
    # What is made here can be made again.
    database.execute("PRAGMA synchronous = OFF")
    return database


def add_extensions(database, count, first=FIRST, quota=QUOTA, domain="example.org"):
    """Extensions `first` and on, each with the password lamp-NUMBER. Returns the id of the first mailbox."""
    organisation, = database.execute("SELECT id FROM organisation WHERE domain = ?", (domain,)).fetchone()
    database.execute("BEGIN")
    lowest = database.execute("SELECT coalesce(max(id), 0) + 1 FROM mailbox").fetchone()[0]
    database.executemany(
        "INSERT INTO mailbox (id, organisation, number, kind, quota) VALUES (?, ?, ?, 'personal', ?)",
        ((lowest + each, organisation, str(first + each), quota) for each in range(count)))
    database.executemany(
        "INSERT INTO extension (organisation, number, ha1MD5, ha1SHA256, addressHA1MD5, addressHA1SHA256, digest, mailbox) "
        "VALUES (?, ?, ?, ?, ?, ?, 'MD5', ?)",
        (_extension(organisation, domain, str(first + each), lowest + each) for each in range(count)))
    database.execute("COMMIT")
    return lowest


def add_greeting(database, mailbox, audio):
    recording = database.execute(
        "INSERT INTO recording (mailbox, purpose, receivedAt, encoding) VALUES (?, 'unavailable', 0, 'PCMU')",
        (mailbox,)).lastrowid
    database.executemany(
        "INSERT INTO chunk (recording, start, audio) VALUES (?, ?, ?)",
        ((recording, start, audio[start:start + 8000]) for start in range(0, len(audio), 8000)))
    database.execute("UPDATE recording SET state = 'current' WHERE id = ?", (recording,))
