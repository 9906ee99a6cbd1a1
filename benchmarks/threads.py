#!/usr/bin/env python3
"""What several threads make of a call, beside what the machine makes of them: the same in registers, and from memory.

    swift build -c release --static-swift-stdlib --product gradc
    benchmarks/threads.py [--threads 2] [--rounds 5] [--backend tcc,cc] [GRADC]

In turn, round after round: the machine (threads/machine.c), and each workload on one thread and on several. A figure is the least time of a round,
the median over the rounds; other work on the machine takes a thread away, so the best round is told too.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
WORKLOADS = {
    "w3/256": ("w3_mlp.gd", ["batch=256"]),
    "w4": ("w4_linear.gd", ["n=64", "d=4096", "m=4096"]),
    "w2/10^5": ("w2_elementwise.gd", ["n=100000"]),
    "w2/10^7": ("w2_elementwise.gd", ["n=10000000"]),
    "w2/16": ("w2_elementwise.gd", ["n=16"]),
}


def machine_program(folder):
    program = pathlib.Path(folder) / "machine"
    source = ROOT / "Runtime/src"
    names = ["GradRuntime", "functions_portable", "functions_fma", "functions_avx512", "shared_products", "threads", "roof"]
    files = [ROOT / "benchmarks/threads/machine.c"] + [source / f"{name}.c" for name in names]
    flags = ["-std=gnu11", "-O2", "-ffp-contract=off", f"-I{ROOT}/Runtime/include", "-pthread"]
    subprocess.run(["clang", *flags, "-o", program, *files, "-lm"], check=True)
    return program


def call(gradc, workload, backend, threads):
    model, dims = WORKLOADS[workload]
    command = [gradc, "bench", ROOT / "benchmarks/peers/workloads" / model, "--backend", backend, "--threads", str(threads), "--json"]
    for dim in dims:
        command += ["-D", dim]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["call_us_min"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("gradc", nargs="?", default=ROOT / ".build/release/gradc")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--backend", default="tcc,cc")
    parser.add_argument("--only", default=",".join(WORKLOADS))
    arguments = parser.parse_args()

    cases = [(name, backend) for name in arguments.only.split(",") for backend in arguments.backend.split(",")]
    one, many = {case: [] for case in cases}, {case: [] for case in cases}
    machine = []
    with tempfile.TemporaryDirectory() as folder:
        program = machine_program(folder)
        for _ in range(arguments.rounds):
            for case in cases:
                rates = subprocess.run([program, str(arguments.threads)], check=True, capture_output=True, text=True).stdout
                machine.append([float(rate) for rate in rates.split()])
                one[case].append(call(arguments.gradc, *case, 1))
                many[case].append(call(arguments.gradc, *case, arguments.threads))

    for name, first in (("in registers", 0), ("from memory", 2)):
        scaling = [rates[first + 1] / rates[first] for rates in machine]
        best = max(rates[first + 1] for rates in machine) / max(rates[first] for rates in machine)
        print(f"the machine {name}: {statistics.median(scaling):.2f} (median), {best:.2f} (best)")
    print(f"| workload | tier | one thread, µs | {arguments.threads} threads, µs | scaling | best |")
    print("|---|---|---:|---:|---:|---:|")
    for case in cases:
        a, b = statistics.median(one[case]), statistics.median(many[case])
        print(f"| {case[0]} | {case[1]} | {a:.4g} | {b:.4g} | {a / b:.2f} | {min(one[case]) / min(many[case]):.2f} |")


if __name__ == "__main__":
    main()
