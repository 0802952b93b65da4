"""Viewers: script for whoever opens the feedback. Real browsers are driven in test_viewers.py."""

from __future__ import annotations

import hostile
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from .attacks import Attack


def markdown_of_every_kind(notebook: NotebookNode) -> NotebookNode:
    added = [
        new_markdown_cell(text, id=f"m{n}") for n, text in enumerate(hostile.MARKDOWN.values())
    ]
    notebook.cells[2:2] = added
    return notebook


MESSAGE = """
def double(x):
    raise ValueError("<img src=x onerror=alert(1)><script>alert(1)</script>")
def row_sums(x):
    raise type("<script>alert(1)</script>", (Exception,), {})("javascript:alert(1)")
"""
ATTACKS = [
    Attack("markdown_with_script", change=markdown_of_every_kind),
    Attack("outputs_with_script", hostile.CODE, armed=False),
    Attack("errors_with_script", MESSAGE),
    Attack("attachments_with_script", files=hostile.FILES),
]
