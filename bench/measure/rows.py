"""The rows of the table: what is done for each, and what counts."""

import os
import shutil
import sqlite3
import subprocess
import time

from . import accounts, machine, server, store

MAILBOXES = 100          # where messages are left; 3 s of greeting, what callers are told after it and the tone make 8 s
PHONES = 10_000
WINDOW = 10              # seconds
REFERENCE_FLOOR = 0.05   # ms of bare sockets for a call-second on the machine for which limits in ms were set


def on_this_machine(limit, floor):
    """A limit in ms, as slow as this machine is: `floor` is what bare sockets take here for a call-second of media."""
    return limit and round(limit * floor / REFERENCE_FLOOR, 3)


class Bench:
    def __init__(self, work, port):
        self.work, self.port = work, port
        self.template = None
        self.running = None
        self.floor = {}
        self.results = {"rows": []}

    # What is measured.

    def describe_machine(self):
        with open("/proc/cpuinfo") as file:
            models = [line.split(":")[1].strip() for line in file if line.startswith("model name")]
        self.results["machine"] = {
            "processors": machine.PROCESSORS, "model": models[0] if models else "?", "kernel": os.uname().release,
            "load_before": os.getloadavg()[0], "date": time.strftime("%Y-%m-%d %H:%M"),
        }
        print(f"machine: {machine.PROCESSORS} processors ({self.results['machine']['model']}), "
              f"load {os.getloadavg()[0]:.2f} before the start", flush=True)

    def measure_calls(self, calls):
        floor = self._floor_of(calls)
        running = self._fresh()
        for what, speak, limit in (("playing", 0, None), ("playing to callers who speak", 1, 0.10)):
            watch, memory, result = self._steady("play", calls, to="03102", speak=speak)
            cost = watch["ms"] / (watch["seconds"] * calls)
            self._add(what, calls, watch, result, cost=cost, unit="ms a call-second", floor=floor,
                      limit=on_this_machine(limit, floor), ratio_limit=2 if speak else None, kB=(memory - running.idle) / calls, kB_limit=40)
        self._deposits(calls, floor)

    def _deposits(self, calls, floor):
        running = self.running
        before = self._messages()
        watch, memory, result = self._whole(
            "deposit", calls=calls, rate=self._rate(calls), to="03", first=accounts.FIRST, spread=MAILBOXES)
        after = self._messages()
        stored, audio = after["count"] - before["count"], after["bytes"] - before["bytes"]
        self._add("deposits (8 s of greeting, 20 s stored)", calls, watch, result,
                  cost=watch["ms"] / (calls * 28), unit="ms a call-second", floor=floor,
                  limit=on_this_machine(0.12, floor), ratio_limit=3,
                  kB=(memory - running.idle) / calls, kB_limit=40, missing=calls - stored,
                  stored_seconds=audio / 8000 / max(1, stored),
                  disk_ratio=(after["file"] - before["file"]) / max(1, audio))

    def measure_mixed(self, loads):
        calls = loads[-1]
        floor = self._floor_of(calls)
        running = self._fresh()
        before = self._messages()["count"]
        watch, memory, result = self._steady(
            "mixed", calls, to="03102", other="03", first=accounts.FIRST, spread=MAILBOXES, listen=12)
        self._add("half playing, half recording", calls, watch, result,
                  cost=watch["ms"] / (watch["seconds"] * calls), unit="ms a call-second", floor=floor,
                  kB=(memory - running.idle) / calls, kB_limit=40,
                  missing=calls // 2 - (self._messages()["count"] - before))

    def measure_signalling(self, loads):
        # INVITE, ACK and BYE come in; 100, 200 and 200 go out.
        floor = 3 * float(self._run_floor("signalling", 200_000))
        self._fresh()
        watch, _, result = self._whole("signalling", rate=100, seconds=20, hold=0, to="03", spread=MAILBOXES)
        self._add("signalling of a call (INVITE … BYE)", 100, watch, result, cost=watch["ms"] / result["begun"],
                  unit="ms a call", floor=floor, limit=on_this_machine(0.4, self._floor_of(loads[0])))
        seconds = 60 if loads[-1] >= 1000 else 15
        watch, _, result = self._whole("signalling", rate=500, seconds=seconds, hold=2, to="03", spread=MAILBOXES)
        self._add(f"500 new calls a second for {seconds} s (2 s of greeting)", 500, watch, result,
                  cost=watch["ms"] / result["begun"], unit="ms a call")

    def measure_phones(self, _):
        for mode, what in (("register", "REGISTER"), ("subscribe", "SUBSCRIBE")):
            running = self._fresh()
            load = running.caller(mode, phones=PHONES, first=accounts.FIRST, rate=2000, seconds=WINDOW)
            load.wait_for("up")
            watch, memory = machine.Watch(running.pid, [load.pid]), machine.memory(running.pid)
            load.wait_for("down")
            found = watch.stop()
            grown = machine.memory(running.pid) - memory
            result = load.finish()
            refreshed = result["answering"]["count"]
            # For 32 s each of them leaves a server transaction behind, and nothing else that was not there before.
            self._add(f"{what} refreshes, 2,000 a second", PHONES, found, result, cost=found["ms"] / refreshed,
                      unit="ms a request", answered_p99=result["answering"]["p99"],
                      kB_transaction=grown / refreshed, kB_transaction_limit=2)

    def measure_lamps(self, _):
        running = self._fresh()
        load = running.caller("lamps", phones=PHONES, first=accounts.FIRST, rate=100, seconds=15)
        load.wait_for("up")
        watch = machine.Watch(running.pid, [load.pid])
        result = load.finish()
        found = watch.stop()
        self._add("lamps: 100 messages a second, 10,000 subscriptions", PHONES, found, result,
                  cost=found["ms"] / result["begun"], unit="ms a message", missing=result["lamps_missing"],
                  lamp_p99=result["lamp"]["p99"], lamp_largest=result["lamp"]["largest"], lamp_limit=50)

    def measure_flood(self, _):
        for kind in ("junk", "requests"):
            running = self._fresh()
            load = running.caller("play", to="03102", calls=200, rate=100, seconds=14)
            load.wait_for("up")
            time.sleep(1)
            flooder = subprocess.Popen(
                [os.path.join(self.work, "floor"), "flood", str(self.port), "20000", str(WINDOW), kind],
                stdout=subprocess.PIPE, text=True)
            watch = machine.Watch(running.pid, [load.pid, flooder.pid])
            time.sleep(WINDOW - 1)
            found = watch.stop()
            sent = flooder.communicate()[0].strip()
            self._add(f"200 calls beside a flood of {kind} ({sent})", 200, found, load.finish(),
                      cost=found["ms"] / (found["seconds"] * 20_000), unit="ms a datagram")

    def measure_store(self, _):
        self.stop()
        for row in store.measure(self.work, self.port):
            self._print(row)
            self.results["rows"].append(row)

    # How.

    def serve(self):
        running = self._fresh()
        print(f"serving on 127.0.0.1:{self.port}, process {running.pid}; the generator is {self.work}/caller\n"
              f"  03102 plays a greeting of 300 s; 03{accounts.FIRST} and the {MAILBOXES - 1} behind it take messages;\n"
              f"  phones {accounts.FIRST} to {accounts.FIRST + PHONES - 1}. End with Ctrl-C.", flush=True)
        try:
            running.process.wait()
        except KeyboardInterrupt:
            pass

    def _fresh(self):
        """A server that nobody has called yet, on data made once."""
        self.stop()
        if not self.template:
            made = server.Server(self.work, self.port).start()
            greeting = os.path.join(self.work, "greeting.wav")
            server.write_greeting(greeting, 300)
            made.command("greeting", "set", "102", "unavailable", greeting)
            made.stop()
            database = accounts.connect(made.database)
            first = accounts.add_extensions(database, PHONES)
            with open(server.SPEECH, "rb") as file:
                audio = file.read(24_000)
            for each in range(MAILBOXES):
                accounts.add_greeting(database, first + each, audio)
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            database.close()
            self.template = made.data
        data = os.path.join(self.work, "data")
        shutil.rmtree(data, ignore_errors=True)
        shutil.copytree(self.template, data)
        self.running = server.Server(self.work, self.port, data).start()
        self.running.caller("play", to="03102", calls=2, seconds=1, speak=1).finish()
        self.running.idle = machine.memory(self.running.pid)
        return self.running

    def stop(self):
        if self.running:
            self.running.stop()
            self.running = None

    def _run_floor(self, *words):
        return subprocess.run([os.path.join(self.work, "floor"), *map(str, words)], check=True, stdout=subprocess.PIPE,
                              text=True).stdout

    def _floor_of(self, calls):
        if calls not in self.floor:
            self.floor[calls] = float(self._run_floor("media", calls, WINDOW))
            print(f"\nfloor, {calls} calls: {self.floor[calls]:.4f} ms of processor time for a call-second of media",
                  flush=True)
        return self.floor[calls]

    @staticmethod
    def _rate(calls):
        return max(50, min(200, calls // 5))

    def _steady(self, mode, calls, **settings):
        """What WINDOW seconds cost while all calls are up, and have been so for `listen` seconds, and the memory then."""
        running, listen = self.running, settings.pop("listen", 0)
        load = running.caller(mode, calls=calls, rate=self._rate(calls), seconds=WINDOW + 3 + listen, **settings)
        load.wait_for("up")
        time.sleep(1.5 + listen)
        watch = machine.Watch(running.pid, [load.pid])
        time.sleep(WINDOW)
        found, memory = watch.stop(), machine.memory(running.pid)
        return found, memory, load.finish()

    def _whole(self, mode, **settings):
        """What all of it costs, from the first INVITE on, and the memory when all calls are up."""
        running = self.running
        load = running.caller(mode, **settings)
        watch = machine.Watch(running.pid, [load.pid])
        load.wait_for("up")
        memory = machine.memory(running.pid)
        result = load.finish()
        return watch.stop(), memory, result

    def _messages(self):
        """Once what has been recorded is in the database."""
        database = sqlite3.connect(f"file:{self.running.database}?mode=ro", uri=True)
        for _ in range(50):
            if not database.execute("SELECT count(*) FROM recording WHERE state = 'open'").fetchone()[0]:
                break
            time.sleep(0.2)
        count, size = database.execute(
            "SELECT count(*), coalesce(sum(bytes), 0) FROM recording WHERE purpose = 'message' AND state = 'new'").fetchone()
        pages, size_of_page, free = (
            database.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size", "freelist_count"))
        database.close()
        return {"count": count, "bytes": size, "file": (pages - free) * size_of_page}

    def _add(self, what, calls, watch, result, **figures):
        row = {"what": what, "calls": calls, **figures, "watch": watch, "heard": result,
               "doubts": machine.doubts(watch, result)}
        if figures.get("floor"):
            row["ratio"] = figures["cost"] / figures["floor"]
        self.results["rows"].append(row)
        self._print(row)

    @staticmethod
    def _print(row):
        words = [f"{row['what']}, {row['calls']}: {row['cost']:.4f} {row['unit']}"]
        if "ratio" in row:
            words.append(f"{row['ratio']:.2f} x floor")
        if "kB" in row:
            words.append(f"{row['kB']:.0f} kB a call")
        heard = row.get("heard")
        if heard and heard["gap"]["count"]:
            words.append(f"largest gap {heard['gap']['largest']:.1f} ms, {heard['gaps_over_25']} over 25 ms, "
                         f"{heard['lost']} packets lost")
        for key, text in (("missing", "{} missing"), ("stored_seconds", "{:.1f} s stored each"),
                          ("disk_ratio", "{:.3f} bytes on disk for one of audio"), ("answered_p99", "p99 {:.1f} ms"),
                          ("kB_transaction", "{:.2f} kB a transaction"), ("lamp_p99", "from BYE to NOTIFY p99 {:.1f} ms"),
                          ("note", "{}")):
            if key in row:
                words.append(text.format(row[key]))
        print("; ".join(words), flush=True)
        if heard:
            again = heard["invites_again"], heard["others_again"], heard["finals_again"], heard["requests_again"]
            if sum(again) or heard["unanswered"] or heard["refused"] or heard["lost_dialogs"]:
                print(f"  sent again: {again[0]} INVITEs, {again[1]} others by us, {again[2]} answers, {again[3]} requests by "
                      f"the server; unanswered {heard['unanswered']}, refused {heard['refused']}, "
                      f"ended by the server {heard['lost_dialogs']}")
        if row.get("watch"):
            spent = sorted(row["watch"]["threads"].items(), key=lambda item: -item[1])[:5]
            whole = sum(row["watch"]["threads"].values()) or 1
            print("  by thread: " + ", ".join(f"{name} {ms / whole:.0%}" for name, ms in spent))
        for doubt in row["doubts"]:
            print(f"  NOT TO BE TRUSTED: {doubt}")
