"""The words on the sockets between the grader and the inside (see `launcher` and `warm_parent`)."""

# how gladly Linux kills a student's process when the machine is out of memory, from 0 to 1000
OOM_SCORE_ADJ = 800
HELLO, STARTED, FAILED, READY = b"H", b"K", b"F", b"R"
