"""The shape of the package: what an import loads, what is public, which layer knows which."""

from __future__ import annotations

import ast
import doctest
import importlib
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

import nemovideo

ROOT = Path(nemovideo.__file__).parent
MODULES = sorted(
    ".".join(("nemovideo", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__")
    for path in ROOT.rglob("*.py")
    if path.name != "__main__.py"
)
LONGEST = 400  # lines: the hard cap of the house; most files are far shorter


def loaded_by(statement: str) -> set[str]:
    """The modules that a fresh interpreter holds after a statement."""
    look = f"import sys; {statement}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def path_of(module: str) -> Path:
    folder = ROOT.joinpath(*module.split(".")[1:])
    return folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")


def test_the_protocol_is_pure() -> None:
    names = [name for name in MODULES if name.startswith("nemovideo.protocol")]
    assert "nemovideo.protocol.compress" in names
    loaded = loaded_by(f"import {', '.join(names)}")
    assert not {"asyncio", "aiohttp", "anyio", "aiofiles", "sqlite3"} & loaded
    ours = {name.split(".")[1] for name in loaded if name.startswith("nemovideo.")}
    assert ours <= {"protocol", "errors", "_version"}


def test_importing_the_package_is_lazy() -> None:
    loaded = loaded_by("import nemovideo")
    assert not {"asyncio", "aiohttp", "pydantic", "nemovideo.client", "nemovideo.engine"} & loaded


def test_the_client_loads_no_engine() -> None:
    loaded = loaded_by("from nemovideo import AsyncNemoClient")
    assert not any(name.startswith(("nemovideo.engine", "nemovideo.cli.", "rich.", "click.", "av.")) for name in loaded)


def imports_of(module: str) -> Iterator[str]:
    """What a module's source imports of this package, wherever in it."""
    for node in ast.walk(ast.parse(path_of(module).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: relative imports hide the layer"
            if node.module == "nemovideo":
                yield from (f"nemovideo.{alias.name}" for alias in node.names)
            elif node.module:
                yield node.module


def rooms(module: str) -> set[str]:
    return {name.split(".")[1] for name in imports_of(module) if name.startswith("nemovideo.")}


@pytest.mark.parametrize("module", [name for name in MODULES if name.startswith("nemovideo.engine")])
def test_the_engine_knows_the_protocol_and_the_errors_only(module: str) -> None:
    assert rooms(module) <= {"engine", "protocol", "errors", "_version"}


@pytest.mark.parametrize("module", [name for name in MODULES if "engine" not in name and ".cli" not in name])
def test_only_local_knows_the_engine(module: str) -> None:
    allowed = {"nemovideo.localbackend", "nemovideo.testing"}
    assert "engine" not in rooms(module) or module in allowed


@pytest.mark.parametrize("module", MODULES)
def test_aiohttp_stays_in_its_rooms(module: str) -> None:
    if not module.startswith(("nemovideo.transport", "nemovideo.engine")):
        assert not any(name.split(".")[0] == "aiohttp" for name in imports_of(module))


@pytest.mark.parametrize("module", [name for name in MODULES if ".engine" in name])
def test_no_ffmpeg_library_is_loaded_into_the_process(module: str) -> None:
    if module != "nemovideo.engine.media.scan":  # the program of the process that it is loaded into
        assert "av" not in {name.split(".")[0] for name in imports_of(module)}


def test_no_module_brings_one_along() -> None:
    """All of the engine in one process: none of them may, so none of them does."""
    engine = [name for name in MODULES if ".engine" in name]
    assert "av" not in loaded_by(f"import {', '.join(engine)}")


def test_public_names_are_sorted_and_are_what_is_visible() -> None:
    public = nemovideo.__all__
    assert list(public) == sorted(public)
    assert len(set(public)) == len(public)
    for name in public:
        assert getattr(nemovideo, name) is not None
    visible = {name for name in dir(nemovideo) if not name.startswith("_")}
    submodules = {name.split(".")[1] for name in MODULES if name.count(".") == 1}
    assert visible - submodules == {name for name in public if not name.startswith("_")}


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nothing_of_the_kind"):
        _ = nemovideo.nothing_of_the_kind


@pytest.mark.parametrize("module", MODULES)
def test_every_module_says_what_is_public(module: str) -> None:
    tree = ast.parse(path_of(module).read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    defined = {node.name for node in tree.body if isinstance(node, kinds) and not node.name.startswith("_")}
    lists = [
        node.value for node in tree.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    ]
    if not defined:
        return
    assert lists, f"{module} has no __all__"
    public: list[str] = ast.literal_eval(lists[0])
    assert public == sorted(public)
    assert len(set(public)) == len(public)
    if has_needs_of(module):
        for name in public:
            assert getattr(importlib.import_module(module), name, None) is not None, f"{module}.{name}"


def has_needs_of(module: str) -> bool:
    """Whether the extra that a module needs is installed."""
    return ".cli" not in module or find_spec("click") is not None


def public_members(kind: type) -> Iterator[tuple[str, object]]:
    for name, member in vars(kind).items():
        if not name.startswith("_") and (
            isinstance(member, property | classmethod | staticmethod) or inspect.isroutine(member)
        ):
            yield name, member


@pytest.mark.parametrize("module", MODULES)
def test_everything_public_has_a_docstring(module: str) -> None:
    if not has_needs_of(module):
        pytest.skip("the extra is not installed")
    home = importlib.import_module(module)
    bare: list[str] = []
    for name in getattr(home, "__all__", ()):
        thing = getattr(home, name)
        if not (inspect.isclass(thing) or inspect.isroutine(thing)) or thing.__module__ != module:
            continue
        bare += [] if inspect.getdoc(thing) else [name]
        if inspect.isclass(thing):
            bare += [
                f"{name}.{inner}" for inner, _ in public_members(thing) if not inspect.getdoc(getattr(thing, inner))
            ]
    assert bare == []


RESOURCES = ("session", "upload", "chat", "credits", "state", "render")
MAIN = (
    "client.compress", "client.ask", "session.create", "upload.file", "chat.stream", "chat.send", "chat.recover",
    "credits.balance", "state.timeline", "render.export", "render.resume",
)  # fmt: skip


def calls() -> Iterator[tuple[str, str]]:
    """Every public call of the client and its resources, with its words."""
    client = nemovideo.AsyncNemoClient("https://cloud.example", "t")
    rooms: list[tuple[str, object]] = [("client", client), *((room, getattr(client, room)) for room in RESOURCES)]
    for room, thing in rooms:
        for name, member in public_members(type(thing)):
            if inspect.iscoroutinefunction(member) or name == "stream":
                yield f"{room}.{name}", inspect.getdoc(member) or ""


def test_every_call_tells_what_it_raises() -> None:
    told = dict(calls())
    assert set(MAIN) <= set(told)
    inner = {"client.aclose", "chat.close", "chat.connect", "upload.measured", "upload.opened"}
    assert [name for name, words in told.items() if "Raises" not in words and name not in inner] == []
    assert [name for name in MAIN if "Example:" not in told[name]] == []


@pytest.mark.parametrize("module", MODULES)
def test_examples_are_true(module: str) -> None:
    if not has_needs_of(module):
        pytest.skip("the extra is not installed")
    finder, runner = doctest.DocTestFinder(exclude_empty=True), doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    for test in finder.find(importlib.import_module(module), module):
        for example in test.examples:
            skipped = example.options.get(doctest.SKIP, False)
            assert not skipped or NEEDS_MORE.search(test.docstring or ""), f"{test.name}: why is it not run?"
        runner.run(test)
    assert runner.failures == 0


NEEDS_MORE = re.compile(r"client|engine|await |async ", re.IGNORECASE)
"""What an example that is not run must speak of: it needs a backend, a loop or a file."""


def test_no_type_of_a_library_behind_is_in_a_signature() -> None:
    client = nemovideo.AsyncNemoClient("https://cloud.example", "t")
    public = [getattr(nemovideo, name) for name in nemovideo.__all__]
    kinds = [thing for thing in public if inspect.isclass(thing)] + [type(getattr(client, room)) for room in RESOURCES]
    seen = 0
    for kind in kinds:
        methods = [method for name, method in inspect.getmembers(kind, inspect.isroutine) if not name.startswith("__")]
        getters = [entry.fget for _, entry in inspect.getmembers(kind) if isinstance(entry, property)]
        for thing in (kind, kind.__init__, *methods, *getters):
            told = getattr(inspect.unwrap(thing), "__annotations__", {}) if callable(thing) else {}
            seen += len(told)
            for name, annotation in told.items():
                assert not re.search(r"aiohttp|tenacity|web\.|Connector|Retry[A-Z]", str(annotation)), (kind, name)
    assert seen > 200


def test_the_reference_lists_every_public_name() -> None:
    page = ROOT.parents[1] / "docs" / "reference.md"
    if not page.is_file():
        pytest.skip("the installed package has no documentation with it")
    listed = set(re.findall(r"(?:autoclass|py:data):: nemovideo\.(\w+)", page.read_text()))
    errors = {name for name in nemovideo.__all__ if name in importlib.import_module("nemovideo.errors").__all__}
    assert set(nemovideo.__all__) - errors - listed == {"__version__"}
    assert "automodule:: nemovideo.errors" in page.read_text()


@pytest.mark.parametrize("module", MODULES)
def test_a_file_says_what_it_is_and_is_not_too_long(module: str) -> None:
    source = path_of(module).read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(source)), f"{module} has no docstring"
    assert source.count("\n") <= LONGEST
    assert module.rpartition(".")[2] not in {"utils", "helpers", "common", "base", "misc"}


def test_it_is_typed() -> None:
    assert (ROOT / "py.typed").is_file()


def test_every_module_can_be_imported_alone() -> None:
    for module in MODULES:
        if ".cli" in module and find_spec("click") is None:
            continue
        assert importlib.import_module(module)
