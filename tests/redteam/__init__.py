"""Hostile submissions against the real sandbox and the real pipeline.

Each family is one short file of named attacks (see `attacks.Attack`). All attacks of a family are
graded together, as one class with two honest neighbours. To run one of them by name:

    pytest tests/redteam -k ast_transformer
"""
