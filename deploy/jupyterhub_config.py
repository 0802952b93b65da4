"""JupyterHub for the course on one machine. The guide's page "A JupyterHub" says how to set it up.

Below BASE lie hub/ (the hub's environment and secrets), students/ and graders/ (an environment
each), edition/ (what students get), course/ (the instructors' clone: only the account `grader` can
look into it) and exchange/. The hub runs as root and starts everybody's server as that person.
"""

import os
import pwd
import re
import subprocess
from pathlib import Path

from tornado import web

c = get_config()  # noqa: F821

BASE = Path(os.environ.get("WORD2CHAT_BASE", "/srv/word2chat"))
GRADER = "grader"  # the account that holds the course; nobody signs in as it
LOGIN = re.compile(r"[a-z][a-z0-9_-]{0,30}|[0-9][a-z0-9_-]{3,30}")  # of accounts made by the hub
FIRST_PERSON, NOBODY = 1000, 65534  # uids: below the first are accounts of the machine itself


def staff() -> set[str]:
    """Who grades: one login a line in hub/staff.txt."""
    path = BASE / "hub" / "staff.txt"
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    return {line.strip() for line in lines if line.strip() and not line.startswith("#")}


# --- the hub itself
c.JupyterHub.bind_url = "http://127.0.0.1:8000"  # a web server with a certificate stands before it
c.JupyterHub.db_url = f"sqlite:///{BASE}/hub/jupyterhub.sqlite"
c.JupyterHub.cookie_secret_file = str(BASE / "hub" / "cookie_secret")
c.ConfigurableHTTPProxy.pid_file = str(BASE / "hub" / "proxy.pid")

# --- who may sign in: the machine's accounts (PAM). With an LMS: lti13_config.py beside this file
c.Authenticator.allow_all = True


def account(name: str) -> pwd.struct_passwd | None:
    """The person's account on the machine, where there is one."""
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def refusal(name: str) -> str:
    """Why nobody can sign in under this name; empty where one can."""
    known = account(name)
    if name == GRADER:
        return f"Sign in under your own name, then open /hub/spawn/{GRADER}."
    if known and (known.pw_uid < FIRST_PERSON or known.pw_uid == NOBODY):
        return f"'{name}' is an account of the machine itself: sign in as a person."
    if not known and not LOGIN.fullmatch(name):
        return f"'{name}' cannot be an account here: use the student's number."
    return ""


def refuse(authenticator, handler, signed_in: dict) -> dict:
    """Graders come in under their own names, so that one can tell who gave which points."""
    if why := refusal(signed_in["name"]):
        raise web.HTTPError(403, why)
    return signed_in


c.Authenticator.post_auth_hook = refuse

# --- graders work in one server, that of the account `grader`, each under their own name
c.JupyterHub.load_groups = {
    "staff": {"users": sorted(staff())},
    "course": {"users": [GRADER]},
}
c.JupyterHub.load_roles = [
    {
        "name": "graders",
        "groups": ["staff"],
        "scopes": [
            f"{scope}!user={GRADER}" for scope in ("access:servers", "servers", "read:users:name")
        ],
    }
]


# --- everybody's server
def make_account(name: str) -> None:
    """An account for a person whom the LMS sent; `useradd` says why where it makes none."""
    more = ["--badname"] if name[0].isdigit() else []
    home = ["--create-home", "--key", "HOME_MODE=0700", "--shell", "/bin/bash"]
    command = ["useradd", *home, *more, "--", name]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise web.HTTPError(500, f"No account was made for '{name}': {done.stderr.strip()}")


def close_home(spawner, known: pwd.struct_passwd) -> None:
    """No student reads another's work: Debian's useradd makes homes that all can look into."""
    home = Path(known.pw_dir)
    if home.is_dir() and home.stat().st_mode & 0o077:
        try:
            home.chmod(0o700)
        except OSError as error:  # a network volume that does not obey root
            spawner.log.warning("%s can be read by others, and stays so: %s", home, error)


def prepare(spawner) -> None:
    """Before a server starts: an account on the machine, and the environment of its kind."""
    name = spawner.user.name
    if name != GRADER and (why := refusal(name)):
        raise web.HTTPError(403, why)
    if not account(name):
        make_account(name)
    close_home(spawner, pwd.getpwnam(name))
    use_environment(spawner, name)


def use_environment(spawner, name: str) -> None:
    """The packages of the person's kind; the graders' server starts where the course lies."""
    kind = "graders" if name == GRADER else "students"
    programs = BASE / kind / "bin"
    spawner.cmd = [str(programs / "python"), "-m", "jupyterhub.singleuser"]
    path = f"{programs}:/usr/local/bin:/usr/bin:/bin"
    spawner.environment = {**spawner.environment, "PATH": path}
    flags = [TERMINAL]
    if name == GRADER:  # the formgrader reads the course's settings where its server starts
        spawner.notebook_dir = str(BASE / "course")
        spawner.cmd = ["/bin/sh", "-c", 'cd "$0" && exec "$@"', spawner.notebook_dir, *spawner.cmd]
        flags.append(FRAMES)
    spawner.args = [arg for arg in spawner.args if arg not in (TERMINAL, FRAMES)] + flags


# A login shell, Jupyter's own choice, starts with the machine's PATH: it would not find `course`.
TERMINAL = "--ServerApp.terminado_settings={'shell_command': ['/bin/bash']}"
# JupyterHub 4.1 and later forbid every frame; the formgrader is a frame in JupyterLab. This allows
# the graders' server to frame its own pages; students' servers stay as they are.
FRAMES = (
    "--ServerApp.tornado_settings="
    "{'headers': {'Content-Security-Policy': \"frame-ancestors 'self'\"}}"
)
c.Spawner.pre_spawn_hook = prepare
c.Spawner.default_url = "/lab"
c.Spawner.start_timeout = c.Spawner.http_timeout = 180  # s: a whole class starts at nine o'clock
c.Spawner.environment = {"WORD2CHAT_BASE": str(BASE), "OMP_NUM_THREADS": "1"}
