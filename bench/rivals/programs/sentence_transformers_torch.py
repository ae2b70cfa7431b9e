import torch
from protocol import serve
from sentence_transformers import SentenceTransformer, __version__


def load(workload, _):
    torch.set_num_threads(workload["threads"])
    model = SentenceTransformer(workload["model"], device="cpu", local_files_only=True)
    prompt = workload.get("promptName")

    def embed(texts):
        return model.encode(
            texts, batch_size=len(texts), prompt_name=prompt, normalize_embeddings=True, show_progress_bar=False
        )

    return f"{__version__}, torch {torch.__version__}", embed, [1, 8, 32]


serve(load)
