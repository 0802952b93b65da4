"""The source of a function or class, with that of what it uses, as a file that stands alone."""

from __future__ import annotations

import ast
import inspect
import linecache
import re
import symtable
import sys
import types
from collections.abc import Iterable, Iterator
from typing import Any

from course.errors import UserError

PLAIN = (str, int, float, bool, bytes, type(None))
DEFINITIONS = (ast.FunctionDef, ast.ClassDef)
HEAD = "from __future__ import annotations"


def sources_of(wanted: Iterable[Any]) -> list[str]:
    """Imports, constants, helpers and the wanted definitions, in an order that runs.

    Args:
        wanted: functions and classes, also those of a notebook's cells.

    Raises:
        UserError: the source of one is not to be found, or it needs something that cannot be
            written down, such as a model: make that within the function.
    """
    imports: dict[str, str] = {}
    definitions: dict[str, str] = {}
    for one in wanted:
        _collect(one, imports, definitions)
    return ["\n".join([HEAD, "", *sorted(imports.values())]), *definitions.values()]


def _collect(one: Any, imports: dict[str, str], definitions: dict[str, str]) -> None:
    """Put a definition behind those of all that it uses."""
    name = one.__name__
    if name in definitions:
        return
    source, names = _source(one), _globals(one)
    definitions[name] = ""  # a function may call itself
    del definitions[name]
    for used in _names(source):
        if used != name and used in names:
            _add(used, names[used], imports, definitions)
    definitions[name] = source


def _add(name: str, value: Any, imports: dict[str, str], definitions: dict[str, str]) -> None:
    if isinstance(value, types.ModuleType):
        imports[name] = f"import {value.__name__} as {name}"
    elif isinstance(value, (types.FunctionType, type)) and not _is_notebook(value):
        imports[name] = _import(name, value)
    elif isinstance(value, (types.FunctionType, type)):
        _collect(value, imports, definitions)
    elif (written := _written(value)) is not None:
        if isinstance(value, re.Pattern):
            imports["re"] = "import re"
        definitions[name] = f"{name} = {written}"
    elif getattr(value, "__module__", None) and getattr(value, "__name__", None):
        imports[name] = _import(name, value)  # a builtin of a library, or a type alias
    elif getattr(sys.modules.get("typing"), name, None) is value:
        imports[name] = f"from typing import {name}"
    else:
        raise UserError(
            f"`{name}` is {type(value).__name__}, which cannot be written into a file: make it "
            "within the function that uses it."
        )


def _import(name: str, value: Any) -> str:
    other = value.__name__
    return f"from {value.__module__} import {other}" + ("" if other == name else f" as {name}")


def _is_notebook(value: Any) -> bool:
    """Whether it was defined in a cell, or in a module that no file could import."""
    module = sys.modules.get(value.__module__)
    return value.__module__ == "__main__" or getattr(module, "__file__", None) is None


def _written(value: Any) -> str | None:
    """A constant as Python writes it; None if it is none."""
    if isinstance(value, PLAIN):
        return repr(value)
    if isinstance(value, re.Pattern):
        return f"re.compile({value.pattern!r}, {value.flags})"
    if isinstance(value, dict):
        parts = [(_written(key), _written(one)) for key, one in value.items()]
        whole = all(key is not None and one is not None for key, one in parts)
        return "{" + ", ".join(f"{k}: {v}" for k, v in parts) + "}" if whole else None
    if isinstance(value, (list, tuple, set, frozenset)):
        inner = [_written(one) for one in value]
        if any(one is None for one in inner):
            return None
        listed = "[" + ", ".join(str(one) for one in inner) + "]"
        return listed if isinstance(value, list) else f"{type(value).__name__}({listed})"
    return None


# ------------------------------------------------------------------------------------ reading
def _code(one: Any) -> types.CodeType | None:
    """A code object of a function, or of a method of a class."""
    if isinstance(one, type):
        methods = (inspect.unwrap(_function(m)) for m in vars(one).values() if _function(m))
        return next((m.__code__ for m in methods if hasattr(m, "__code__")), None)
    return getattr(inspect.unwrap(one), "__code__", None)


def _function(method: Any) -> Any:
    inner = getattr(method, "fget", None) or getattr(method, "__func__", None) or method
    return inner if isinstance(inner, types.FunctionType) else None


def _source(one: Any) -> str:
    """The lines of a definition, decorators included.

    inspect does not find classes of notebooks on Python 3.11; their methods know the cell.
    """
    code = _code(one)
    lines = linecache.getlines(code.co_filename) if code else []
    text = "".join(lines)
    try:
        found = [n for n in ast.parse(text).body if isinstance(n, DEFINITIONS)]
        found = [n for n in found if n.name == one.__name__]
    except SyntaxError:
        found = []  # a cell with a magic in it
    if not found:
        raise UserError(
            f"The source of `{one.__name__}` is not to be found: run its cell again, without "
            "lines that begin with % or !."
        )
    first = min([found[-1].lineno, *(d.lineno for d in found[-1].decorator_list)])
    return "".join(lines[first - 1 : found[-1].end_lineno]).rstrip()


def _globals(one: Any) -> dict[str, Any]:
    if isinstance(one, type):
        module = sys.modules.get(one.__module__)
        found = [_function(m) for m in vars(one).values() if _function(m)]
        return found[0].__globals__ if found else vars(module) if module else {}
    return inspect.unwrap(one).__globals__


def _names(source: str) -> Iterator[str]:
    """Names that a definition takes from around it, each once; its own parameters are not."""
    yield from dict.fromkeys(_free(symtable.symtable(source, "<own>", "exec")))


def _free(scope: symtable.SymbolTable) -> Iterator[str]:
    outermost = scope.get_type() == "module"
    for symbol in scope.get_symbols():
        if symbol.is_global() or (outermost and symbol.is_referenced()):
            yield symbol.get_name()
    for inner in scope.get_children():
        yield from _free(inner)
