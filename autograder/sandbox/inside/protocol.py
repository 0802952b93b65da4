"""The words on the socket between the grader and the launcher (see `launcher`)."""

HELLO, STARTED, FAILED = b"H", b"K", b"F"
