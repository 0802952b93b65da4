"""Hidden sets and rivals of the weeks' open challenges: never released, never in a sandbox."""
