"""The five sockets of a kernel, in the order in which the grader hands them in."""

CHANNELS = ("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port")
