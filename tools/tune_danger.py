"""Tunes the danger reader, the third look of the safety screen; run by hand, in the environment of tools/tune_encoder.py.

    /tmp/tuning/bin/python tools/tune_danger.py --weights <folder of the packaged model> --out assistant/nlu/danger_layers.safetensors

What it does: all-MiniLM-L6-v2 (embeddings as published) learns, end to end, to tell the seven dangers and calm apart: cross-entropy over a
linear layer on the sentence vector. Each batch holds dangers, messages that only sound dangerous (data/safety/calm.yml, and examples of the
topics next to dangers), and any other examples. Some get typing mistakes, and some are joined with calm sentences, so that a danger in the
middle of a question about the price is still one. The layers are stored as 8-bit integers with one scale an output channel, the linear
layer beside them. docs/safety.md says what it gained.

Neither `make run` nor `make test` needs any of this: they read the stored layers.
"""

import random
import time
from pathlib import Path
from typing import Dict, List, Tuple

import torch
import yaml
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import nn
from torch.nn import functional
from tune_encoder import Encoder, learn, options_of, padded, prepared, save, set_rates, stored_layers, with_mistakes

ROOT = Path(__file__).resolve().parents[1]
CALM = "calm"
DANGERS = (
    "crisis_self_harm", "emergency_chest_or_collapse", "emergency_headache", "emergency_reaction", "emergency_stroke", "overdose",
    "urgent_same_day",
)  # fmt: skip
LABELS = (CALM, *DANGERS)
# Topics whose messages are nearest to a danger.
NEAR = (
    "ask_when_to_go_to_er", "ask_serious_risks", "ask_aura_or_stroke", "ask_condition", "having_an_attack", "ask_when_to_call",
    "ask_attack_over_three_days", "ask_medication_overuse", "ask_dose", "ask_side_effects", "ask_vomiting_or_cannot_take_pills",
    "ask_general_safety", "ask_sensations", "ask_aftercare", "ask_personal_diagnosis", "ask_pain_and_needles", "outside_medical",
    "ask_medicine_interactions", "ask_personal_treatment_choice", "abuse", "getting_help",
)  # fmt: skip
# People who say that they have a migraine, in strong words, and tell of no danger.
ATTACK = "having_an_attack"
# Voices whose writers were asked for messages that only sound dangerous.
SOUNDING = (
    "nightshift", "falsealarm", "carers", "sideways", "longhand", "nearmiss", "everyday", "boardtalk", "doorbell", "abroad", "border",
    "hasty", "buried", "lists", "chatter", "regulars", "indirectly", "plainly",
    "aching", "politely", "smallthings", "bluntly", "askingnow", "askingnow2", "sidelong", "harmless",
    "helped", "notthat", "colourful", "background",
)  # fmt: skip
MAX_TOKENS = 96
BATCH_DANGERS, BATCH_NEAR, BATCH_ANY = 14, 12, 6
# Of the near ones: what only sounds dangerous, topics near to a danger, ordinary attacks.
NEAR_SHARES = (0.5, 0.3, 0.2)
# So many batches are drawn at once.
BATCHES = 8
# The lowest layers stay as published: how words are read is the same in danger.
FROZEN_LAYERS = 2
NOISY_SHARE, JOINED_SHARE = 0.3, 0.25
SCALE = 16.0


def read_marked(path: Path, key: str) -> List[Tuple[str, str, str]]:
    """(text, intent or nothing, voice) of all examples of a file whose blocks stand under `key`."""
    return [
        (line[2:].strip(), block.get("intent", ""), block["metadata"]["voice"])
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))[key]
        for line in block["examples"].splitlines()
        if line.startswith("- ")
    ]


