"""Proof that the checks of a week are right, before any student meets them."""
