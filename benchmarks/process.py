#!/usr/bin/env python3
"""Times `gradc run` on mlp_digits as a whole process, side by side with `python3 -c 'import numpy'`.

    swift build -c release --static-swift-stdlib -Xlinker -no-pie --product gradc
    benchmarks/process.py [--times 30] [GRADC]

The two run in turn, so that what else the machine does falls on both; the medians are compared.
"""

import argparse
import os
import pathlib
import resource
import statistics
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent


def run(command):
    """Wall time and CPU time of a process, in milliseconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall * 1e3, cpu * 1e3


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("gradc", nargs="?", default=ROOT / ".build/release/gradc")
    parser.add_argument("--times", type=int, default=30)
    arguments = parser.parse_args()

    # The interpreter itself: what stands under its name in the path may be a script that looks for it.
    python = subprocess.run(["python3", "-c", "import sys; print(sys.executable)"], check=True, capture_output=True, text=True)
    commands = {
        "gradc run": [
            arguments.gradc, "run", ROOT / "examples/mlp_digits.gd", "--inputs", ROOT / "examples/data/mlp_digits.npz"],
        "import numpy": [python.stdout.strip(), "-c", "import numpy"],
    }
    samples = {name: [] for name in commands}
    for command in commands.values():
        run(command)  # what is on disk is then in memory
    for _ in range(arguments.times):
        for name, command in commands.items():
            samples[name].append(run(command))

    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, median of {arguments.times} (least)")
    medians = {}
    for name, times in samples.items():
        walls, cpus = zip(*times)
        medians[name] = statistics.median(walls), statistics.median(cpus)
        print(f"{name:13} {medians[name][0]:7.1f} ms ({min(walls):.1f}), of the processor {medians[name][1]:.1f} ms ({min(cpus):.1f})")
    ours, numpy = medians["gradc run"], medians["import numpy"]
    print(f"{'ratio':13} {ours[0] / numpy[0]:7.3f}, of the processor {ours[1] / numpy[1]:.3f}")


if __name__ == "__main__":
    main()
