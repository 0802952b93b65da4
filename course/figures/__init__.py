"""The kit that every week's figures and widgets share."""
