"""A run over a class: the driver, its scheduling, its journal, and nbgrader's way into it."""
