"""The words on the sockets between the grader and the inside (see `launcher` and `warm_parent`)."""

HELLO, STARTED, FAILED, READY = b"H", b"K", b"F", b"R"
