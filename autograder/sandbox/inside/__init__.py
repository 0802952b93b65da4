"""The trusted half that runs within the walls, before and beside the student's kernel.

The whole folder is bound read-only into every sandbox under the name `word2chat_inside`, so it may
import the standard library, ipykernel and its own modules, nothing else.
"""
