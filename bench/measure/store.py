"""The store at 100,000 mailboxes and 1,000,000 messages: how long a start takes, a log-in, and what clearing out does to
those who record meanwhile."""

import hashlib
import json
import os
import shutil
import subprocess
import time

from . import accounts, machine, server

MAILBOXES, MESSAGES, FIRST = 100_000, 1_000_000, 100_000
FULL, PIN = 10, "4815"
QUOTA = 10_000_000
# Audio of the many messages: little, as a gigabyte of it would only be copied. The full mailboxes have all of theirs.
BYTES = 400
LOAD = os.path.join(os.path.dirname(server.PROGRAM), "StoreLoad")


def _fill(path):
    database = accounts.connect(path)
    database.execute("PRAGMA temp_store = MEMORY")
    # The sums that triggers keep are made at the end, all at once.
    triggers = database.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        database.execute(f"DROP TRIGGER {name}")
    lowest = accounts.add_extensions(database, MAILBOXES, FIRST, QUOTA)
    salt, now = bytes(16), time.time()
    cost = {"rounds": 2, "blockSize": 1, "parallelism": 1}
    proof = hashlib.scrypt(PIN.encode(), salt=salt, n=cost["rounds"], r=1, p=1, dklen=32)
    database.execute("BEGIN")
    database.execute(
        "INSERT INTO pin (mailbox, salt, hash, rounds, blockSize, parallelism, temporary) "
        "SELECT id, ?, ?, ?, ?, ?, 0 FROM mailbox WHERE id >= ?", (salt, proof, *cost.values(), lowest))
    # As they come: one mailbox after the other has a new message, not all of one at once.
    database.execute(
        "WITH RECURSIVE each (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM each WHERE n + 1 < :messages) "
        "INSERT INTO recording (mailbox, purpose, state, urgent, callerNumber, receivedAt, encoding, bytes) "
        "SELECT :lowest + (n * 7919) % :mailboxes, 'message', iif(n % 10 < 3, 'new', 'saved'), n % 50 = 0, "
        "'+3120555' || n % 10000, :now - (:messages - n) / 10.0, 'PCMU', :bytes FROM each",
        {"messages": MESSAGES, "lowest": lowest, "mailboxes": MAILBOXES, "now": now, "bytes": BYTES})
    database.execute("INSERT INTO chunk (recording, start, audio) SELECT id, 0, zeroblob(?) FROM recording "
                     "WHERE purpose = 'message'", (BYTES,))
    # Six messages of 3 min each fill a mailbox: the first ones deleted for longer than anybody may have them back.
    second = bytes(8000)
    for index in range(2 * FULL):
        state, deleted = ("deleted", now - 90 * 86400) if index < FULL else ("saved", None)
        for _ in range(6):
            recording = database.execute(
                "INSERT INTO recording (mailbox, purpose, state, receivedAt, deletedAt, encoding, bytes) "
                "VALUES (?, 'message', ?, ?, ?, 'PCMU', 1440000)", (lowest + index, state, now - 91 * 86400, deleted)
            ).lastrowid
            database.executemany("INSERT INTO chunk (recording, start, audio) VALUES (?, ?, ?)",
                                 ((recording, start * 8000, second) for start in range(180)))
    database.execute(
        "UPDATE mailbox SET (used, kept, deleted) = (SELECT coalesce(sum(bytes), 0), "
        "coalesce(sum(bytes) FILTER (WHERE state <> 'deleted'), 0), coalesce(sum(bytes) FILTER (WHERE state = 'deleted'), 0) "
        "FROM recording WHERE mailbox = mailbox.id)")
    for _, sql in triggers:
        database.execute(sql)
    database.execute("COMMIT")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def measure(work, port):
    print(f"\nmaking a store of {MAILBOXES:,} mailboxes and {MESSAGES:,} messages …", flush=True)
    made = server.Server(work, port).start()
    made.stop()
    _fill(made.database)
    size = os.path.getsize(made.database)
    spoilt = made.data + "-load"
    shutil.copytree(made.data, spoilt)
    watch = machine.WatchOverAll()
    rows = [_start(made, size)]
    shutil.rmtree(made.data)
    found = subprocess.run([LOAD, os.path.join(spoilt, "lamplighter.sqlite"), str(FIRST), str(MAILBOXES), PIN, str(FULL)],
                           check=True, stdout=subprocess.PIPE, text=True).stdout
    shutil.rmtree(spoilt)
    limits = {"log-ins": 5}
    for line in map(json.loads, found.splitlines()):
        what = line["what"]
        cost = line["p99"] if "p99" in line else line["ms"]
        note = f"median {line['median']:.2f} ms, largest {line['largest']:.1f} ms" if "p99" in line else ""
        rows.append({"what": f"store: {what}", "calls": line.get("count", 1), "cost": cost,
                     "unit": "ms (p99)" if note else "ms", "limit": limits.get(what.split(" beside")[0]), "note": note,
                     "doubts": []})
    doubts = machine.doubts(watch.stop(), None)
    for row in rows:
        row["doubts"] = doubts
    return rows


def _start(made, size):
    made.start()
    seconds, spent = made.start_up, made.start_up_ms
    made.stop()
    return {"what": "start-up with 100,000 mailboxes and 1,000,000 messages", "calls": 1, "cost": seconds, "limit": 3,
            "unit": "s until ready", "note": f"{spent / 1000:.2f} s of processor time, database of {size / 1e9:.1f} GB", "doubts": []}
