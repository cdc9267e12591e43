"""anjana: k-anonymity by its own way (the column with most values is generalised next), with the same hierarchies.

Usage: anjana_anonymise.py FILE FOLDER COLUMNS K PERCENT OUT
The last line it prints is one JSON object: seconds, rows left, levels, version.
"""

import json
import sys
import time
from importlib.metadata import version
from pathlib import Path

import pandas as pd
from anjana.anonymity import k_anonymity


def hierarchy(folder: Path, column: str) -> dict:
    exact = folder / f"{column}.csv"
    path = exact if exact.is_file() else next(folder.glob(f"*_{column}.csv"))
    return dict(pd.read_csv(path, sep=";", header=None, dtype=str))


def main() -> None:
    file, folder, columns, k, percent, out = sys.argv[1:7]
    quasi = columns.split(",")
    data = pd.read_csv(file, sep=";", dtype=str, keep_default_na=False)
    trees = {column: hierarchy(Path(folder), column) for column in quasi}
    started = time.monotonic()
    released = k_anonymity(data, [], quasi, int(k), float(percent), trees)
    seconds = time.monotonic() - started
    released.to_csv(out, sep=";", index=False)
    levels = ""
    for column in quasi:
        values = set(released[column]) if len(released) else set()
        fits = [level for level in trees[column] if values <= set(trees[column][level])]
        levels += str(fits[0]) if fits else "?"
    print(json.dumps({"tool": f"anjana {version('anjana')}", "seconds": seconds, "rows": len(released), "levels": levels}))


main()
