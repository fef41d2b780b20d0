"""Tunes the sentence encoder on the training examples; run by hand, in an environment of its own with PyTorch.

    python3.11 -m venv /tmp/tuning && /tmp/tuning/bin/pip install torch==2.13.0 safetensors tokenizers numpy pyyaml
    /tmp/tuning/bin/python tools/tune_encoder.py --weights <folder of the packaged model> --out assistant/nlu/tuned_layers.safetensors

What it does: the six layers of all-MiniLM-L6-v2 (embeddings stay as published) learn to put examples of one intent near each
other and apart from the rest: supervised contrastive loss (Khosla et al. 2020, temperature 0.07) over batches of 32 intents with
4 examples each, plus cross-entropy against one prototype an intent; a quarter of the examples get typing mistakes. The result is mixed
with the published weights (Wortsman et al. 2022, "robust fine-tuning"), so that it stays good at other subjects, and stored as
8-bit integers with one scale an output channel. docs/evaluation.md says what it gained.

Neither `make run` nor `make test` needs any of this: they read the stored layers.
"""

import argparse
import hashlib
import random
import time
from pathlib import Path
from typing import Dict, List, Optional, Sequence, Tuple

import numpy as np
import torch
import yaml
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import nn
from torch.nn import functional

ROOT = Path(__file__).resolve().parents[1]
HEADS, SIZE = 12, 32
MAX_TOKENS = 64
INTENTS, EXAMPLES = 32, 4
TEMPERATURE, PROTOTYPE_SCALE, SMOOTHING = 0.07, 20.0, 0.05
NOISY_SHARE, NOISY_WORDS = 0.25, 0.18
# Batches are of examples of like length, so that little is padded.
LENGTHS = ((0, 16), (17, 28), (29, MAX_TOKENS))
KEYBOARD = {
    key: row[max(0, i - 1) : i + 2] for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm") for i, key in enumerate(row)
}  # a key -> itself and its neighbours


class Encoder(nn.Module):
    """BERT with mean pooling; forward: ids, mask (batch x tokens) -> vectors of length 1 (batch x 384)."""

    def __init__(self, weights: Dict[str, torch.Tensor], dropout: float = 0.1) -> None:
        super().__init__()
        self.tensors = nn.ParameterDict(
            {k.replace(".", "|"): nn.Parameter(v.float().clone()) for k, v in weights.items() if v.is_floating_point()}
        )
        self.dropout = dropout
        self.layers = 1 + max(int(k.split(".")[2]) for k in weights if k.startswith("encoder.layer"))

    def tensor(self, name: str) -> torch.Tensor:
        """One tensor by its published name."""
        return self.tensors[name.replace(".", "|")]

    def dense(self, x: torch.Tensor, name: str) -> torch.Tensor:
        """A dense layer."""
        return functional.linear(x, self.tensor(f"{name}.weight"), self.tensor(f"{name}.bias"))

    def norm(self, x: torch.Tensor, name: str) -> torch.Tensor:
        """A layer normalisation."""
        return functional.layer_norm(x, (x.shape[-1],), self.tensor(f"{name}.weight"), self.tensor(f"{name}.bias"), 1e-12)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """See class."""
        batch, tokens = ids.shape
        drop = self.dropout if self.training else 0.0
        x = functional.embedding(ids, self.tensor("embeddings.word_embeddings.weight"))
        x = (
            x
            + self.tensor("embeddings.position_embeddings.weight")[:tokens]
            + self.tensor("embeddings.token_type_embeddings.weight")[0]
        )
        x = functional.dropout(self.norm(x, "embeddings.LayerNorm"), drop)
        seen = mask[:, None, None, :].bool()
        for i in range(self.layers):
            layer = f"encoder.layer.{i}."
            query, key, value = (
                self.dense(x, f"{layer}attention.self.{part}").view(batch, tokens, HEADS, SIZE).transpose(1, 2)
                for part in ("query", "key", "value")
            )
            attended = functional.scaled_dot_product_attention(query, key, value, attn_mask=seen, dropout_p=drop)
            attended = attended.transpose(1, 2).reshape(batch, tokens, HEADS * SIZE)
            x = self.norm(
                x + functional.dropout(self.dense(attended, f"{layer}attention.output.dense"), drop),
                f"{layer}attention.output.LayerNorm",
            )
            inner = functional.gelu(self.dense(x, f"{layer}intermediate.dense"))
            x = self.norm(x + functional.dropout(self.dense(inner, f"{layer}output.dense"), drop), f"{layer}output.LayerNorm")
        weight = mask[..., None].float()
        return functional.normalize((x * weight).sum(1) / weight.sum(1), dim=-1)


