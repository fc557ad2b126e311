"""What is to be spoken in one language: language.yaml and voice.yaml of its folder."""

from dataclasses import dataclass
from pathlib import Path

import yaml


@dataclass(frozen=True)
class Line:
    """What the voice is given to say. Where it begins with a carrier that is cut off, so many seconds of it at least
    are the carrier; None where all of it is kept."""

    text: str
    carrier_lasts: float | None = None


@dataclass(frozen=True)
class Script:
    """A language's clips and how its voice speaks and is heard."""

    folder: Path
    voice: str
    recogniser: str
    engine_language: str
    phonemes: dict[str, str]
    texts: dict[str, str]
    carriers: list[Line]
    spoken: dict[str, str]
    after: dict[str, str]
    openings: list[str]
    heard: dict[str, list[str]]
    alike: dict[str, str]
    numbers: dict[int, str]
    ordinals: dict[int, str]

    def lines(self, clip: str) -> list[Line]:
        """The ways to have a clip spoken, the best first. One word by itself is spoken badly, so it is said after
        others and cut off them."""
        text = self.spoken.get(clip, self.texts[clip])
        if " " in self.texts[clip]:
            return [Line(text)]
        return [Line(carrier.text.format(text), carrier.carrier_lasts) for carrier in self.carriers]


def languages(prompts: Path) -> list[Path]:
    return sorted(file.parent for file in prompts.glob("*/language.yaml"))


def read(folder: Path) -> Script:
    language = yaml.safe_load((folder / "language.yaml").read_text("utf-8"))
    voice = yaml.safe_load((folder / "voice.yaml").read_text("utf-8"))
    texts: dict[str, str] = dict(language["texts"])
    series: dict[str, dict[int, str]] = {}
    for name, entry in language["series"].items():
        series[name] = dict(enumerate(entry["texts"], start=entry["from"]))
        texts.update({f"{name}-{number}": text for number, text in series[name].items()})
    spoken, after, heard = (voice[key] or {} for key in ("spoken", "after", "heard"))
    openings: list[str] = voice["openings"] or []
    strangers = (spoken.keys() | heard.keys() | after.keys() | set(after.values()) | set(openings)) - texts.keys()
    if strangers:
        raise SystemExit(f"{folder}/voice.yaml: no such clips: {', '.join(sorted(strangers))}")
    return Script(
        folder, voice["voice"], voice["recogniser"], voice["engine-language"], voice["phonemes"] or {}, texts,
        [Line(entry["text"], entry["lasts"]) for entry in voice["carriers"]], spoken, after, openings, heard,
        voice["alike"] or {}, series["number"], series.get("ordinal", {}),
    )
