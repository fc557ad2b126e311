"""Making a rendered clip fit to be played: trimmed, levelled, 16 kHz mono FLAC; and the sounds without words."""

from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy.signal import resample_poly

Samples = NDArray[np.float32]

RATE = 16_000
LEVEL = 10 ** (-20 / 20)  # RMS of what is louder than the gaps
PEAK = 10 ** (-3 / 20)
EDGE = RATE * 40 // 1000  # silence left at both ends
FADE = RATE * 8 // 1000
FRAME = RATE // 100
SILENCE = 10 ** (-42 / 20)  # below the loudest frame
GAP = 10 ** (-30 / 20)  # the same, for the gap between a carrier and the word after it


def frame_levels(samples: Samples, frame: int) -> NDArray[np.float32]:
    frames = samples[: len(samples) // frame * frame].reshape(-1, frame)
    return np.sqrt((frames**2).mean(axis=1))


def cut_carrier(samples: Samples, rate: int, lasts: float) -> Samples | None:
    """What follows the first gap of 60 ms or more that is not within the first `lasts` seconds; None without one."""
    frame = rate // 100
    levels = frame_levels(samples, frame)
    sounding = np.flatnonzero(levels > levels.max() * GAP)
    sounding = sounding[sounding >= lasts * 100]
    gaps = np.diff(sounding)
    if not (gaps > 6).any():
        return None
    first = int(np.argmax(gaps > 6))
    middle = int(sounding[first] + sounding[first + 1]) // 2  # the word may begin more softly than it is found
    return samples[middle * frame :]


def finish(samples: Samples, rate: int) -> Samples:
    """Resamples, trims and levels what the engine made."""
    speech = resample_poly(samples, RATE, rate).astype(np.float32)
    loudness = frame_levels(speech, FRAME)
    sounding = np.flatnonzero(loudness > loudness.max() * SILENCE)
    start = max(0, int(sounding[0]) * FRAME - EDGE)
    end = int(sounding[-1] + 1) * FRAME + EDGE
    speech = np.pad(speech, (0, max(0, end - len(speech))))[start:end]
    level = float(np.sqrt((loudness[sounding] ** 2).mean()))
    return faded(limited(speech * (LEVEL / level)), FADE)


def limited(samples: Samples) -> Samples:
    """Bends what is above the knee so that it stays under the peak: a few short peaks in a prompt."""
    knee, height = PEAK * 0.75, np.abs(samples)
    bent = knee + (PEAK - knee) * np.tanh((height - knee) / (PEAK - knee))
    return np.where(height > knee, np.sign(samples) * bent, samples).astype(np.float32)


def faded(samples: Samples, length: int) -> Samples:
    """Soft edges, so that nothing clicks where clips meet."""
    ramp = (0.5 - 0.5 * np.cos(np.linspace(0, np.pi, length))).astype(np.float32)
    samples[:length] *= ramp
    samples[-length:] *= ramp[::-1]
    return samples


def beep() -> Samples:
    """The tone before a recording: 440 Hz for 400 ms. No DTMF frequency is near it."""
    time = np.arange(RATE * 400 // 1000) / RATE
    tone = np.sqrt(2) * LEVEL * np.sin(2 * np.pi * 440 * time)
    return faded(tone.astype(np.float32), RATE * 20 // 1000)


def pause() -> Samples:
    """The silence between two sentences: 250 ms."""
    return np.zeros(RATE // 4, dtype=np.float32)


SOUNDS = {"beep": beep, "pause": pause}


def write(file: Path, samples: Samples) -> None:
    """Keeps 13 bits, G.711's precision: FLAC does not spend anything on the three that are zero."""
    steps = np.round(samples * 2**12).astype(np.int16) * 8
    soundfile.write(file, steps, RATE, format="FLAC", subtype="PCM_16", compression_level=1.0)


def read(file: Path) -> Samples:
    samples, rate = soundfile.read(file, dtype="float32")
    if rate != RATE or samples.ndim != 1:
        raise SystemExit(f"{file}: is not {RATE} Hz mono")
    return samples
