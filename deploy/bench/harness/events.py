"""Lines that look like events of a shop, for those who have no file of real ones."""

from __future__ import annotations

import json
import random
from pathlib import Path

SEED = 1
LINES = 14_000
KINDS = ("order.placed", "order.paid", "cart.changed", "page.viewed", "parcel.sent")
WORDS = (
    "blue",
    "small",
    "wooden",
    "lamp",
    "chair",
    "table",
    "garden",
    "winter",
    "kitchen",
    "oak",
    "linen",
    "glass",
)


def write(file: Path) -> None:
    source = random.Random(SEED)
    lines = (json.dumps(_event(source, number), separators=(",", ":")) for number in range(LINES))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(lines) + "\n")


def _event(source: random.Random, number: int) -> dict[str, object]:
    user = source.randrange(5000)
    return {
        "id": f"{source.getrandbits(128):032x}",
        "sequence": number,
        "time": 1_767_225_600_000 + 37 * number,
        "type": source.choice(KINDS),
        "user": {"id": user, "name": f"user-{user}", "session": f"{source.getrandbits(64):016x}"},
        "items": [_item(source) for _ in range(source.randint(1, 6))],
        "agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        "path": "/" + "/".join(source.sample(WORDS, 3)),
    }


def _item(source: random.Random) -> dict[str, object]:
    name = " ".join(source.sample(WORDS, 3))
    return {
        "sku": source.randrange(100_000),
        "name": name,
        "price": source.randrange(100, 99_999),
        "count": source.randint(1, 4),
    }
