#!/usr/bin/env python3
"""How the time of a run grows with the model: definitions in a chain, each with its derivative, and steps of a loop.

    swift build -c release --static-swift-stdlib -Xlinker -no-pie --product gradc
    benchmarks/growth.py [--times 5] [--cc] [GRADC]

With --cc a chain of small vectors, each with its derivative, is compiled by the system's compiler instead.
Each model is run as a process, without the comparison with the interpreter; what a process of an empty model takes is subtracted. The
models take turns, and processor time is what is compared, so that another load on the machine does not decide.
"""

import argparse
import os
import pathlib
import resource
import statistics
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent


def chain(count):
    """y_k = sin(y_(k-1)) a_k, with its gradient."""
    lines = [f"input a: f64[{count}]", "y0 = a[0]"]
    lines += [f"y{k} = sin(y{k - 1}) * a[{k}]" for k in range(1, count)]
    lines += [f"loss = y{count - 1}", "output loss, slope = sum(grad(loss, a))"]
    return "\n".join(lines), "[" + ",".join(["0.5"] * count) + "]"


def vectors(count):
    """y_k = sin(y_(k-1)) a_k of three numbers each, with its gradient."""
    lines = ["input y0: [3]", f"param a: [{count}, 3]"]
    lines += [f"y{k + 1} = sin(y{k}) * a[{k}]" for k in range(count)]
    return "\n".join(lines + [f"loss = sum(y{count})", "output loss, grad(loss, a)"])


def fold(steps):
    return f"input a: f64\nfn step(h, k) = sin(h) * a\ny = fold(step, a, iota({steps}))\noutput y, grad(y, a)", "0.5"


def processor_time(command):
    """Of user and system together: how much was whose, some kernels only estimate."""
    def total():
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    before = total()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return (total() - before) * 1e3


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("gradc", nargs="?", default=ROOT / ".build/release/gradc")
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--cc", action="store_true", help="the time of the system's compiler")
    arguments = parser.parse_args()

    if arguments.cc:
        return compiled_by_system(arguments)
    sizes = [100, 1_000, 10_000]
    models = {"empty": ("input a: f64\noutput y = a", "0.5")}
    models |= {f"chain of {n}": chain(n) for n in sizes}
    with tempfile.TemporaryDirectory() as folder:
        commands = {}
        for name, (text, value) in models.items():
            path = pathlib.Path(folder) / (name.replace(" ", "_") + ".gd")
            path.write_text(text)
            commands[name] = [arguments.gradc, "run", path, "--no-verify", "--set", f"a={value}"]
        # A loop's steps take time when they are run: of these only the making of the C is timed.
        for steps in [10, 1_000_000]:
            path = pathlib.Path(folder) / f"fold_{steps}.gd"
            path.write_text(fold(steps)[0])
            commands[f"fold of {steps}, its C"] = [arguments.gradc, "inspect", path, "--stage", "c"]
        samples = {name: [] for name in commands}
        for _ in range(arguments.times):
            for name, command in commands.items():
                samples[name].append(processor_time(command))

    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, median of {arguments.times}, of the processor")
    medians = {name: statistics.median(times) for name, times in samples.items()}
    for name, time in medians.items():
        print(f"{name:24} {time:9.1f} ms")
    each = {n: (medians[f"chain of {n}"] - medians["empty"]) / n for n in sizes}
    for n in sizes:
        print(f"a definition of {n:6} {each[n] * 1e3:11.0f} µs, {each[n] / each[sizes[0]]:.2f} times that of {sizes[0]}")


def compiled_by_system(arguments):
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}, least of {arguments.times}, of the processor")
    with tempfile.TemporaryDirectory() as folder:
        for count in [100, 300, 1_000, 3_000]:
            path = pathlib.Path(folder) / f"vectors_{count}.gd"
            path.write_text(vectors(count))
            command = [arguments.gradc, "compile", path, "--emit", "object", "-o", folder]
            time = min(processor_time(command) for _ in range(arguments.times))
            print(f"chain of {count:5} vectors {time:9.0f} ms, {time / count:.1f} ms each")


if __name__ == "__main__":
    main()
