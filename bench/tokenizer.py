"""The reference's side of tokenizer.js: times `tokenizers` on the same texts, on one thread.

stdin   first line {"tokenizer": path, "sets": {name: [text, ...]}}, then one name of a set a line
stdout  first line {name: [ids of each text]}, then for each name {"one": seconds, text by text, "batch": seconds, all at once}
"""

import json
import os
import sys
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"
from tokenizers import Tokenizer  # noqa: E402

job = json.loads(sys.stdin.readline())


def load():
    tokenizer = Tokenizer.from_file(job["tokenizer"])
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


tokenizer = load()
print(json.dumps({name: [tokenizer.encode(text).ids for text in texts] for name, texts in job["sets"].items()}), flush=True)
timed = None
for line in sys.stdin:
    name = json.loads(line)
    if name != timed:  # its cache takes 10,000 words and then no more: those of another set would keep this one's out
        tokenizer = load()
        timed = name
    texts = job["sets"][name]
    start = time.perf_counter()
    for text in texts:
        tokenizer.encode(text)
    middle = time.perf_counter()
    tokenizer.encode_batch_fast(texts)  # without offsets
    print(json.dumps({"one": middle - start, "batch": time.perf_counter() - middle}), flush=True)
