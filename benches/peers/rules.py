"""The rules of a dataset manifest as the checking peers need them, and what a peer says at its end."""

import json
import time
import tomllib
from dataclasses import dataclass, field


@dataclass
class Rule:
    """One rule; `name` is what all programs call it by."""

    name: str
    check: str
    column: str
    others: list[str] = field(default_factory=list)
    what: object = None


@dataclass
class Table:
    columns: dict[str, str]
    rules: list[Rule]


def read(folder: str) -> Table:
    with open(f"{folder}/manifest.toml", "rb") as file:
        data = tomllib.load(file)
    offices = open(f"{folder}/offices.txt").read().split()
    rules = [Rule(f"unique {name}", "unique", name) for name in data["load"]["key"]]
    for column in data["columns"]:
        for check in column.get("checks", []):
            word, what = (check, None) if isinstance(check, str) else next(iter(check.items()))
            rules.append(Rule(f"{word} {column['name']}", word, column["name"], [], offices if word == "refers-to" else what))
    for check in data.get("checks", []):
        word, what = next(iter(check.items()))
        if word == "date-order":
            rules.append(Rule(f"{word} {' '.join(what)}", word, what[0], what[1:]))
        elif word == "sum-equals":
            rules.append(Rule(f"{word} {what['total']}", word, what["total"], what["parts"]))
        else:
            raise SystemExit(f"the peers do not know check {word}")
    return Table({column["name"]: column["type"] for column in data["columns"]}, rules)


class Said:
    """What the peer found, and how long it took."""

    def __init__(self, tool: str, rows: int):
        self.tool, self.rows, self.seconds, self.found, self.cannot = tool, rows, [], {}, {}

    def measure(self, runs: int, work) -> None:
        """`work` answers with the failing values by rule."""
        for _ in range(runs):
            began = time.perf_counter()
            self.found = work()
            self.seconds.append(time.perf_counter() - began)

    def end(self) -> None:
        print(json.dumps({"tool": self.tool, "rows": self.rows, "seconds": self.seconds, "rules": self.found, "cannot": self.cannot}))
