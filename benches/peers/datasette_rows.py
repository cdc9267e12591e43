"""The rows of a CP949 file as a Datasette user has them: typed columns in SQLite, indexes on what is filtered by.

Usage: FILE MANIFEST OUT COLUMN,COLUMN,...   makes OUT/bench.db (with indexes), OUT/plain.db (without), and
OUT/values.json: values of those columns, drawn from the rows with a fixed seed.
"""

import csv
import json
import os
import random
import shutil
import sqlite3
import sys

import contract

# SQLite's affinity turns the texts of a CSV into numbers while it inserts them.
TYPES = {"integer": "INTEGER", "year": "INTEGER", "decimal": "REAL", "number": "REAL"}


def main() -> None:
    source, manifest, out, indexed = sys.argv[1:5]
    rules = contract.read(manifest, (0, 0, 0, 0))
    shutil.rmtree(out, ignore_errors=True)
    os.makedirs(out)
    plain, path = os.path.join(out, "plain.db"), os.path.join(out, "bench.db")
    base = sqlite3.connect(plain, isolation_level=None)
    # The file is made anew whenever this fails, so nothing has to survive a power cut.
    base.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA page_size = 4096;")
    columns = ", ".join(f'"{column.name}" {TYPES.get(column.type, "TEXT")}' for column in rules.columns)
    base.execute(f"CREATE TABLE data ({columns})")
    marks = ", ".join(["nullif(?, '')"] * len(rules.columns))
    with open(source, encoding="cp949", newline="") as file:
        lines = csv.reader(file)
        place = next(lines)
        order = [place.index(column.source) for column in rules.columns]
        rows = lines if order == list(range(len(place))) else ([row[at] for at in order] for row in lines)
        base.execute("BEGIN")
        base.executemany(f"INSERT INTO data VALUES ({marks})", rows)
        base.execute("COMMIT")
    base.close()
    shutil.copyfile(plain, path)
    base = sqlite3.connect(path)
    for column in indexed.split(","):
        base.execute(f'CREATE INDEX "by_{column}" ON data ("{column}")')
    base.execute("ANALYZE")
    base.commit()
    count = base.execute("SELECT count(*) FROM data").fetchone()[0]
    drawn = random.Random(7).sample(range(1, count + 1), min(count, 5000))
    values = {}
    for column in indexed.split(","):
        found = (base.execute(f'SELECT "{column}" FROM data WHERE rowid = ?', (row,)).fetchone()[0] for row in drawn)
        values[column] = list(dict.fromkeys(value for value in found if value is not None))[:500]
    with open(os.path.join(out, "values.json"), "w", encoding="utf-8") as file:
        json.dump(values, file, ensure_ascii=False)
    base.close()
    print(f'{{"rows": {count}}}')


main()
