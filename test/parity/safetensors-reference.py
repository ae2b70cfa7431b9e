"""What the Python reference does with safetensors files, for safetensors.test.ts.

    judge    stdin: files, each after its length as 4 bytes; stdout: JSON {version, verdicts}, where a verdict is
             [[name, dtype, shape, data in hex], ...] of a file that was accepted, or the text of the error
    load     stdin: one file; stdout: JSON {name: [numpy dtype, shape, values in hex]}
    save     stdin: one file; stdout: its tensors and metadata saved anew
    halves   stdout: all 65,536 values of float16, then of bfloat16, as float32
"""

import json
import os
import struct
import sys
import tempfile

import numpy
import safetensors
from safetensors import SafetensorError, numpy as st


def judge(file):
    try:
        tensors = safetensors.deserialize(file)
    except SafetensorError as error:
        return str(error)
    return [[name, t["dtype"], t["shape"], bytes(t["data"]).hex()] for name, t in tensors]


def files(pack):
    at = 0
    while at < len(pack):
        (length,) = struct.unpack_from("<I", pack, at)
        yield pack[at + 4 : at + 4 + length]
        at += 4 + length


def metadata(file):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "file.safetensors")
        with open(path, "wb") as out:
            out.write(file)
        with safetensors.safe_open(path, "numpy") as opened:
            return opened.metadata()


def halves():
    bits = numpy.arange(65536, dtype=numpy.uint32)
    float16 = bits.astype(numpy.uint16).view(numpy.float16).astype(numpy.float32)
    bfloat16 = (bits << 16).view(numpy.float32)
    return float16.tobytes() + bfloat16.tobytes()


def main(command):
    if command == "halves":
        sys.stdout.buffer.write(halves())
        return
    given = sys.stdin.buffer.read()
    if command == "judge":
        json.dump({"version": safetensors.__version__, "verdicts": [judge(file) for file in files(given)]}, sys.stdout)
    elif command == "load":
        arrays = st.load(given)
        json.dump({name: [str(a.dtype), a.shape, a.tobytes().hex()] for name, a in arrays.items()}, sys.stdout)
    elif command == "save":
        sys.stdout.buffer.write(st.save(st.load(given), metadata(given)))


main(sys.argv[1])
