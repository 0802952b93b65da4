"""The lower bound: run the cells of notebooks in this process, torch already imported.

Usage: python -m autograder.bench.bare NOTEBOOK…   prints {"seconds": …, "good": …} as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path


def run(path: str) -> bool:
    """Execute every code cell; True when none raises."""
    namespace: dict = {"__name__": "__main__"}
    for cell in json.loads(Path(path).read_text("utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            try:
                exec(compile("".join(cell["source"]), path, "exec"), namespace)
            except Exception:
                return False
    return True


def main(paths: list[str]) -> None:
    import torch

    torch.set_num_threads(1)
    run(paths[0])  # torch sets things up at its first call
    started = time.perf_counter()
    good = sum(run(path) for path in paths)
    print(json.dumps({"seconds": time.perf_counter() - started, "good": good}))


if __name__ == "__main__":
    main(sys.argv[1:])
