"""The code of one submission that grading runs, alone: no kernel, no grader, imports not counted.

Usage: python -m autograder.bench.alone CELLS.json     a JSON list of sources
It prints {"cpu_s": …} as JSON: the processor time of the cells once torch is imported.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
import time
from pathlib import Path


def main(path: str) -> None:
    import torch
    from IPython.core.interactiveshell import InteractiveShell

    from course import probes  # noqa: F401  # every check imports it

    torch.set_num_threads(1)
    InteractiveShell.instance()  # what `display` wants
    namespace: dict = {"__name__": "__main__"}
    started = time.process_time()
    with contextlib.redirect_stdout(io.StringIO()):
        for source in json.loads(Path(path).read_text("utf-8")):
            exec(compile(source, "cell", "exec"), namespace)
    print(json.dumps({"cpu_s": time.process_time() - started}))


if __name__ == "__main__":
    main(sys.argv[1])
