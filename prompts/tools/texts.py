"""What is to be spoken in one language: language.yaml and voice.yaml of its folder."""

from dataclasses import dataclass
from pathlib import Path

import yaml


@dataclass(frozen=True)
class Script:
    """A language's clips and how its voice speaks and is heard."""

    folder: Path
    voice: str
    recogniser: str
    engine_language: str
    texts: dict[str, str]
    carrier: str
    carrier_lasts: float
    spoken: dict[str, str]
    after: dict[str, str]
    openings: list[str]
    heard: dict[str, list[str]]
    numbers: dict[int, str]
    ordinals: dict[int, str]

    def line(self, clip: str) -> str:
        """What the voice is given to say."""
        text = self.spoken.get(clip, self.texts[clip])
        return self.carrier.format(text) if self.is_carried(clip) else text

    def is_carried(self, clip: str) -> bool:
        """One word by itself is spoken badly, so it is said after others and cut off them."""
        return " " not in self.texts[clip]


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
        folder, voice["voice"], voice["recogniser"], voice["engine-language"], texts, voice["carrier"],
        voice["carrier-lasts"], spoken, after,
        openings, heard,
        series["number"], series.get("ordinal", {}),
    )
