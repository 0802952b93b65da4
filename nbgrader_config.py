"""The one configuration file: nbgrader reads it, the engine reads it, you edit it."""

c = get_config()  # noqa: F821

# --- the course
c.CourseDirectory.course_id = "word2chat"

# --- the offering: change the seed each term. Probe inputs are drawn from it, so that answers copied
# from another term are worth nothing. The reference is executed again under the new seed.
c.Grading.seed = "word2chat"

# --- limits of one submission
c.Grading.cell_seconds = 20
c.Grading.submission_seconds = 240
c.Grading.memory_mb = 3072

# --- what students see in place of a solution
c.ClearSolutions.code_stub = {
    "python": "# YOUR CODE HERE\n"
    'raise NotImplementedError("Not written yet: replace this line with your code, then run it.")'
}

# --- nbgrader's own commands and the formgrader's buttons run the same engine as `autograder grade`
c.Autograde.sanitize_preprocessors = ["autograder.nbgrader_hooks.Rebuild"]
c.Autograde.autograde_preprocessors = [
    "autograder.nbgrader_hooks.ExecuteAndJudge",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
]
c.Autograde.pre_convert_hook = "autograder.nbgrader_hooks.refuse_odd_submissions"

# --- feedback never shows hidden checks, and runs no script
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]
c.HTMLExporter.sanitize_html = True
