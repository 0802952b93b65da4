"""As jupyterhub_config.py, with sign-in by an LMS over LTI 1.3 in place of the machine's accounts.

The values come from the LMS, where the hub is registered as a tool with the addresses
https://HUB/hub/lti13/config, /hub/lti13/oauth_login (login) and /hub/lti13/oauth_callback
(redirect). Let the LMS send the student's number as a custom parameter named `student`.
"""

import os
from pathlib import Path

from ltiauthenticator.lti13.auth import LTI13Authenticator
from ltiauthenticator.lti13.handlers import LTI13CallbackHandler, LTI13LoginInitHandler
from tornado import web

c = get_config()  # noqa: F821
HUB = Path(__file__).with_name("jupyterhub_config.py")
if not HUB.is_file():  # load_subconfig would say nothing, and the hub start without its rules
    raise SystemExit(f"{HUB} is missing: both configurations lie in one folder.")
load_subconfig(str(HUB))  # noqa: F821


def told(name: str) -> str:
    """A value that the LMS showed when the hub was registered there."""
    value = os.environ.get(name, "").strip()
    if not value:
        raise SystemExit(f"{name} is not set: the hub's service names it, as the guide shows.")
    return value


class InWords:
    """A refusal tells the person at the screen what to do; ltiauthenticator's are for its log."""

    def write_error(self, status_code, **more):
        error = more.get("exc_info", (None, None))[1]
        why = error.get_message() if isinstance(error, web.HTTPError) else ""
        if status_code in (400, 401, 405) or why == "User missing or null":
            error.jupyterhub_message = (
                f"This sign-in was not accepted: {why.rstrip('.')}. Open the hub "
                "from your course in the LMS again, in a new window. If it is refused again, send "
                "this sentence to whoever runs the hub."
            )
        super().write_error(status_code, **more)


class Login(InWords, LTI13LoginInitHandler):
    """The LMS announces somebody; opened without an LMS, it says so."""


class Launch(InWords, LTI13CallbackHandler):
    """The LMS says, signed, who that is."""


class ByStudentNumber(LTI13Authenticator):
    """Nobody signs in under another name than the gradebook's, also where the LMS sends none."""

    login_handler = Login
    callback_handler = Launch

    def get_username(self, token):
        claim = token.get("https://purl.imsglobal.org/spec/lti/claim/custom") or {}
        number = str(claim.get("student", "")).strip().lower()
        if not number or number.startswith("$"):  # a variable that the LMS did not fill in
            why = "The LMS sends no student number: see the custom parameter `student`."
            raise web.HTTPError(403, why)
        return number


c.JupyterHub.authenticator_class = ByStudentNumber
c.LTI13Authenticator.issuer = told("LTI_ISSUER")
c.LTI13Authenticator.authorize_url = told("LTI_AUTHORIZE_URL")
c.LTI13Authenticator.jwks_endpoint = told("LTI_JWKS_URL")
c.LTI13Authenticator.client_id = {told("LTI_CLIENT_ID")}
c.LTI13Authenticator.tool_name = "word2chat"
c.LTI13LaunchValidator.time_leeway = 30  # seconds by which the LMS's clock may differ
