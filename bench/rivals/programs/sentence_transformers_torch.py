import torch
from protocol import serve
from sentence_transformers import SentenceTransformer, __version__


def load(folder, _):
    torch.set_num_threads(1)
    model = SentenceTransformer(folder, device="cpu", local_files_only=True)

    def embed(texts):
        return model.encode(texts, batch_size=len(texts), normalize_embeddings=True, show_progress_bar=False)

    return f"{__version__}, torch {torch.__version__}", embed, [1, 8, 32]


serve(load)
