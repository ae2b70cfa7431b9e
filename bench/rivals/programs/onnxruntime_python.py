import numpy
import onnxruntime
from protocol import serve
from tokenizers import Tokenizer

FILES = {"fp32": "model.onnx", "int8": "model_quantized.onnx"}


def load(workload, variant):
    folder = workload["model"]
    tokenizer = Tokenizer.from_file(f"{folder}/tokenizer.json")
    tokenizer.enable_padding()  # to the longest of a batch
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = workload["threads"]
    options.inter_op_num_threads = 1
    file = f"{folder}/onnx/{FILES[variant]}"
    session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])

    def embed(texts):
        encodings = tokenizer.encode_batch(texts)
        ids = numpy.array([encoding.ids for encoding in encodings], numpy.int64)
        mask = numpy.array([encoding.attention_mask for encoding in encodings], numpy.int64)
        inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": numpy.zeros_like(ids)}
        (hidden,) = session.run(None, inputs)
        mean = numpy.einsum("bth,bt->bh", hidden, mask.astype(numpy.float32))  # at unit length as good as the sum
        return mean / numpy.linalg.norm(mean, axis=1, keepdims=True)

    return onnxruntime.__version__, embed, [1, 8, 32]


serve(load)
