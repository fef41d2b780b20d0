"""Turns a text into a sentence vector with the int8 encoder that `encoder_graph` makes. No Rasa in here."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Iterable, List, Optional

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from assistant.nlu.encoder_graph import TUNED_LAYERS, Layers, write_encoder

DIMENSION = 384
# Tokens of a text that are read. Questions have 5 to 60; what stands behind token 128 never decided one in our measurements.
MAX_TOKENS = 128
# Characters given to the tokenizer: more than MAX_TOKENS can ever use, so that a 1 MB message costs no more than a long one.
MAX_CHARACTERS = 2000


class SentenceEncoder:
    """Sentence vectors of length 1, the same for a text whatever else is encoded beside it.

    Texts are run one at a time: dynamic quantization takes its scale from the whole batch, so in a batch a text's vector
    would depend on its neighbours.
    """

    def __init__(self, folder: Path) -> None:
        """Load `encoder.onnx` and `tokenizer.json` from `folder`; both are read at once and the folder may go afterwards."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            (folder / "encoder.onnx").read_bytes(), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = Tokenizer.from_str((folder / "tokenizer.json").read_text(encoding="utf-8"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS)

    @staticmethod
    def write(folder: Path, layers: Optional[Layers] = TUNED_LAYERS) -> None:
        """Make the encoder's files in `folder` from the packaged weights, with tuned layers or all as published.

        Raises:
            EncoderWeightsError: the weights are missing or have another checksum.
        """
        write_encoder(folder, layers)

    def encode(self, text: str) -> np.ndarray:
        """Vector of `text`: float32, shape (384,), length 1."""
        ids = np.array([self._tokenizer.encode(text[:MAX_CHARACTERS]).ids], dtype=np.int64)
        output = self._session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})
        return np.asarray(output[0][0], dtype=np.float32)

    def encode_all(self, texts: Iterable[str]) -> np.ndarray:
        """Vectors of many texts, shape (texts, 384), computed on all cores."""
        with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
            vectors: List[np.ndarray] = list(pool.map(self.encode, texts))
        return np.vstack(vectors) if vectors else np.empty((0, DIMENSION), dtype=np.float32)
