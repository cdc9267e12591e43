"""The contract of a dataset manifest, as the peers need it."""

import tomllib
from dataclasses import dataclass, field


@dataclass
class Column:
    name: str
    source: str
    type: str
    required: bool = False
    unique: bool = False
    codes: list[str] = field(default_factory=list)
    least: float | str | None = None
    most: float | str | None = None
    forms: list[str] = field(default_factory=list)


@dataclass
class Contract:
    columns: list[Column]
    key: list[str]
    x: str | None
    y: str | None
    box: tuple[float, float, float, float] | None


def read(manifest: str, box: tuple[float, float, float, float]) -> Contract:
    """Reads a manifest; `box` is west, south, east, north of the city."""
    with open(manifest, "rb") as file:
        data = tomllib.load(file)
    key = data.get("load", {}).get("key", [])
    columns = []
    for each in data["columns"]:
        column = Column(each["name"], each.get("source", each["title"]), each["type"], forms=each.get("forms", []))
        column.required = column.name in key
        for check in each.get("checks", []):
            if check == "required":
                column.required = True
            elif check == "unique":
                column.unique = True
            elif "in" in check:
                column.codes = check["in"]
            elif "range" in check:
                column.least, column.most = check["range"].get("min"), check["range"].get("max")
            else:
                raise SystemExit(f"the peers do not know check {check}")
        columns.append(column)
    place = data.get("place", {})
    inside = any("inside" in check for check in data.get("checks", []) if isinstance(check, dict))
    return Contract(columns, key, place.get("x"), place.get("y"), box if inside else None)
