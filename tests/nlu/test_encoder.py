"""The encoder: made from verified weights, near the published model, the same vector in any company."""

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from safetensors import safe_open

from assistant.nlu import encoder_graph
from assistant.nlu.danger_reader import LABELS
from assistant.nlu.sentence_encoder import DIMENSION, SentenceEncoder


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> SentenceEncoder:
    folder = tmp_path_factory.mktemp("encoder")
    SentenceEncoder.write(folder)
    return SentenceEncoder(folder)


def test_vectors_have_length_one(encoder: SentenceEncoder) -> None:
    vector = encoder.encode("What is in the drip?")
    assert vector.shape == (DIMENSION,)
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-4)


def test_what_means_the_same_lies_near(encoder: SentenceEncoder) -> None:
    question, same, other = (encoder.encode(t) for t in ("how much does it cost", "what is the price", "does the needle hurt"))
    assert question @ same > question @ other + 0.2


def test_a_vector_does_not_depend_on_its_neighbours(encoder: SentenceEncoder) -> None:
    alone = encoder.encode("zofran")
    among = encoder.encode_all(["a long message about something else entirely, with many words in it", "zofran"])[1]
    assert np.array_equal(alone, among)


def test_quantizing_keeps_vectors_close_to_full_precision(encoder: SentenceEncoder) -> None:
    import json

    folder = encoder_graph.packaged_model_folder()
    weights = {**encoder_graph.verified_weights(folder), **encoder_graph.stored_layers(encoder_graph.TUNED_LAYERS)}
    full = encoder_graph.build_encoder(weights, json.loads((folder / "config.json").read_text()))
    session = onnxruntime.InferenceSession(full.SerializeToString(), providers=["CPUExecutionProvider"])
    for text in ("does it hurt", "My neurologist suggested three days of DHE in hospital and I am not sure what that involves."):
        ids = np.array([encoder._tokenizer.encode(text).ids])
        exact = session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0][0]
        assert float(exact @ encoder.encode(text)) > 0.97


def test_a_huge_message_costs_no_more_tokens_than_a_long_one(encoder: SentenceEncoder) -> None:
    assert np.array_equal(encoder.encode("pain " * 400), encoder.encode("pain " * 100_000))


def test_other_weights_are_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"something else")
    with pytest.raises(encoder_graph.EncoderWeightsError, match="SHA-256"):
        encoder_graph.verified_weights(tmp_path)


def test_missing_weights_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(encoder_graph.EncoderWeightsError, match="make setup"):
        encoder_graph.verified_weights(tmp_path)


def test_changed_tuned_layers_are_refused(tmp_path: Path) -> None:
    (tmp_path / "tuned.safetensors").write_bytes(b"something else")
    for name in ("tuned.safetensors", "missing.safetensors"):
        with pytest.raises(encoder_graph.EncoderWeightsError, match="check the file out again"):
            encoder_graph.stored_layers(encoder_graph.Layers(tmp_path / name, encoder_graph.TUNED_LAYERS.sha256))


def test_the_published_encoder_is_one_setting_away(tmp_path: Path, encoder: SentenceEncoder) -> None:
    SentenceEncoder.write(tmp_path, layers=None)
    published = SentenceEncoder(tmp_path).encode("does it hurt")
    assert 0.5 < float(published @ encoder.encode("does it hurt")) < 0.97


def test_the_danger_reader_names_its_rows_as_they_were_tuned() -> None:
    with safe_open(encoder_graph.DANGER_LAYERS.path, framework="numpy") as stored:
        assert stored.metadata()["labels"].split(",") == list(LABELS)
