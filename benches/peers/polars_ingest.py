"""Polars: decodes, types and checks with expressions, writes Parquet. Usage: FILE MANIFEST OUT BOX"""

import json
import os
import sys

import polars as pl

import contract


def typed(column: contract.Column) -> pl.Expr:
    value = pl.col(column.source)
    if column.type in ("text", "code"):
        stripped = value.str.strip_chars()
        return pl.when(stripped == "").then(None).otherwise(stripped)
    if column.type == "boolean":
        return value.replace_strict({"Y": True, "N": False}, default=None, return_dtype=pl.Boolean)
    if column.type in ("integer", "year"):
        return value.cast(pl.Int64, strict=False)
    if column.type == "decimal":
        return value.cast(pl.Decimal(38, 2), strict=False)
    if column.type == "number":
        return value.cast(pl.Float64, strict=False)
    form = column.forms[0] if column.forms else ("%Y-%m-%d" if column.type == "date" else "%Y-%m-%d %H:%M:%S")
    return value.str.strptime(pl.Date if column.type == "date" else pl.Datetime("us"), form, strict=False)


def bound(column: contract.Column, value):
    if isinstance(value, str):
        return pl.lit(value).str.strptime(pl.Date if column.type == "date" else pl.Datetime("us"))
    return value


def main() -> None:
    source, manifest, out, box = sys.argv[1:5]
    rules = contract.read(manifest, tuple(float(part) for part in box.split(",")))
    os.makedirs(out, exist_ok=True)
    with open(source, "rb") as file:
        text = file.read().decode("cp949", errors="replace").encode()
    width = len(rules.columns)
    lines = text.count(b"\n")
    raw = pl.read_csv(text, has_header=True, infer_schema=False, truncate_ragged_lines=True)
    del text
    frame = raw.select([typed(column).alias(column.name) for column in rules.columns])
    good = pl.lit(True)
    for column in rules.columns:
        value = pl.col(column.name)
        if column.type not in ("text", "code"):
            came = raw[column.source]
            good = good & (pl.lit(came.is_null() | (came == "")) | value.is_not_null())
        if column.required:
            good = good & value.is_not_null()
        if column.codes:
            good = good & value.is_in(column.codes).fill_null(True)
        if column.least is not None:
            good = good & (value >= bound(column, column.least)).fill_null(True)
        if column.most is not None:
            good = good & (value <= bound(column, column.most)).fill_null(True)
    if rules.box:
        west, south, east, north = rules.box
        good = good & (pl.col(rules.x).is_between(west, east) & pl.col(rules.y).is_between(south, north)).fill_null(True)
    frame = frame.with_columns(good.alias("_good"))
    aside = frame.filter(~pl.col("_good"))
    frame = frame.filter(pl.col("_good"))
    for key in ([rules.key] if rules.key else []) + [[c.name] for c in rules.columns if c.unique]:
        first = frame.select(pl.struct(key).is_first_distinct()).to_series()
        if not first.all():
            aside = pl.concat([aside, frame.filter(~first)])
            frame = frame.filter(first)
    frame.drop("_good").write_parquet(os.path.join(out, "accepted.parquet"), compression="zstd", compression_level=1)
    aside.write_parquet(os.path.join(out, "set_aside.parquet"))
    print(json.dumps({"accepted": frame.height, "set_aside": aside.height, "lines": lines, "width": width}))


main()
