"""The danger reader: an encoder tuned to tell the seven dangers and calm apart, and a linear layer over its vector. No Rasa in here.

It reads a message as a whole and in parts, because a danger in the middle of a long question about prices is a small part of the whole.
"""

import re
from pathlib import Path
from typing import Dict, List

import numpy as np

from assistant.nlu.encoder_graph import DANGER_LAYERS, HEAD, stored_layers
from assistant.nlu.intent_model import softmax
from assistant.nlu.sentence_encoder import SentenceEncoder

# The order of the linear layer's rows (tools/tune_danger.py).
LABELS = (
    "calm", "crisis_self_harm", "emergency_chest_or_collapse", "emergency_headache", "emergency_reaction", "emergency_stroke",
    "overdose", "urgent_same_day",
)  # fmt: skip
# Words of a part, and by how many the next one begins later. A shorter message is read as a whole only.
PART_WORDS, STEP_WORDS = 24, 12
# Of a message no more parts are read than this: the first, and the last, which people come to in the end.
MOST_PARTS = 12
_SENTENCE_ENDS = re.compile(r"(?<=[.!?\u2026])\s+|\n+|;\s+")


def parts_of(text: str) -> List[str]:
    """Parts of a message that are read beside the whole: its sentences, and overlapping stretches of long ones; none for a short one."""
    sentences = [sentence.strip() for sentence in _SENTENCE_ENDS.split(text) if sentence.strip()]
    found: List[str] = sentences if len(sentences) > 1 else []
    words = text.split()
    if len(words) > PART_WORDS + STEP_WORDS:
        found = found + [" ".join(words[i : i + PART_WORDS]) for i in range(0, len(words) - STEP_WORDS, STEP_WORDS)]
    found = list(dict.fromkeys(part for part in found if len(part) > 2))
    if len(found) <= MOST_PARTS:
        return found
    return found[: MOST_PARTS // 2] + found[-MOST_PARTS // 2 :]


class DangerReader:
    """Gives the share of each danger in a text."""

    def __init__(self, folder: Path) -> None:
        """Load what `write` wrote; the folder may go afterwards."""
        self._encoder = SentenceEncoder(folder)
        with np.load(folder / "head.npz", allow_pickle=False) as stored:
            self._weight, self._bias = stored["weight"], stored["bias"]

    @staticmethod
    def write(folder: Path) -> None:
        """Make the reader's files in `folder`.

        Raises:
            EncoderWeightsError: weights are missing or have another checksum.
        """
        SentenceEncoder.write(folder, DANGER_LAYERS)
        layers = stored_layers(DANGER_LAYERS)
        np.savez(folder / "head.npz", weight=layers[f"{HEAD}weight"], bias=layers[f"{HEAD}bias"])

    def read(self, text: str) -> Dict[str, float]:
        """Danger -> its share of `text`, 0 to 1; what is missing to 1 is calm."""
        shares = softmax(self._weight @ self._encoder.encode(text) + self._bias)
        return {label: float(share) for label, share in zip(LABELS[1:], shares[1:])}
