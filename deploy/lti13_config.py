"""As jupyterhub_config.py, with sign-in by an LMS over LTI 1.3 in place of the machine's accounts.

The values come from the LMS, where the hub is registered as a tool with the addresses
https://HUB/hub/lti13/config, /hub/lti13/oauth_login (login) and /hub/lti13/oauth_callback
(redirect). Let the LMS send the student's number as a custom parameter named `student`.
"""

import os

from ltiauthenticator.lti13.auth import LTI13Authenticator
from ltiauthenticator.lti13.error import LoginError

c = get_config()  # noqa: F821
load_subconfig("jupyterhub_config.py")  # noqa: F821


class ByStudentNumber(LTI13Authenticator):
    """Nobody signs in under another name than the gradebook's, also where the LMS sends none."""

    def get_username(self, token):
        claim = token.get("https://purl.imsglobal.org/spec/lti/claim/custom", {})
        number = str(claim.get("student", "")).strip().lower()
        if not number or number.startswith("$"):  # a variable that the LMS did not fill in
            raise LoginError("The LMS sends no student number: see the custom parameter `student`.")
        return number


c.JupyterHub.authenticator_class = ByStudentNumber
c.LTI13Authenticator.issuer = os.environ["LTI_ISSUER"]
c.LTI13Authenticator.authorize_url = os.environ["LTI_AUTHORIZE_URL"]
c.LTI13Authenticator.jwks_endpoint = os.environ["LTI_JWKS_URL"]
c.LTI13Authenticator.client_id = {os.environ["LTI_CLIENT_ID"]}
c.LTI13Authenticator.tool_name = "word2chat"
