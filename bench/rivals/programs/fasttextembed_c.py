import os

from protocol import serve, workload

os.environ["FTE_LIB"] = workload["fasttextembed"]  # built from the sources that its npm package ships, for this processor
os.environ["FTE_THREADS"] = str(workload["threads"])  # for one text

from fasttextembed import TextEmbedding, __version__  # noqa: E402


def load(workload, _):
    model = TextEmbedding(f"{workload['model']}/model.fte", f"{workload['model']}/vocab.tsv")

    def embed(texts):
        return [model.embed_one(texts[0])] if len(texts) == 1 else model.embed(texts, workload["threads"])

    return __version__, embed, [32]  # it takes them one by one


serve(load)