class Pools:
    """The examples of a run, by what they are."""

    def __init__(self) -> None:
        data = ROOT / "data"
        examples = [one for path in sorted((data / "nlu").glob("*.yml")) for one in read_marked(path, "nlu")]
        calm = [one for one in examples if one[1] not in DANGERS]
        self.dangers: Dict[str, List[str]] = {danger: [t for t, intent, _ in examples if intent == danger] for danger in DANGERS}
        self.sounding = [t for t, _, _ in read_marked(data / "safety" / "calm.yml", "calm")]
        self.sounding += [t for t, _, voice in calm if voice in SOUNDING]
        self.near = [t for t, intent, _ in calm if intent in NEAR]
        self.attacks = [t for t, intent, _ in calm if intent == ATTACK]
        self.any = [t for t, _, _ in calm]
        counts = {danger: len(texts) for danger, texts in self.dangers.items()}
        print(
            f"{counts}, {len(self.sounding)} that only sound dangerous, {len(self.near)} near, {len(self.any)} in all", flush=True
        )

    def batches(self) -> List[List[Tuple[str, int]]]:
        """Several batches of texts with their labels (index in LABELS), each of texts of like length, so that little is padded."""
        chosen = [(random.choice(self.dangers[d]), d) for d in random.choices(DANGERS, k=BATCHES * BATCH_DANGERS)]
        chosen += [
            (random.choice(random.choices((self.sounding, self.near, self.attacks), NEAR_SHARES)[0]), CALM)
            for _ in range(BATCHES * BATCH_NEAR)
        ]
        chosen += [(random.choice(self.any), CALM) for _ in range(BATCHES * BATCH_ANY)]
        typed = sorted(((self._as_typed(text), LABELS.index(label)) for text, label in chosen), key=lambda one: len(one[0]))
        size = len(typed) // BATCHES
        batches = [typed[i * size : (i + 1) * size] for i in range(BATCHES)]
        random.shuffle(batches)
        return batches

    def _as_typed(self, text: str) -> str:
        if random.random() < JOINED_SHARE:
            beside = [random.choice(self.any) for _ in range(random.choice((1, 1, 2)))]
            parts = [text, *beside]
            random.shuffle(parts)
            text = random.choice((" ", ". ", ", ", " and ", "\n", " also ")).join(parts)
        return with_mistakes(text) if random.random() < NOISY_SHARE else text


class DangerReader(nn.Module):
    """The encoder and a linear layer over its vectors; forward: ids, mask -> scores (batch x LABELS)."""

    def __init__(self, published: Dict[str, torch.Tensor]) -> None:
        super().__init__()
        self.encoder = Encoder(published)
        self.head = nn.Linear(384, len(LABELS))
        nn.init.normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """See class."""
        return SCALE * self.head(self.encoder(ids, mask))


def _is_tuned(name: str) -> bool:
    return any(f"encoder.layer.{i}." in name for i in range(FROZEN_LAYERS, 6))


def begin_at(path: Path, published: Dict[str, torch.Tensor]) -> DangerReader:
    """The danger reader as it was stored before."""
    stored = load_file(path)
    scales = {name: stored.pop(f"{name}.scale")[:, None] for name in list(stored) if f"{name}.scale" in stored}
    layers = {name: value.float() * scales.get(name, 1.0) for name, value in stored.items()}
    model = DangerReader({**published, **{name: value for name, value in layers.items() if not name.startswith("head.")}})
    model.head.weight.data = layers["head.weight"] / SCALE
    model.head.bias.data = layers["head.bias"] / SCALE
    return model


def tune(model: DangerReader, pools: Pools, tokenizer: Tokenizer, steps: int, rate: float) -> DangerReader:
    """The danger reader after training."""
    for name, parameter in model.encoder.named_parameters():
        parameter.requires_grad_(_is_tuned(name.replace("|", ".")))
    layers = [p for p in model.encoder.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(
        [{"params": layers, "weight_decay": 0.01}, {"params": model.head.parameters(), "lr": rate * 20, "weight_decay": 0.0}],
        lr=rate,
    )
    rates = [group["lr"] for group in optimizer.param_groups]
    begun = time.time()
    model.train()
    batches: List[List[Tuple[str, int]]] = []
    for step in range(steps):
        set_rates(optimizer, rates, step, steps)
        batches = batches or pools.batches()
        batch = batches.pop()
        guessed = model(*padded([line.ids for line in tokenizer.encode_batch([text for text, _ in batch])]))
        loss = functional.cross_entropy(guessed, torch.tensor([label for _, label in batch]), label_smoothing=0.03)
        learn(optimizer, model, loss)
        if step % 50 == 0:
            print(f"step {step} of {steps}: loss {loss.item():.3f}, {time.time() - begun:.0f} s", flush=True)
    return model


def store(model: DangerReader, published: Dict[str, torch.Tensor], out: Path) -> None:
    """Write the layers and the linear layer."""
    stored = {name: value for name, value in stored_layers(model.encoder, published, mix=1.0).items() if _is_tuned(name)}
    stored["head.weight"] = (SCALE * model.head.weight.detach()).contiguous()
    stored["head.bias"] = (SCALE * model.head.bias.detach()).contiguous()
    save(stored, out, {"labels": ",".join(LABELS)})


def main() -> None:
    """Tune and store; prints the checksum that belongs in assistant/nlu/encoder_graph.py."""
    parser = options_of(__doc__)
    parser.add_argument("--steps", type=int, default=2200)
    parser.add_argument("--rate", type=float, default=8e-5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--begin-at", type=Path, help="stored layers to go on from, when examples were added; fewer steps do then"
    )
    options = parser.parse_args()
    published, tokenizer = prepared(options, MAX_TOKENS)
    model = begin_at(options.begin_at, published) if options.begin_at else DangerReader(published)
    store(tune(model, Pools(), tokenizer, options.steps, options.rate), published, options.out)


if __name__ == "__main__":
    main()
