"""What a kernel shows, as plain, typed data: only known kinds, each rebuilt field by field.

Both kernels and workers on other machines are untrusted, so the same checks meet what either sends.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import Any

from autograder.model import CellEnd
from course.challenges.entries import MIME as ENTRY
from course.probes import MIME as PROBE

EVIDENCE = (PROBE, ENTRY)
TEXTS = ("text/plain", "text/html", "image/png", "image/svg+xml", "text/markdown")
KEPT_TYPES = (*TEXTS, *EVIDENCE)
KEPT_WHEN_CUT = 100_000  # characters of text kept of a cell that showed more than its limit
NESTING = 40  # deeper content is no evidence, and would break what copies it
HALF_CHARACTERS = re.compile("[\ud800-\udfff]")  # legal in JSON, not in UTF-8


@dataclass
class CellReading:
    """What has been read of one cell so far.

    room : bytes that it may show; what comes after them is dropped, probes included.
    """

    room: int
    msg_id: str | None = None
    outputs: list[dict] = field(default_factory=list)
    size: int = 0
    end: CellEnd | None = None
    replied: float | None = None  # when the shell reply came
    refused: dict | None = None  # the error of that reply, which may be shown nowhere else
    idle: bool = False

    @property
    def finished(self) -> bool:
        return self.msg_id is None or (self.replied is not None and self.idle)

    @property
    def failed(self) -> bool:
        return any(output["output_type"] == "error" for output in self.outputs)

    @property
    def overflowed(self) -> bool:
        return self.end is CellEnd.OUTPUT_LIMIT

    def take(self, channel: str, message: dict) -> None:
        """Keep an output of this cell; ignore whatever belongs to another or has a wrong shape."""
        if message["parent_header"].get("msg_id") != self.msg_id:
            return
        kind, content = message["msg_type"], message["content"]
        if channel == "shell" and kind == "execute_reply":
            self.replied = time.monotonic()
            self.refused = _error(content) if content.get("status") == "error" else None
        elif kind == "status" and content.get("execution_state") == "idle":
            self.idle = True
        elif not self.overflowed:
            self._keep(_output(kind, content), message["bytes"])

    def settle(self) -> None:
        """A failed cell shows its error: of an unknown magic IPython prints a line, and no more."""
        if self.refused is not None and not self.failed:
            self.outputs.append({**self.refused, "traceback": []})

    def _keep(self, output: dict | None, size: int) -> None:
        if output is None:
            return
        last = self.outputs[-1] if self.outputs else {}
        if output["output_type"] == "stream":
            size = len(output["text"])  # in how many messages a text comes is chance
            if last.get("name") == output["name"]:
                last["text"] += output["text"]
                output = None
        self.size += size
        if output is not None and (self.size <= self.room or output["output_type"] == "stream"):
            self.outputs.append(output)
        if self.size > self.room:
            self.overflow()

    def overflow(self) -> None:
        """The cell has shown more than it may: cut its text, expect no more of it."""
        self.end = CellEnd.OUTPUT_LIMIT
        left = KEPT_WHEN_CUT
        for output in self.outputs:
            if output["output_type"] == "stream":
                output["text"] = output["text"][:left]
                left -= len(output["text"])
        self.size = min(self.size, KEPT_WHEN_CUT)

    def forget_evidence(self) -> None:
        """Of the probes of a cell that takes the kernel with it, it is chance which arrive."""
        kept = (output for output in self.outputs if not _is_evidence(output))
        self.outputs = list(kept)


def _is_evidence(output: dict) -> bool:
    return any(kind in output.get("data", {}) for kind in EVIDENCE)


# ------------------------------------------------------------------------------------ shapes
def checked_output(output: Any) -> dict | None:
    """An output that was read elsewhere, rebuilt; None unless it has the shape of one."""
    if not isinstance(output, dict) or not is_plain(output):
        return None
    kind = output.get("output_type")
    return _output(kind, output) if isinstance(kind, str) else None


def _output(kind: str, content: dict) -> dict | None:
    if kind == "stream":
        return _stream(content)
    if kind in ("display_data", "execute_result"):
        return _display(content)
    return _error(content) if kind == "error" else None


def _stream(content: dict) -> dict | None:
    name, text = content.get("name"), content.get("text")
    if name not in ("stdout", "stderr") or not isinstance(text, str):
        return None
    return {"output_type": "stream", "name": name, "text": text}


def _display(content: dict) -> dict | None:
    data = content.get("data")
    if not isinstance(data, dict):
        return None
    kept = {key: data[key] for key in KEPT_TYPES if key in data}
    if not all(isinstance(value, str) for key, value in kept.items() if key in TEXTS):
        return None
    # never an execute_result: that is where nbgrader reads a score
    return {"output_type": "display_data", "data": kept, "metadata": {}}


def _error(content: dict) -> dict:
    traceback = content.get("traceback")
    lines = traceback if isinstance(traceback, list) else []
    return {
        "output_type": "error",
        "ename": str(content.get("ename"))[:200],
        "evalue": str(content.get("evalue"))[:2000],
        "traceback": [str(line)[:5000] for line in lines[:50]],
    }


def is_plain(value: Any, depth: int = NESTING) -> bool:
    """Whether JSON can be copied, stored and shown: not nested deeply, no half characters."""
    if isinstance(value, str):
        return value.isascii() or not HALF_CHARACTERS.search(value)
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, list):
        within = [item for item in value if isinstance(item, (str, list, dict))]
        return depth > 0 and all(is_plain(item, depth - 1) for item in within)
    return True
