"""Make a dictionary that stored items are compressed with: ``python -m benchmarks.scale.dictionary FOLDER FILE``.

FOLDER is what ``python -m benchmarks.scale --samples FOLDER`` wrote. A dictionary in use is never changed, for items
are read with the one that they were written with; a better one gets a number of its own.
"""

import re
import sys
import zlib
from collections.abc import Sequence
from pathlib import Path

from infra.local.cloud import EmbeddedCloud
from kwit.aws.codec import encode
from kwit.aws.run_store import DynamoRuns
from kwit.aws.table import Table
from kwit.documents.document import Document

SIZE = 27_000
"""Deflate looks back 32 KB; what is packed takes its part of them."""
_UNIT = 1024
_KEYS = 180
"""Bytes of an item beside what is packed: keys, names, number or hash."""
_HASHES = re.compile(rb"[0-9a-f]{24,64}")
_TRIED = 40


def write_samples(cloud: EmbeddedCloud, documents: Sequence[Document], folder: Path) -> None:
    """Write documents and the drafts that they were, each as it is stored, before it is compressed."""
    folder.mkdir(parents=True, exist_ok=True)
    runs = DynamoRuns(Table(cloud.client("dynamodb"), cloud.outputs["BillingTableName"]))
    for document in documents:
        (folder / f"{document.document_id}-document.json").write_bytes(encode(document))
        name = (document.chunk, document.document_id, document.content_hash)
        for draft in runs.drafts_of(document.run_id, [name]):
            (folder / f"{document.document_id}-draft.json").write_bytes(encode(draft))


def dictionary_of(samples: Sequence[bytes], *, size: int = SIZE) -> bytes:
    """Make a dictionary of whole samples without their hashes: each the one that most shortens what is packed so far.

    The one chosen first stands last, where it is found with the fewest bits.
    """
    texts = [_HASHES.sub(b"", sample) for sample in samples]
    step = max(len(texts) // _TRIED, 1)
    candidates, measured = texts[::step], samples[step // 2 :: step]
    made = b""
    while fitting := [one for one in candidates if len(one) + len(made) <= size]:
        made = min(fitting, key=lambda one: _cost(measured, one + made)) + made
    return made


def _cost(samples: Sequence[bytes], dictionary: bytes) -> tuple[int, int]:
    sizes = [len(_packed(one, dictionary)) for one in samples]
    return sum(-(-(size + _KEYS) // _UNIT) for size in sizes), sum(sizes)


def main() -> None:
    """Make it of two thirds of the samples and tell what it does for the others."""
    folder, file = Path(sys.argv[1]), Path(sys.argv[2])
    samples = [path.read_bytes() for path in sorted(folder.glob("*.json"))]
    made = dictionary_of(samples[: len(samples) * 2 // 3])
    file.write_bytes(made)
    others = samples[len(samples) * 2 // 3 :]
    print(f"{len(made)} bytes of {len(samples)} samples, CRC {zlib.crc32(made):08x}")
    plain = sorted(len(zlib.compress(one, 6)) for one in others)
    packed = sorted(len(_packed(one, made)) for one in others)
    for name, sizes in (("without", plain), ("with", packed)):
        over = sum(-(-(size + _KEYS) // _UNIT) for size in sizes) / len(sizes)
        print(
            f"{name}: median {sizes[len(sizes) // 2]}, largest {sizes[-1]} bytes, {over:.2f} write units each"
        )


def _packed(data: bytes, dictionary: bytes) -> bytes:
    compressor = zlib.compressobj(6, zdict=dictionary)
    return compressor.compress(data) + compressor.flush()


if __name__ == "__main__":
    main()
