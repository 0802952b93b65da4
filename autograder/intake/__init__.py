"""How submissions arrive: from an LMS, an archive, or nbgrader's exchange."""
