"""What the reference makes of texts: called by tokenizer.test.ts with the Python of SISKIN_PYTHON, which has tokenizers 0.23.3.

stdin   one JSON object a line: {"tokenizer": tokenizer.json as an object or its path, "texts": [...], "maxLength": null or a number}
stdout  one a line: {"error": "…"} or {"encodings": [{"ids", "offsets" in code points, "decoded", "decodedSpecial"} …]}
"""

import json
import sys

from tokenizers import Tokenizer


def answer(case):
    source = case["tokenizer"]
    try:
        tokenizer = Tokenizer.from_file(source) if isinstance(source, str) else Tokenizer.from_str(json.dumps(source))
    except Exception as error:
        return {"error": str(error)}
    tokenizer.no_padding()
    tokenizer.no_truncation()
    if case.get("maxLength") is not None:
        tokenizer.enable_truncation(case["maxLength"], direction=case.get("side", "right"))
    encodings = []
    for text in case["texts"]:
        try:
            encoding = tokenizer.encode(text)
            ids = encoding.ids
            encodings.append(
                {
                    "ids": ids,
                    "offsets": [position for pair in encoding.offsets for position in pair],
                    "decoded": tokenizer.decode(ids),
                    "decodedSpecial": tokenizer.decode(ids, skip_special_tokens=False),
                }
            )
        except BaseException as error:  # a panic of the library is a BaseException
            encodings.append({"error": str(error)})
    return {"encodings": encodings}


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)
