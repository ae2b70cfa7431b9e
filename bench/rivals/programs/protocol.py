"""protocol.js in Python: `python <program>.py variant cold|lat|thr|reference workload.json [batch size]`, one line of JSON.

reference gives the vectors of every text of the workload, for the cosines: { cold, lat, thr }.
"""

import base64
import json
import resource
import sys
import time

import numpy

RUNS_SECONDS = 0.5
LEAST_RUNS = 6

variant, mode, file, *batch_size_given = sys.argv[1:]
with open(file, encoding="utf8") as stream:
    workload = json.load(stream)  # here, as some libraries read the environment when they are imported


def serve(load) -> None:
    """load: (workload, variant) -> version, embed: texts -> float32 array [texts, dimensions], batch sizes worth trying"""
    clock = time.process_time if workload["cpuTime"] else time.perf_counter
    version, embed, batch_sizes = load(workload, variant)
    if mode == "reference":
        lat_texts = sum(workload["lat"].values(), [])
        parts = {"cold": [workload["cold"]], "lat": lat_texts, "thr": workload["thr"]}
        result = {name: encoded([embed([text])[0] for text in texts]) for name, texts in parts.items()}
    else:
        sizes = [int(size) for size in batch_size_given] or batch_sizes
        figures, vectors = {"cold": cold, "lat": lat, "thr": thr}[mode](embed, clock, sizes)
        result = {"version": version, **figures, "peakRssKb": peak_rss_kb(), "vectors": encoded(vectors)}
    print(json.dumps(result), flush=True)


def cold(embed, *_):
    return {}, embed([workload["cold"]])


def lat(embed, clock, _):
    every = sum(workload["lat"].values(), [])
    repeat(clock, workload["nativeWarmupSeconds"], lambda i: embed([every[i % len(every)]]))

    ms, vectors = {}, []
    for length, texts in workload["lat"].items():
        times = []

        def run(i):
            start = clock()
            (vector,) = embed([texts[i % len(texts)]])
            times.append(1000 * (clock() - start))
            if i < len(texts):
                vectors.append(vector)

        repeat(clock, RUNS_SECONDS, run)
        ms[length] = sorted(times)[len(times) // 2]
    return {"ms": ms}, vectors


def thr(embed, clock, batch_sizes):
    texts = workload["thr"]
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))

    def run(indices, batch_size):
        vectors = [None] * len(texts)
        start = clock()
        for i in range(0, len(indices), batch_size):
            batch = indices[i : i + batch_size]
            for index, vector in zip(batch, embed([texts[index] for index in batch])):
                vectors[index] = vector
        return clock() - start, vectors

    sample = order[::4]
    repeat(clock, 0, lambda _: run(sample, batch_sizes[0]), 1)
    batch_size = batch_sizes[0]
    if len(batch_sizes) > 1:
        _, batch_size = min((run(sample, size)[0], size) for size in batch_sizes)
    seconds, vectors = run(order, batch_size)
    return {"textsPerSecond": len(texts) / seconds, "batchSize": batch_size}, vectors


def repeat(clock, seconds, run, least=LEAST_RUNS) -> None:
    end = clock() + seconds
    i = 0
    while i < least or clock() < end:
        run(i)
        i += 1


def peak_rss_kb() -> int:
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))
    except OSError:  # no /proc outside Linux
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak // 1024 if sys.platform == "darwin" else peak


def encoded(vectors) -> str:
    return base64.b64encode(numpy.asarray(vectors, "<f4").tobytes()).decode()
