"""The floor: only decoding the photos of a folder, as `facecluster group` decodes them.

    python -m benchmarks.speed.decode FOLDER

With the functions and at the scale that the product uses, in as many threads. Prints the seconds of
decoding alone, without starting Python and loading packages, as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from facecluster.base.machine import cores
from facecluster.config import ScanConfig
from facecluster.errors import PhotoError
from facecluster.photos.read import decode, load
from facecluster.photos.scan import scan
from facecluster.reading import DECODED_SIZE
from facecluster.records import PhotoFile


def decode_all(root: Path) -> float:
    """Seconds for all photos under `root`; one that cannot be read costs what it costs."""
    files = scan(root, ScanConfig()).files

    def one(file: PhotoFile) -> None:
        with suppress(PhotoError):
            decode(load(root / file.path), DECODED_SIZE)

    start = time.perf_counter()
    with ThreadPoolExecutor(cores()) as pool:
        list(pool.map(one, files))
    return time.perf_counter() - start


def main() -> int:
    print(json.dumps(decode_all(Path(sys.argv[1]))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
