"""What the processes of a pool are forked from: all they need, imported once, and nothing else.

Python imports this module by name in the process that it forks them from, so its own imports are
its work. Without the call that process would import a Jupyter server, which takes longer than
grading twenty submissions.
"""

from autograder.light_imports import import_nbgrader

import_nbgrader()

import autograder.run.scheduling  # noqa: E402, F401
