"""The pages' handlers: nbgrader's own base class, so its sign-in, base address and gradebook."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from functools import cached_property
from pathlib import Path
from typing import Any

from nbgrader.server_extensions.formgrader.base import (
    BaseApiHandler,
    check_notebook_dir,
    check_xsrf,
)
from sqlalchemy.exc import OperationalError
from tornado import web

from autograder.course_folder import Course, course_from_config
from autograder.deadlines.course_toml import read_deadlines
from autograder.errors import UserError
from autograder.reading import drawing
from autograder.reading.answers import read_answers
from autograder.reading.kept import bank_of, drop_comment, keep_comment
from autograder.reading.marking import Given, Outdated, answer_of, give
from autograder.reading.questions import Question, read_questions
from autograder.reading.sharing import Share, share_of

POLICY = (
    "default-src 'none'; script-src 'nonce-{0}'; style-src 'nonce-{0}'; img-src data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'"
)


class Reading(BaseApiHandler):
    """What the pages have in common. Nothing is kept between two requests."""

    @cached_property
    def nonce(self) -> str:
        """The number that a script or style sheet of this page carries."""
        return secrets.token_urlsafe(16)

    @property
    def content_security_policy(self) -> str:
        """The server's own policy, and ours: of scripts and styles those alone that we name."""
        return f"{super().content_security_policy}; {POLICY.format(self.nonce)}"

    @property
    def course(self) -> Course:
        """The course whose gradebook the formgrader has open."""
        config = self.settings["nbgrader_formgrader"].config
        return course_from_config(Path(self.coursedir.root), config)

    @property
    def book(self) -> Any:
        """nbgrader's gradebook, as it is on the disk now."""
        gradebook = self.gradebook
        gradebook.db.rollback()
        gradebook.db.expire_all()
        return gradebook

    def share(self) -> Share:
        """Whose answers this person reads."""
        user = getattr(self.current_user, "username", "") or ""
        wanted = self.get_argument("section", "")
        return share_of(user, wanted, read_deadlines(self.course).readers, self.book)

    def question(self, week: str, notebook: str, cell: str) -> Question:
        """The question of an address.

        Raises:
            web.HTTPError: there is none.
        """
        for question in read_questions(self.book, week):
            if question.place == (week, notebook, cell):
                return question
        raise web.HTTPError(404, f"There is no written question {cell} in {week}.")

    def refuse(self, error: UserError, status: int = 400, **more: Any) -> None:
        """A sentence for the person at the page."""
        self.gradebook.db.rollback()
        self.set_status(status)
        self.finish({"message": str(error), **more})

    def log_exception(self, kind: Any, value: Any, trace: Any) -> None:
        """A gradebook that is held by another program is no fault of the server."""
        if not isinstance(value, OperationalError):
            super().log_exception(kind, value, trace)

    def write_error(self, status_code: int, **names: Any) -> None:
        error = names.get("exc_info", (None, None))[1]
        if isinstance(error, OperationalError):
            told = UserError("The gradebook is held by another program.", "Nothing was stored.")
            return self.refuse(told, 503)
        if isinstance(error, UserError):
            return self.refuse(error)
        return super().write_error(status_code, **names)


class Overview(Reading):
    """All written questions, with how many answers are read."""

    @web.authenticated
    @check_xsrf
    @check_notebook_dir
    def get(self) -> None:
        share = self.share()
        rows = drawing.progress(self.book, share.sections)
        self.finish(drawing.overview(self.base_url, self.nonce, rows, share))


class Answers(Reading):
    """All answers to one question."""

    @web.authenticated
    @check_xsrf
    @check_notebook_dir
    def get(self, week: str, notebook: str, cell: str) -> None:
        question, share = self.question(week, notebook, cell), self.share()
        answers = read_answers(self.course, self.gradebook, question, share.sections)
        page = drawing.Page(
            self.course, question, answers, bank_of(self.gradebook, question.cell_id), share
        )
        token = self.xsrf_token.decode()
        self.finish(drawing.answers_page(self.base_url, self.nonce, token, page))


class OneAnswer(Reading):
    """Points and comment of one answer."""

    @web.authenticated
    @check_xsrf
    @check_notebook_dir
    def put(self, week: str, notebook: str, cell: str, grade: str) -> None:
        question, share = self.question(week, notebook, cell), self.share()
        try:
            self._refuse_others(question, grade, share.sections)
            given = Given.from_body(self.get_json_body())
            done = give(self.course, self.gradebook, question, grade, given, share.reader)
            self.finish(drawing.as_data(done))
        except Outdated as error:
            now = answer_of(self.course, self.book, question, grade)
            self.refuse(error, 409, now=drawing.as_data(now), html=drawing.answer_html(now))
        except UserError as error:
            self.refuse(error)

    def _refuse_others(
        self, question: Question, grade: str, sections: Collection[str] | None
    ) -> None:
        answer = answer_of(self.course, self.gradebook, question, grade)
        if sections is not None and answer.member.section not in sections:
            raise UserError("This answer is read by somebody else: it is of another section.")


class Bank(Reading):
    """The comments that are kept for a question."""

    @web.authenticated
    @check_xsrf
    @check_notebook_dir
    def post(self, week: str, notebook: str, cell: str) -> None:
        question, body = self.question(week, notebook, cell), self.get_json_body()
        text = body.get("text") if isinstance(body, dict) else None
        try:
            keep_comment(self.gradebook, question.cell_id, text if isinstance(text, str) else "")
        except UserError as error:
            return self.refuse(error)
        return self._show(question)

    @web.authenticated
    @check_xsrf
    @check_notebook_dir
    def delete(self, week: str, notebook: str, cell: str, number: str) -> None:
        question = self.question(week, notebook, cell)
        drop_comment(self.gradebook, question.cell_id, int(number))
        self._show(question)

    def _show(self, question: Question) -> None:
        kept = bank_of(self.gradebook, question.cell_id)
        self.finish({"comments": [{"id": one.id, "text": one.text} for one in kept]})


PLACE = r"/formgrader/reading/([^/]+)/([^/]+)/([^/]+)"
ADDRESSES = (
    (r"/formgrader/reading/?", Overview),
    (PLACE + "/?", Answers),
    (PLACE + r"/answer/(\w+)", OneAnswer),
    (PLACE + r"/comments", Bank),
    (PLACE + r"/comments/(\d+)", Bank),
)
