"""Runs commands in turn and reports the whole process: wall, processor seconds, peak memory.

Usage: measure.py RUNS PLAN.json   where PLAN is [{"name": ..., "command": [...], "clean": [paths]}]
Prints one JSON object: {name: {"wall_s": [...], "cpu_s": [...], "peak_mib": [...], "written_mib": [...], "said": last line}}
"""

import json
import os
import shutil
import subprocess
import sys
import time


def once(step: dict) -> tuple[float, float, float, float, str]:
    for path in step.get("clean", []):
        shutil.rmtree(path, ignore_errors=True)
    os.sync()
    started = time.monotonic()
    child = subprocess.Popen(step["command"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    said = child.stdout.read().decode().strip().splitlines()
    error = child.stderr.read().decode()
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.monotonic() - started
    if os.waitstatus_to_exitcode(status) not in step.get("good", [0]):
        raise SystemExit(f"{step['name']} failed: {error[-2000:]}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, usage.ru_oublock / 2048, said[-1] if said else ""


def main() -> None:
    runs, plan = int(sys.argv[1]), json.load(open(sys.argv[2]))
    result = {step["name"]: {"wall_s": [], "cpu_s": [], "peak_mib": [], "written_mib": [], "said": ""} for step in plan}
    for turn in range(runs + 1):
        for step in plan:
            if turn > 0 and step.get("runs", runs) < turn:
                continue
            if turn == 0 and step.get("no_warm_up"):
                continue
            wall, cpu, peak, written, said = once(step)
            print(f"  {'warm-up' if turn == 0 else turn}: {step['name']}: {wall:.2f} s, {cpu:.2f} s of processor, {peak:.0f} MiB", file=sys.stderr)
            if turn > 0:
                figures = result[step["name"]]
                for name, value in (("wall_s", wall), ("cpu_s", cpu), ("peak_mib", peak), ("written_mib", written)):
                    figures[name].append(value)
                figures["said"] = said
    print(json.dumps(result))


main()
