"""The one configuration file: nbgrader reads it, the engine reads it, you edit it."""

from autograder.pages import formgrader
from autograder.reading.extension import extend
from autograder.templates import FOLDER, nbgrader_templates

c = get_config()  # noqa: F821

# --- the course
c.CourseDirectory.course_id = "word2chat"

# --- the offering: probe inputs are drawn from its seed, so that answers copied from another term
# are worth nothing. `autograder release` draws one into grading_seed.txt; remove that file for a
# new term, or set a seed here. The reference is executed again under a new seed by itself.
# c.Grading.seed = "a secret of this term"

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
c.Autograde.sanitize_preprocessors = ["autograder.run.nbgrader_hooks.Rebuild"]
c.Autograde.autograde_preprocessors = [
    "autograder.run.nbgrader_hooks.ExecuteAndJudge",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
]
c.Autograde.pre_convert_hook = "autograder.run.nbgrader_hooks.refuse_odd_submissions"

# --- what lateness costs: the policy of course.toml, by which `grade` settles it
c.AssignLatePenalties.plugin_class = "autograder.deadlines.late_policy.TermLatePolicy"

# --- `nbgrader collect` takes regular files alone and follows no student's links
c.ExchangeFactory.collect = "autograder.intake.exchange.CarefulCollect"

# --- feedback pages: the page of `autograder feedback`, one file that runs and loads nothing
c.GenerateFeedback.exporter_class = "autograder.pages.exporter.FeedbackExporter"
c.GenerateFeedback.preprocessors = []

# --- `nbgrader export`: no score means no number, for reviews and for who handed nothing in
c.ExportApp.plugin_class = "autograder.pages.export.BlankWithoutScore"

# --- the formgrader's page of a submission: what a student wrote is shown, and cannot act
c.HTMLExporter.template_name = "formgrade_safe"
c.HTMLExporter.extra_template_basedirs = [str(FOLDER), str(nbgrader_templates())]
c.HTMLExporter.extra_template_paths = [str(nbgrader_templates())]
c.HTMLExporter.sanitize_html = True
c.HTMLExporter.filters = {
    "markdown2html": "autograder.pages.safe_html.safe_markdown",
    "clean_html": "autograder.pages.safe_html.safe_output",
    "ansi2html": "autograder.pages.safe_html.safe_terminal_text",
    "strip_files_prefix": "autograder.pages.safe_html.as_it_is",
    "highlight_code": "autograder.pages.coloured_code.coloured_code",
    "new_page": "autograder.pages.caps.new_page",
}
formgrader.repair()  # its page for a submission without a graded notebook does not open
extend()  # all answers to one written question on one page, by keyboard: Read Answers
