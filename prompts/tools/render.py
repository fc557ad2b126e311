"""Renders the prompts whose text or voice has changed, then reads every prompt back by a recogniser.

Usage: render.py [--language en] [--all]
Exits with 1 when a prompt is not heard as it is written.
"""

import argparse
import hashlib
import json
import os
import sys
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import sound  # noqa: E402
import texts  # noqa: E402
from readback import Reader, check  # noqa: E402

PROMPTS = Path(__file__).resolve().parent.parent
VOICES = PROMPTS / "voices"
MANIFEST = "manifest.json"
TOOLS_VERSION = 1  # raise it when the same text has to be rendered anew


def origin(script: texts.Script, clip: str) -> dict[str, str]:
    """What a clip's audio is made from, as the manifest keeps it."""
    source = [TOOLS_VERSION, script.voice, script.engine_language, script.lines(clip)[0].text]
    return {"text": script.texts[clip], "hash": hashlib.sha256(json.dumps(source).encode()).hexdigest()[:16]}


def render(script: texts.Script, everything: bool) -> None:
    manifest_file = script.folder / MANIFEST
    made: dict[str, dict[str, str]] = json.loads(manifest_file.read_text()) if manifest_file.exists() else {}
    wanted = {clip: origin(script, clip) for clip in script.texts}
    stale = [
        clip for clip in script.texts
        if everything or made.get(clip) != wanted[clip] or not (script.folder / f"{clip}.flac").exists()
    ]
    for name, make in sound.SOUNDS.items():
        sound.write(script.folder / f"{name}.flac", make())
    for file in script.folder.glob("*.flac"):
        if file.stem not in wanted and file.stem not in sound.SOUNDS:
            file.unlink()
    if stale:
        from engine import Engine  # takes seconds to load, so only when something is to be said

        engine = Engine(VOICES, script.voice, script.engine_language)
        for clip in stale:
            speech = engine.speak(script.lines(clip))
            sound.write(script.folder / f"{clip}.flac", speech)
            made[clip] = wanted[clip]
            write_manifest(manifest_file, made)  # at once, so that a run can be broken off
            print(f"{script.folder.name}/{clip}: {len(speech) / sound.RATE:.2f} s", flush=True)
    write_manifest(manifest_file, wanted)


def write_manifest(file: Path, clips: dict[str, dict[str, str]]) -> None:
    lines = [f"{json.dumps(clip)}: {json.dumps(clips[clip])}" for clip in sorted(clips)]
    file.write_text("{\n" + ",\n".join(lines) + "\n}\n")


def read_back(script: texts.Script) -> int:
    """How many prompts were not heard as written."""
    reader = Reader(script.recogniser)
    wrong = 0
    for clip, text in script.texts.items():
        heard = check(reader, script, clip)
        if heard is not None:
            wrong += 1
            print(f"{script.folder.name}/{clip}: written {text!r}, heard {heard!r}", flush=True)
    print(f"{script.folder.name}: {len(script.texts)} prompts read back, {wrong} not heard as written")
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--language", help="only this one")
    parser.add_argument("--all", action="store_true", help="render unchanged prompts too")
    arguments = parser.parse_args()
    wrong = 0
    folders = [folder for folder in texts.languages(PROMPTS) if arguments.language in (None, folder.name)]
    if not folders:
        raise SystemExit(f"{PROMPTS}: no language {arguments.language or ''}")
    for folder in folders:
        script = texts.read(folder)
        render(script, arguments.all)
        wrong += read_back(script)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
