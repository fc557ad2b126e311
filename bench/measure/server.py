"""A server to measure, with its data, and the generator that calls it."""

import json
import os
import signal
import subprocess
import tempfile
import time
import wave

from . import machine

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.environ.get("PROGRAM", os.path.join(ROOT, ".build-release/release/lamplighter"))
SPEECH = os.path.join(ROOT, "sipp-scenarios/media/speech.ulaw")


def build(directory):
    """The generator and the floor, out of their C sources."""
    sources = os.path.join(ROOT, "bench/caller")
    files = sorted(os.path.join(sources, name) for name in os.listdir(sources) if name.endswith(".c"))
    for name, inputs in (("caller", files), ("floor", [os.path.join(ROOT, "bench/floor.c")])):
        subprocess.run(["gcc", "-O2", "-o", os.path.join(directory, name), *inputs, "-lm"], check=True)


def _linear(byte):
    """A sample of G.711 mu-law as a number of 16 bits."""
    byte = ~byte & 0xFF
    value = (((byte & 0x0F) << 3) + 0x84 << (byte >> 4 & 7)) - 0x84
    return -value if byte & 0x80 else value


def write_greeting(path, seconds):
    with open(SPEECH, "rb") as file:
        speech = file.read()
    table = [_linear(byte).to_bytes(2, "little", signed=True) for byte in range(256)]
    samples = (speech * (seconds * 8000 // len(speech) + 1))[:seconds * 8000]
    with wave.open(path, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"".join(table[byte] for byte in samples))


class Server:
    def __init__(self, work, port, data=None):
        self.work, self.port = work, port
        self.data = data or tempfile.mkdtemp(dir=work)
        self.environment = {
            **os.environ, "LAMPLIGHTER_DATA": self.data, "LAMPLIGHTER_SIP_PORT": str(port),
            "LAMPLIGHTER_PHONES_PEERS": "127.0.0.1 example.org", "LAMPLIGHTER_SIP_MAXIMUM_CALLS": "5000",
            "LAMPLIGHTER_VOICEMAIL_MAXIMUM_GREETING": "600", "LAMPLIGHTER_VOICEMAIL_MAXIMUM_MESSAGE": "600",
        }
        self.process, self.start_up, self.start_up_ms = None, None, None

    @property
    def pid(self):
        return self.process.pid

    @property
    def database(self):
        return os.path.join(self.data, "lamplighter.sqlite")

    def start(self):
        """Returns once it is ready; `start_up` is how many seconds that took, `start_up_ms` of processor time."""
        self.log = open(os.path.join(self.work, "server.log"), "w+")
        began = time.monotonic()
        self.process = subprocess.Popen(
            [PROGRAM, "serve", "--sample"], cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, stderr=self.log)
        for line in self.process.stdout:
            if line.startswith(b"ready"):
                self.start_up = time.monotonic() - began
                self.start_up_ms = machine.processor(self.pid)
                return self
        raise SystemExit(f"the server did not start: {open(self.log.name).read()}")

    def stop(self):
        if not self.process:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(40)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.process = None

    def command(self, *words):
        return subprocess.run(
            [PROGRAM, *words], cwd=ROOT, env=self.environment, check=True, stdout=subprocess.PIPE, text=True).stdout

    def caller(self, mode, **settings):
        words = [f"{name}={value}" for name, value in settings.items()]
        return Generator([
            os.path.join(self.work, "caller"), mode, f"server=127.0.0.1:{self.port}", f"speech={SPEECH}", *words])


class Generator:
    def __init__(self, words):
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.result = None

    @property
    def pid(self):
        return self.process.pid

    def wait_for(self, word):
        """Until it says so, or has ended."""
        for line in self.process.stdout:
            if line.startswith("{"):
                self.result = json.loads(line)
            if line.startswith(word):
                return True
        return False

    def finish(self):
        self.wait_for("nothing more")
        if self.process.wait() or self.result is None:
            raise SystemExit("the generator failed")
        return self.result
