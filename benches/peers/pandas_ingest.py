"""pandas: reads CP949, types and checks with vectors, writes Parquet. Usage: FILE MANIFEST OUT BOX"""

import json
import os
import sys

import pandas as pd

import contract


def typed(column: contract.Column, came: pd.Series) -> pd.Series:
    if column.type in ("text", "code"):
        return came
    if column.type == "boolean":
        return came.map({"Y": True, "N": False})
    if column.type in ("integer", "year"):
        return pd.to_numeric(came, errors="coerce")
    if column.type in ("decimal", "number"):
        return pd.to_numeric(came, errors="coerce")
    form = column.forms[0] if column.forms else ("%Y-%m-%d" if column.type == "date" else "%Y-%m-%d %H:%M:%S")
    return pd.to_datetime(came, format=form, errors="coerce")


def main() -> None:
    source, manifest, out, box = sys.argv[1:5]
    rules = contract.read(manifest, tuple(float(part) for part in box.split(",")))
    os.makedirs(out, exist_ok=True)
    bad_lines = []
    raw = pd.read_csv(source, encoding="cp949", encoding_errors="replace", dtype=str, keep_default_na=False, na_values=[""], on_bad_lines="skip")
    frame = pd.DataFrame({column.name: typed(column, raw[column.source]) for column in rules.columns})
    good = pd.Series(True, index=frame.index)
    for column in rules.columns:
        value = frame[column.name]
        absent = value.isna()
        if column.type not in ("text", "code"):
            good &= raw[column.source].isna() | ~absent
        if column.required:
            good &= ~absent
        if column.codes:
            good &= absent | value.isin(column.codes)
        low = pd.Timestamp(column.least) if isinstance(column.least, str) else column.least
        high = pd.Timestamp(column.most) if isinstance(column.most, str) else column.most
        if low is not None:
            good &= absent | (value >= low)
        if high is not None:
            good &= absent | (value <= high)
    if rules.box:
        west, south, east, north = rules.box
        x, y = frame[rules.x], frame[rules.y]
        good &= x.isna() | y.isna() | (x.between(west, east) & y.between(south, north))
    aside = frame[~good]
    frame = frame[good]
    for key in ([rules.key] if rules.key else []) + [[c.name] for c in rules.columns if c.unique]:
        twice = frame.duplicated(key, keep="first")
        if twice.any():
            aside = pd.concat([aside, frame[twice]])
            frame = frame[~twice]
    frame.to_parquet(os.path.join(out, "accepted.parquet"), compression="zstd", index=False)
    aside.to_parquet(os.path.join(out, "set_aside.parquet"), index=False)
    print(json.dumps({"accepted": len(frame), "set_aside": len(aside) + len(bad_lines)}))


main()
