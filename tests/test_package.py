"""The shape of the package: what an import loads, what is public, which layer knows which."""

from __future__ import annotations

import ast
import importlib
import inspect
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

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
    allowed = {"nemovideo.localbackend"}
    assert "engine" not in rooms(module) or module in allowed


@pytest.mark.parametrize("module", MODULES)
def test_aiohttp_stays_in_its_rooms(module: str) -> None:
    if not module.startswith(("nemovideo.transport", "nemovideo.engine")):
        assert not any(name.split(".")[0] == "aiohttp" for name in imports_of(module))


@pytest.mark.parametrize("module", [name for name in MODULES if ".engine" in name])
def test_no_ffmpeg_library_is_loaded_into_the_process(module: str) -> None:
    if module != "nemovideo.engine.media.scan":  # the program of the process that it is loaded into
        assert "av" not in {name.split(".")[0] for name in imports_of(module)}
    assert "av" not in loaded_by(f"import {module}")


def test_public_names_are_sorted_and_are_what_is_visible() -> None:
    public = nemovideo.__all__
    # As ruff sorts it (RUF022): constants, classes, functions, each by name.
    assert list(public) == sorted(public, key=lambda name: (not name.isupper(), not name[0].isupper(), name))
    assert len(set(public)) == len(public)
    for name in public:
        assert getattr(nemovideo, name) is not None
    visible = {name for name in dir(nemovideo) if not name.startswith("_")}
    submodules = {name.split(".")[1] for name in MODULES if name.count(".") == 1}
    assert visible - submodules == {name for name in public if not name.startswith("_")}


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nothing_of_the_kind"):
        _ = nemovideo.nothing_of_the_kind


def public_members(thing: type | ModuleType, module: str) -> Iterator[tuple[str, object]]:
    for name, member in vars(thing).items():
        if name.startswith("_") or getattr(member, "__module__", module) != module:
            continue
        if isinstance(member, property) or inspect.isroutine(member) or inspect.isclass(member):
            yield name, member


def test_everything_public_has_a_docstring() -> None:
    bare: list[str] = []
    for name in nemovideo.__all__:
        thing = getattr(nemovideo, name)
        if not inspect.isclass(thing) and not inspect.isroutine(thing):
            continue
        if not inspect.getdoc(thing):
            bare.append(name)
        if inspect.isclass(thing):
            for inner, member in public_members(thing, thing.__module__):
                if not inspect.getdoc(getattr(thing, inner, member)):
                    bare.append(f"{name}.{inner}")
    assert bare == []


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
