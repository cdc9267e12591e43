"""DuckDB: the questions of a board over Parquet files. Usage: PLAN.json with `files`, a folder, and `questions`."""

import json
import os
import sys
import time

import duckdb


def main() -> None:
    plan = json.load(open(sys.argv[1]))
    files = sorted(os.path.join(plan["files"], name) for name in os.listdir(plan["files"]) if name.endswith(".parquet"))
    started = time.monotonic()
    base = duckdb.connect()
    base.execute(f"CREATE VIEW living AS SELECT * FROM read_parquet({files!r})")
    rows = [len(base.execute(question).fetchall()) for question in plan["questions"]]
    print(json.dumps({"seconds": time.monotonic() - started, "rows": rows}))


main()
