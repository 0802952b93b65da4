"""TeX formulas as MathML, for pages that may not run a script.

A browser draws MathML by itself (MathML Core, W3C), so a page needs neither MathJax nor pictures.
The part of TeX that course notebooks use is read; anything else is shown as TeX, never guessed.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape

MAX_CHARS = 2_000
MAX_DEPTH = 30

TOKEN = re.compile(r"\\(?:[A-Za-z]+\*?|.)|[0-9]+(?:\.[0-9]+)?|\s+|.", re.DOTALL)

IDENTIFIERS = {
    name: chr(code)
    for names, start in (
        ("alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho "
         "varsigma sigma tau upsilon varphi chi psi omega", 0x3B1),
        ("Alpha Beta Gamma Delta Epsilon Zeta Eta Theta Iota Kappa Lambda Mu Nu Xi Omicron Pi Rho "
         "_ Sigma Tau Upsilon Phi Chi Psi Omega", 0x391),
    )
    for code, name in enumerate(names.split(), start)
}  # fmt: skip
IDENTIFIERS |= {
    "epsilon": "ϵ", "varepsilon": "ε", "phi": "ϕ", "vartheta": "ϑ", "ell": "ℓ", "infty": "∞",
    "partial": "∂", "nabla": "∇", "hbar": "ℏ", "top": "⊤", "bot": "⊥", "emptyset": "∅",
    "varnothing": "∅", "Re": "ℜ", "Im": "ℑ",
}  # fmt: skip
OPERATORS = {
    "cdot": "⋅", "times": "×", "odot": "⊙", "oplus": "⊕", "otimes": "⊗", "circ": "∘", "ast": "∗",
    "star": "⋆", "div": "÷", "pm": "±", "mp": "∓", "approx": "≈", "sim": "∼", "simeq": "≃",
    "equiv": "≡", "propto": "∝", "ne": "≠", "neq": "≠", "le": "≤", "leq": "≤", "ge": "≥",
    "geq": "≥", "ll": "≪", "gg": "≫", "in": "∈", "notin": "∉", "ni": "∋", "subset": "⊂",
    "subseteq": "⊆", "cup": "∪", "cap": "∩", "setminus": "∖", "mid": "∣", "parallel": "∥",
    "to": "→", "rightarrow": "→", "leftarrow": "←", "gets": "←", "Rightarrow": "⇒",
    "Leftarrow": "⇐", "leftrightarrow": "↔", "iff": "⇔", "implies": "⇒", "mapsto": "↦",
    "longrightarrow": "⟶", "uparrow": "↑", "downarrow": "↓", "forall": "∀", "exists": "∃",
    "neg": "¬", "land": "∧", "lor": "∨", "wedge": "∧", "vee": "∨", "dots": "…", "ldots": "…",
    "cdots": "⋯", "vdots": "⋮", "ddots": "⋱", "prime": "′", "colon": ":", "coloneqq": "≔",
    "lVert": "‖", "rVert": "‖", "Vert": "‖", "|": "‖", "lvert": "|", "rvert": "|", "vert": "|",
    "langle": "⟨", "rangle": "⟩", "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉",
    "{": "{", "}": "}", "lbrace": "{", "rbrace": "}", "lbrack": "[", "rbrack": "]",
    "backslash": "\\", "_": "_", "%": "%", "#": "#", "&": "&", "$": "$", "int": "∫", "perp": "⊥",
    "succ": "≻", "prec": "≺", "triangleq": "≜", "bullet": "•", "dagger": "†", "angle": "∠",
}  # fmt: skip
LARGE = {"sum": "∑", "prod": "∏", "bigcup": "⋃", "bigcap": "⋂", "bigoplus": "⨁"}
LIMITS = {"max", "min", "lim", "sup", "inf", "argmax", "argmin", "Pr", "det"}
FUNCTIONS = LIMITS | {
    "ln", "log", "exp", "sin", "cos", "tan", "tanh", "sinh", "cosh", "arg", "dim", "ker", "deg",
    "gcd", "cot", "sec", "csc", "arctan", "arcsin", "arccos",
}  # fmt: skip
SPACES = {
    ",": "0.17em", ":": "0.22em", ">": "0.22em", ";": "0.28em", "!": "-0.17em", " ": "0.25em",
    "quad": "1em", "qquad": "2em", "enspace": "0.5em", "thinspace": "0.17em",
}  # fmt: skip
ACCENTS = {
    "hat": "^", "widehat": "^", "bar": "¯", "overline": "¯", "tilde": "~", "widetilde": "~",
    "vec": "→", "dot": "˙", "ddot": "¨", "check": "ˇ", "overrightarrow": "→",
    "overleftarrow": "←", "overbrace": "⏞",
}  # fmt: skip
UNDERS = {"underline": "_", "underbrace": "⏟"}
TEXTS = {"text", "mathrm", "textrm", "textbf", "textit", "mbox", "operatorname", "operatorname*",
         "texttt", "mathtt", "mathsf", "textsf"}  # fmt: skip
SIZES = {"big": 1.2, "Big": 1.6, "bigg": 2.1, "Bigg": 2.6}
SIZES |= {name + side: size for name, size in SIZES.items() for side in "lrm"}
IGNORED = {"textstyle", "displaystyle", "scriptstyle", "limits", "nolimits", "nonumber", "left.",
           "notag"}  # fmt: skip
FENCES = {"pmatrix": "()", "bmatrix": "[]", "vmatrix": "||", "Vmatrix": "‖‖", "matrix": "  ",
          "cases": "{ ", "aligned": "  ", "align": "  ", "align*": "  ", "split": "  ",
          "gathered": "  ", "equation": "  ", "equation*": "  ", "array": "  ",
          "Bmatrix": "{}", "smallmatrix": "  "}  # fmt: skip
LETTERLIKE = {  # letters whose styled form stands outside the mathematical alphabets
    ("mathbb", "C"): "ℂ", ("mathbb", "H"): "ℍ", ("mathbb", "N"): "ℕ", ("mathbb", "P"): "ℙ",
    ("mathbb", "Q"): "ℚ", ("mathbb", "R"): "ℝ", ("mathbb", "Z"): "ℤ", ("mathcal", "B"): "ℬ",
    ("mathcal", "E"): "ℰ", ("mathcal", "F"): "ℱ", ("mathcal", "H"): "ℋ", ("mathcal", "I"): "ℐ",
    ("mathcal", "L"): "ℒ", ("mathcal", "M"): "ℳ", ("mathcal", "R"): "ℛ", ("mathcal", "e"): "ℯ",
    ("mathcal", "g"): "ℊ", ("mathcal", "o"): "ℴ",
}  # fmt: skip
ALPHABETS = {"mathbb": 0x1D538, "mathcal": 0x1D49C, "mathbf": 0x1D400, "boldsymbol": 0x1D468,
             "bm": 0x1D468, "mathscr": 0x1D49C}  # fmt: skip


EMPTY = "<mrow></mrow>"


class UnknownTex(ValueError):
    """The formula uses TeX that is not read here."""


@lru_cache(maxsize=4096)
def formula(tex: str, block: bool = False) -> str:
    """A formula as MathML; as escaped TeX where it cannot be read.

    Args:
        tex: the formula without its dollar signs.
        block: on a line of its own.
    """
    try:
        body = _row(_Reader(tex))
    except UnknownTex:
        dollars = "$$" if block else "$"
        return f'<code class="tex">{escape(f"{dollars}{tex.strip()}{dollars}")}</code>'
    display = ' display="block"' if block else ""
    return f"<math{display}>{body}</math>"


class _Reader:
    """The tokens of a formula, one after another."""

    def __init__(self, tex: str) -> None:
        if len(tex) > MAX_CHARS:
            raise UnknownTex("too long")
        self.tokens = TOKEN.findall(tex)
        self.at = 0
        self.depth = 0

    def peek(self) -> str | None:
        self.skip_space()
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def next(self) -> str:
        token = self.peek()
        if token is None:
            raise UnknownTex("it ends too early")
        self.at += 1
        return token

    def skip_space(self) -> None:
        while self.at < len(self.tokens) and self.tokens[self.at].isspace():
            self.at += 1

    def raw_group(self) -> str:
        """The text of a {group} as it stands, spaces kept."""
        if self.next() != "{":
            raise UnknownTex("a group is missing")
        depth, start = 1, self.at
        while depth:
            if self.at >= len(self.tokens):
                raise UnknownTex("a group is not closed")
            depth += {"{": 1, "}": -1}.get(self.tokens[self.at], 0)
            self.at += 1
        return "".join(self.tokens[start : self.at - 1])


def _row(reader: _Reader, until: tuple[str, ...] = ()) -> str:
    """Everything up to one of `until` (not consumed) or the end."""
    parts = []
    while (token := reader.peek()) is not None and token not in until:
        if token in ("}", "&", "\\\\", "\\right", "\\end"):
            raise UnknownTex(f"{token} without a beginning")
        parts.append(_scripted(reader))
    return _grouped(parts)


def _grouped(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"<mrow>{''.join(parts)}</mrow>"


def _scripted(reader: _Reader) -> str:
    """An atom with its sub- and superscripts."""
    token = reader.peek() or ""
    base = EMPTY if token in ("_", "^") else _atom(reader)
    sub, sup = [], []
    while (mark := reader.peek()) in ("_", "^", "'"):
        reader.next()
        script = "<mo>′</mo>" if mark == "'" else _argument(reader)
        (sub if mark == "_" else sup).append(script)
    if len(sub) > 1:
        raise UnknownTex("two subscripts")
    made = _with_scripts(base, _grouped(sub), _grouped(sup), _takes_limits(token))
    return made + _space("0.17em") if _stands_before_argument(token, reader.peek()) else made


def _stands_before_argument(token: str, following: str | None) -> bool:
    """Whether TeX sets a thin space here: ln p, but ln(p)."""
    if token[:1] != "\\" or token[1:] not in FUNCTIONS or following is None:
        return False
    return following.isalnum() or following.removeprefix("\\") in IDENTIFIERS | STRUCTURES


def _takes_limits(token: str) -> bool:
    name = token.removeprefix("\\")
    return token.startswith("\\") and (
        name in LARGE or name in LIMITS or name in ("underbrace", "overbrace", "operatorname*")
    )


def _with_scripts(base: str, sub: str, sup: str, limits: bool) -> str:
    sub, sup = (script if script != EMPTY else "" for script in (sub, sup))
    below, above, both = (
        ("munder", "mover", "munderover") if limits else ("msub", "msup", "msubsup")
    )
    if sub and sup:
        return f"<{both}>{base}{sub}{sup}</{both}>"
    if sub:
        return f"<{below}>{base}{sub}</{below}>"
    return f"<{above}>{base}{sup}</{above}>" if sup else base


def _argument(reader: _Reader) -> str:
    """A {group}, or the single atom that TeX takes in its place."""
    if reader.peek() != "{":
        token = reader.peek() or ""
        if token.isdigit() and len(token) > 1:  # TeX takes one digit
            reader.tokens[reader.at : reader.at + 1] = list(token)
        return _atom(reader)
    reader.next()
    row = _row(reader, ("}",))
    reader.next()
    return row


def _atom(reader: _Reader) -> str:
    reader.depth += 1
    if reader.depth > MAX_DEPTH:
        raise UnknownTex("nested too deeply")
    made = _one_atom(reader)
    reader.depth -= 1
    return made


def _one_atom(reader: _Reader) -> str:
    token = reader.peek() or ""
    if token == "{":
        return _argument(reader)
    reader.next()
    if token.startswith("\\"):
        return _command(token[1:], reader)
    if token[0].isdigit():
        return f"<mn>{token}</mn>"
    if token.isalpha():
        return f"<mi>{escape(token)}</mi>"
    if token == "~":
        return _space("0.25em")
    return _operator({"-": "−", "*": "∗"}.get(token, token))


def _operator(text: str, size: float | None = None) -> str:
    if size is not None:
        return f'<mo minsize="{size}em" maxsize="{size}em">{escape(text)}</mo>'
    stretchy = ' stretchy="false"' if text in "()[]{}|‖⟨⟩" else ""
    return f"<mo{stretchy}>{escape(text)}</mo>"


def _space(width: str) -> str:
    return f'<mspace width="{width}"></mspace>'


def _command(name: str, reader: _Reader) -> str:
    for table, draw in (
        (IDENTIFIERS, lambda text: f"<mi>{text}</mi>"),
        (OPERATORS, _operator),
        (LARGE, lambda text: f"<mo>{text}</mo>"),
        (SPACES, _space),
    ):
        if name in table:
            return draw(table[name])
    if name in FUNCTIONS:
        return f"<mi>{name}</mi>"
    if name in IGNORED:
        return ""
    if name in STRUCTURES:
        return STRUCTURES[name](name, reader)
    raise UnknownTex(f"\\{name}")


def _fraction(name: str, reader: _Reader) -> str:
    made = f"<mfrac>{_argument(reader)}{_argument(reader)}</mfrac>"
    if name == "tfrac":
        return f'<mstyle displaystyle="false">{made}</mstyle>'
    return f'<mstyle displaystyle="true">{made}</mstyle>' if name == "dfrac" else made


def _binomial(name: str, reader: _Reader) -> str:
    above, below = _argument(reader), _argument(reader)
    return f'<mrow><mo>(</mo><mfrac linethickness="0">{above}{below}</mfrac><mo>)</mo></mrow>'


def _root(name: str, reader: _Reader) -> str:
    if reader.peek() != "[":
        return f"<msqrt>{_argument(reader)}</msqrt>"
    reader.next()
    degree = _row(reader, ("]",))
    reader.next()
    return f"<mroot>{_argument(reader)}{degree}</mroot>"


def _accent(name: str, reader: _Reader) -> str:
    base, mark = _argument(reader), ACCENTS[name]
    stretchy = "false" if name in ("hat", "tilde", "bar", "dot", "ddot", "check", "vec") else "true"
    return f'<mover accent="true">{base}<mo stretchy="{stretchy}">{mark}</mo></mover>'


def _under(name: str, reader: _Reader) -> str:
    return f"<munder>{_argument(reader)}<mo>{UNDERS[name]}</mo></munder>"


def _stacked(name: str, reader: _Reader) -> str:
    mark, base = _argument(reader), _argument(reader)
    tag = "munder" if name == "underset" else "mover"
    return f"<{tag}>{base}{mark}</{tag}>"


def _text(name: str, reader: _Reader) -> str:
    text = re.sub(r"\\([_%#&$ ])", r"\1", re.sub(r"\\[,;:]", " ", reader.raw_group()))
    if "\\" in text or "$" in text:
        raise UnknownTex("markup inside a text")
    if name.startswith("operatorname"):
        return f"<mi>{escape(text)}</mi>"
    kept = re.sub(r"^ +| +$", "\u00a0", text)  # MathML drops spaces at both ends
    return f"<mtext>{escape(kept)}</mtext>"


def _styled(name: str, reader: _Reader) -> str:
    start = reader.at
    text = reader.raw_group() if reader.peek() == "{" else reader.next()
    if not text.strip().isascii() or not text.strip().isalnum():  # Greek, several atoms
        reader.at = start
        return f'<mrow style="font-weight:bold">{_argument(reader)}</mrow>'
    letters = "".join(_letter(name, letter) for letter in text.strip())
    return f"<mi>{escape(letters)}</mi>"


def _letter(name: str, letter: str) -> str:
    if letter == "1" and name == "mathbb":
        return "𝟙"
    if name in ("mathbf", "bm", "boldsymbol") and letter.isascii() and letter.isdigit():
        return chr(0x1D7CE + int(letter))
    if not (letter.isascii() and letter.isalpha()):
        raise UnknownTex(f"\\{name} of {letter}")
    key = "mathcal" if name == "mathscr" else name
    offset = ord(letter) - (ord("A") if letter.isupper() else ord("a") - 26)
    return LETTERLIKE.get((key, letter), chr(ALPHABETS[name] + offset))


def _delimiter(reader: _Reader) -> str:
    token = reader.next()
    if token == ".":
        return ""
    name = token[1:] if token.startswith("\\") else None
    if name is None and token in "()[]|/<>":
        return {"<": "⟨", ">": "⟩"}.get(token, token)
    if name in OPERATORS:
        return OPERATORS[name]
    raise UnknownTex(f"{token} as a delimiter")


def _fenced(name: str, reader: _Reader) -> str:
    left = _delimiter(reader)
    body = _row(reader, ("\\right",))
    reader.next()
    return _fence(left, body, _delimiter(reader))


def _fence(left: str, body: str, right: str) -> str:
    opened = f'<mo stretchy="true" form="prefix">{escape(left)}</mo>' if left.strip() else ""
    closed = f'<mo stretchy="true" form="postfix">{escape(right)}</mo>' if right.strip() else ""
    return f"<mrow>{opened}{body}{closed}</mrow>"


def _sized(name: str, reader: _Reader) -> str:
    return _operator(_delimiter(reader), SIZES[name])


def _environment(name: str, reader: _Reader) -> str:
    kind = reader.raw_group()
    if kind not in FENCES:
        raise UnknownTex(f"environment {kind}")
    if kind == "array":
        reader.raw_group()
    rows: list[list[str]] = [[]]
    while True:
        rows[-1].append(_row(reader, ("&", "\\\\", "\\end")))
        token = reader.next()
        if token == "\\\\":
            rows.append([])
        elif token == "\\end":
            break
    if reader.raw_group() != kind:
        raise UnknownTex("another environment ends")
    return _fence(FENCES[kind][0], _table(rows, kind), FENCES[kind][1])


def _table(rows: list[list[str]], kind: str) -> str:
    if rows[-1] == [EMPTY]:
        rows = rows[:-1]
    align = "left" if kind == "cases" else "center"
    if kind in ("aligned", "align", "align*", "split"):
        align = "aligned"
    made = "".join(
        "<mtr>" + "".join(f"<mtd{_side(align, i)}>{cell}</mtd>" for i, cell in enumerate(row))
        + "</mtr>"
        for row in rows
    )  # fmt: skip
    return f"<mtable>{made}</mtable>"


def _side(align: str, column: int) -> str:
    side = ("right", "left")[column % 2] if align == "aligned" else align
    return "" if side == "center" else f' style="text-align:{side}"'


def _not(name: str, reader: _Reader) -> str:
    token = reader.next()
    text = token if not token.startswith("\\") else OPERATORS.get(token[1:], "")
    if len(text) != 1:
        raise UnknownTex("\\not")
    return _operator(text + "\u0338")


STRUCTURES = {
    **dict.fromkeys(("frac", "tfrac", "dfrac"), _fraction),
    **dict.fromkeys(("binom",), _binomial),
    **dict.fromkeys(("sqrt",), _root),
    **dict.fromkeys(ACCENTS, _accent),
    **dict.fromkeys(UNDERS, _under),
    **dict.fromkeys(("underset", "overset", "stackrel"), _stacked),
    **dict.fromkeys(TEXTS, _text),
    **dict.fromkeys(ALPHABETS, _styled),
    **dict.fromkeys(SIZES, _sized),
    "left": _fenced,
    "begin": _environment,
    "not": _not,
}
