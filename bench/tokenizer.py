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
tokenizer = Tokenizer.from_file(job["tokenizer"])
tokenizer.no_padding()
tokenizer.no_truncation()
print(json.dumps({name: [tokenizer.encode(text).ids for text in texts] for name, texts in job["sets"].items()}), flush=True)
for line in sys.stdin:
    texts = job["sets"][json.loads(line)]
    start = time.perf_counter()
    for text in texts:
        tokenizer.encode(text)
    middle = time.perf_counter()
    tokenizer.encode_batch_fast(texts)  # without offsets
    print(json.dumps({"one": middle - start, "batch": time.perf_counter() - middle}), flush=True)
