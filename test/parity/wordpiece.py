"""What the reference says, for wordpiece.test.ts.

    python wordpiece.py encode       stdin: JSON {tokenizer: tokenizer.json, texts: [...]}; stdout: JSON, for each text
                                     [ids, [start, end, ...] in code points], or the text of the error
    python wordpiece.py characters   stdout: JSON {name: [what the step makes of each code point but the surrogates]}
"""

import json
import sys

import tokenizers
from tokenizers import Tokenizer, normalizers, pre_tokenizers


def encode(tokenizer, texts):
    tokenizer = Tokenizer.from_str(json.dumps(tokenizer))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    for text in texts:
        try:
            encoding = tokenizer.encode(text, add_special_tokens=False)
        except Exception as error:
            yield str(error)
        else:
            yield [encoding.ids, [place for span in encoding.offsets for place in span]]


def characters():
    all_characters = [chr(c) for c in range(0x110000) if not 0xD800 <= c < 0xE000]
    steps = {
        "clean": normalizers.BertNormalizer(True, False, False, False),
        "ideographs": normalizers.BertNormalizer(False, True, False, False),
        "strip": normalizers.BertNormalizer(False, False, True, False),
        "lower": normalizers.BertNormalizer(False, False, False, True),
    }
    made = {name: list(map(step.normalize_str, all_characters)) for name, step in steps.items()}
    split = pre_tokenizers.BertPreTokenizer().pre_tokenize_str
    made["pieces"] = [" ".join(piece for piece, _ in split(f"a{c}b")) for c in all_characters]
    return made


def main(command):
    assert tokenizers.__version__ == "0.23.3", tokenizers.__version__
    if command == "encode":
        request = json.load(sys.stdin)
        json.dump(list(encode(request["tokenizer"], request["texts"])), sys.stdout)
    elif command == "characters":
        json.dump(characters(), sys.stdout)


main(sys.argv[1])
