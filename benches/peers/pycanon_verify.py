"""pycanon: which k a file holds.

Usage: pycanon_verify.py FILE COLUMNS
The last line it prints is one JSON object: seconds, k, version.
"""

import json
import sys
import time
from importlib.metadata import version

import pandas as pd
from pycanon import anonymity


def main() -> None:
    file, columns = sys.argv[1:3]
    data = pd.read_csv(file, sep=";", dtype=str, keep_default_na=False)
    started = time.monotonic()
    k = anonymity.k_anonymity(data, columns.split(","))
    seconds = time.monotonic() - started
    print(json.dumps({"tool": f"pycanon {version('pycanon')}", "seconds": seconds, "k": int(k)}))


main()