def read_examples() -> List[Tuple[str, str]]:
    """(text, intent) of all training examples, in the order of the files."""
    found = []
    for path in sorted((ROOT / "data" / "nlu").glob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            lines = [line[2:].strip() for line in block["examples"].splitlines() if line.startswith("- ")]
            found += [(line, block["intent"]) for line in lines]
    return found


def with_mistakes(text: str) -> str:
    """`text` as it is typed in haste: letters swapped, lost, doubled or missed; often without capitals or punctuation."""
    words = text.split()
    for i, word in enumerate(words):
        if len(word) > 3 and random.random() < NOISY_WORDS:
            letters = list(word)
            j, kind = random.randrange(1, len(letters)), random.random()
            if kind < 0.3 and j < len(letters) - 1:
                letters[j], letters[j + 1] = letters[j + 1], letters[j]
            elif kind < 0.55:
                del letters[j]
            elif kind < 0.75:
                letters.insert(j, letters[j])
            elif letters[j].lower() in KEYBOARD:
                letters[j] = random.choice(KEYBOARD[letters[j].lower()])
            words[i] = "".join(letters)
    text = " ".join(words)
    if random.random() < 0.5:
        text = text.lower()
    if random.random() < 0.4:
        text = "".join(letter for letter in text if letter not in "?.,!'")
    return text


def padded(ids: List[List[int]]) -> Tuple[torch.Tensor, torch.Tensor]:
    """Token ids and attention mask as one batch."""
    longest = max(map(len, ids))
    batch, mask = torch.zeros(len(ids), longest, dtype=torch.long), torch.zeros(len(ids), longest, dtype=torch.long)
    for i, line in enumerate(ids):
        batch[i, : len(line)], mask[i, : len(line)] = torch.tensor(line), 1
    return batch, mask


@torch.no_grad()
def encode(model: Encoder, tokenizer: Tokenizer, texts: List[str]) -> torch.Tensor:
    """Vectors of `texts`, by length so that little is padded."""
    model.eval()
    ids = [line.ids for line in tokenizer.encode_batch(texts)]
    order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
    vectors = torch.zeros(len(ids), HEADS * SIZE)
    for start in range(0, len(order), 64):
        chosen = order[start : start + 64]
        vectors[chosen] = model(*padded([ids[i] for i in chosen]))
    return vectors


def contrastive_loss(vectors: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Supervised contrastive loss: examples of one intent are each other's positives."""
    itself = torch.eye(len(labels), dtype=torch.bool)
    similar = (vectors @ vectors.T / TEMPERATURE).masked_fill(itself, -1e9)
    positive = (labels[:, None] == labels[None]) & ~itself
    likely = similar - torch.logsumexp(similar, 1, keepdim=True)
    count = positive.sum(1)
    return (-(likely * positive).sum(1)[count > 0] / count[count > 0]).mean()


def pools_by_length(lengths: np.ndarray, labels: np.ndarray) -> Tuple[List[Dict[int, List[int]]], List[int]]:
    """For each range of LENGTHS: intent -> its examples (two at least); and how many examples each range has."""
    pools, sizes = [], []
    for shortest, longest in LENGTHS:
        within = np.where((lengths >= shortest) & (lengths <= longest))[0]
        pool: Dict[int, List[int]] = {}
        for i in within:
            pool.setdefault(int(labels[i]), []).append(int(i))
        pools.append({label: found for label, found in pool.items() if len(found) >= 2})
        sizes.append(len(within))
    return pools, sizes


def draw(pool: Dict[int, List[int]]) -> List[int]:
    """One batch: intents by the square root of their size, EXAMPLES of each."""
    labels = list(pool)
    weights = [len(pool[label]) ** 0.5 for label in labels]
    chosen: set = set()
    while len(chosen) < min(INTENTS, len(labels)):
        chosen.add(random.choices(labels, weights=weights)[0])
    return [i for label in chosen for i in random.sample(pool[label], min(EXAMPLES, len(pool[label])))]


def set_rates(optimizer: torch.optim.Optimizer, full: Sequence[float], step: int, steps: int) -> None:
    """Learning rates at a step: rising over the first tenth, then falling."""
    now = min(1.0, (step + 1) / (0.1 * steps)) * max(0.02, 1 - step / steps)
    for group, rate in zip(optimizer.param_groups, full):
        group["lr"] = rate * now


def learn(optimizer: torch.optim.Optimizer, model: nn.Module, loss: torch.Tensor) -> None:
    """One step down the gradient of `loss`."""
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()


def tune(published: Dict[str, torch.Tensor], tokenizer: Tokenizer, epochs: float, rate: float) -> Encoder:
    """The encoder after training on all examples."""
    examples = read_examples()
    texts = [text for text, _ in examples]
    intents = sorted({intent for _, intent in examples})
    labels = np.array([intents.index(intent) for _, intent in examples])
    pools, sizes = pools_by_length(np.array([len(tokenizer.encode(text).ids) for text in texts]), labels)
    model, prototypes = Encoder(published), nn.Linear(HEADS * SIZE, len(intents), bias=False)
    nn.init.normal_(prototypes.weight, std=0.05)
    start = encode(model, tokenizer, texts)
    with torch.no_grad():
        for label in range(len(intents)):
            prototypes.weight[label] = functional.normalize(start[labels == label].mean(0), dim=0)
    layers = {name: p for name, p in model.named_parameters() if "embeddings" not in name}
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(name in layers)
    optimizer = torch.optim.AdamW(
        [
            {"params": [p for p in layers.values() if p.ndim >= 2], "weight_decay": 0.01},
            {"params": [p for p in layers.values() if p.ndim < 2], "weight_decay": 0.0},
            {"params": prototypes.parameters(), "lr": rate * 20, "weight_decay": 0.0},
        ],
        lr=rate,
    )
    rates = [group["lr"] for group in optimizer.param_groups]
    steps, begun = int(epochs * len(texts) / (INTENTS * EXAMPLES)), time.time()
    model.train()
    for step in range(steps):
        set_rates(optimizer, rates, step, steps)
        batch = draw(random.choices(pools, weights=sizes)[0])
        typed = [with_mistakes(texts[i]) if random.random() < NOISY_SHARE else texts[i] for i in batch]
        vectors = model(*padded([line.ids for line in tokenizer.encode_batch(typed)]))
        wanted = torch.tensor(labels[batch])
        guessed = vectors @ functional.normalize(prototypes.weight, dim=-1).T * PROTOTYPE_SCALE
        loss = contrastive_loss(vectors, wanted) + functional.cross_entropy(guessed, wanted, label_smoothing=SMOOTHING)
        learn(optimizer, model, loss)
        if step % 20 == 0:
            print(f"step {step} of {steps}: loss {loss.item():.3f}, {time.time() - begun:.0f} s", flush=True)
    return model


def stored_layers(model: Encoder, published: Dict[str, torch.Tensor], mix: float) -> Dict[str, torch.Tensor]:
    """The layers: `mix` of the tuned weights, the rest published; matrices as int8 with one scale an output channel."""
    stored: Dict[str, torch.Tensor] = {}
    for name, before in published.items():
        if not name.startswith("encoder.layer"):
            continue
        value = (1 - mix) * before.float() + mix * model.tensor(name).detach()
        if value.ndim == 2:
            scale = value.abs().amax(dim=1, keepdim=True) / 127
            stored[name] = torch.round(value / scale).to(torch.int8)
            stored[f"{name}.scale"] = scale[:, 0].contiguous()
        else:
            stored[name] = value.contiguous()
    return stored


def save(tensors: Dict[str, torch.Tensor], out: Path, metadata: Optional[Dict[str, str]] = None) -> None:
    """Write `tensors` and print the checksum that belongs in assistant/nlu/encoder_graph.py."""
    save_file(tensors, str(out), metadata=metadata)
    print(f"{out}: {out.stat().st_size / 1e6:.1f} MB, SHA-256 {hashlib.sha256(out.read_bytes()).hexdigest()}")


def options_of(description: str) -> argparse.ArgumentParser:
    """A command line with the options that every tuning has."""
    parser = argparse.ArgumentParser(description=description.split("\n")[0])
    parser.add_argument(
        "--weights", type=Path, required=True, help="folder with the published model.safetensors and tokenizer.json"
    )
    parser.add_argument("--out", type=Path, required=True)
    return parser


def prepared(options: argparse.Namespace, max_tokens: int) -> Tuple[Dict[str, torch.Tensor], Tokenizer]:
    """The published weights and the tokenizer in `options.weights`; chance begins at `options.seed`."""
    random.seed(options.seed)
    torch.manual_seed(options.seed)
    tokenizer = Tokenizer.from_file(str(options.weights / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_tokens)
    return load_file(options.weights / "model.safetensors"), tokenizer


def main() -> None:
    """Tune, mix, store; prints the checksum that belongs in assistant/nlu/encoder_graph.py."""
    parser = options_of(__doc__)
    parser.add_argument("--epochs", type=float, default=2.5)
    parser.add_argument("--rate", type=float, default=6e-5)
    parser.add_argument("--mix", type=float, default=0.5)
    parser.add_argument("--seed", type=int, default=2)
    options = parser.parse_args()
    published, tokenizer = prepared(options, MAX_TOKENS)
    model = tune(published, tokenizer, options.epochs, options.rate)
    save(stored_layers(model, published, options.mix), options.out)


if __name__ == "__main__":
    main()
