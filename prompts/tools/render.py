"""Renders the prompts whose text or voice has changed, and has a recogniser read back those that were not yet heard
as they are written.

Usage: render.py [--language en] [--all]
Exits with 1 when a prompt is not heard as it is written.
"""

import argparse
import hashlib
import json
import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import sound  # noqa: E402
import texts  # noqa: E402

PROMPTS = Path(__file__).resolve().parent.parent
VOICES = PROMPTS / "voices"
MANIFEST = "manifest.json"
TOOLS_VERSION = 1  # raise it when the same text has to be rendered anew


@dataclass
class Clip:
    """What the manifest keeps of one audio file."""

    text: str
    hash: str  # of all that it was rendered from
    heard: bool = False  # as it is written, by the recogniser


def origin(script: texts.Script, clip: str) -> Clip:
    source = [TOOLS_VERSION, script.voice, script.engine_language, script.lines(clip)[0].text]
    if script.phonemes:
        source.append(script.phonemes)
    return Clip(script.texts[clip], hashlib.sha256(json.dumps(source).encode()).hexdigest()[:16])


def read_manifest(script: texts.Script) -> dict[str, Clip]:
    file = script.folder / MANIFEST
    entries = json.loads(file.read_text("utf-8")) if file.exists() else {}
    return {clip: Clip(**entry) for clip, entry in entries.items() if clip in script.texts}


def write_manifest(script: texts.Script, clips: dict[str, Clip]) -> None:
    """At once after every clip, so that a run can be broken off."""
    lines = [f"{json.dumps(clip)}: {json.dumps(asdict(clips[clip]), ensure_ascii=False)}" for clip in sorted(clips)]
    (script.folder / MANIFEST).write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


def render(script: texts.Script, clips: dict[str, Clip], everything: bool) -> None:
    for name, make in sound.SOUNDS.items():
        sound.write(script.folder / f"{name}.flac", make())
    for file in script.folder.glob("*.flac"):
        if file.stem not in script.texts and file.stem not in sound.SOUNDS:
            file.unlink()
    wanted = {clip: origin(script, clip) for clip in script.texts}
    stale = [
        clip for clip in script.texts
        if everything or clip not in clips or clips[clip].hash != wanted[clip].hash
        or not (script.folder / f"{clip}.flac").exists()
    ]
    if stale:
        from engine import Engine  # takes seconds to load, so only when something is to be said

        engine = Engine(VOICES, script.voice, script.engine_language, script.phonemes)
        for clip in stale:
            speech = engine.speak(script.lines(clip))
            sound.write(script.folder / f"{clip}.flac", speech)
            clips[clip] = wanted[clip]
            write_manifest(script, clips)
            print(f"{script.folder.name}/{clip}: {len(speech) / sound.RATE:.2f} s", flush=True)
    for clip, entry in wanted.items():
        clips[clip].text = entry.text
    write_manifest(script, clips)


def read_back(script: texts.Script, clips: dict[str, Clip]) -> int:
    """How many prompts were not heard as written."""
    unheard = [clip for clip in script.texts if not clips[clip].heard]
    if not unheard:
        return 0
    from readback import Reader, check

    reader = Reader(script.recogniser)
    wrong = 0
    for clip in unheard:
        heard = check(reader, script, clip)
        clips[clip].heard = heard is None
        write_manifest(script, clips)
        if heard is not None:
            wrong += 1
            print(f"{script.folder.name}/{clip}: written {script.texts[clip]!r}, heard {heard!r}", flush=True)
    print(f"{script.folder.name}: {len(unheard)} prompts read back, {wrong} not heard as written", flush=True)
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--language", help="only this one")
    parser.add_argument("--all", action="store_true", help="render and read unchanged prompts too")
    arguments = parser.parse_args()
    wrong = 0
    folders = [folder for folder in texts.languages(PROMPTS) if arguments.language in (None, folder.name)]
    if not folders:
        raise SystemExit(f"{PROMPTS}: no language {arguments.language or ''}")
    for folder in folders:
        script = texts.read(folder)
        clips = read_manifest(script)
        render(script, clips, arguments.all)
        wrong += read_back(script, clips)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
