"""Files of strangers: what may reach a parser at all, and the parser in a process of its own.

A two-kilobyte workbook can abort the process that reads it, or ask for all of its memory. So a file from outside is first
looked at without being parsed (`inspect`: sizes, members, entities, lines), and then read by a child process that may use
so much memory and time and no more. The child hands back Arrow tables and JSON; nothing it says is run. Whatever happens
to it is a Problem of the file that did it. `read_all` has the signature of `build.read_all`, which reads in this
process: for files that come from here, and for measuring.
"""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipelines.contract import TABLES
from pipelines.problems import Place, Problem, codes
from pipelines.workbook import Block, Reading
from pipelines.workbook.tables import schema

PROJECT = Path(__file__).resolve().parent.parent
MEGABYTE = 2**20
CHILD = "import sys; sys.path.insert(0, sys.argv[1]); from pipelines.isolation import child; child(sys.argv[2])"


SHEET = re.compile(rb"<(?:\w+:)?sheet\s")
FAR_COLUMN = re.compile(rb'<(?:\w+:)?c [^>]*?\br="[A-Z]{4,}')


@dataclasses.dataclass(frozen=True)
class Limits:
    """What one file may be, and what reading the files of one upload may take."""

    file: int = 100 * MEGABYTE
    unpacked: int = 1024 * MEGABYTE
    members: int = 2000
    sheets: int = 300
    ratio: int = 200
    """How many times smaller than its content a member above 5 MB may be."""
    line: int = MEGABYTE
    memory: int = 4096 * MEGABYTE
    seconds: int = 60
    """Processor seconds, and half as much again by the clock on the wall."""
    output: int = 2048 * MEGABYTE


LIMITS = Limits()
_places = threading.BoundedSemaphore(2)
"""So many children at a time: each may take `Limits.memory`."""


def read_all(
    sources: Sequence[tuple[str, bytes]],
    context: Mapping[str, pa.Table] | None = None,
    cycle: int | None = None,
    headings: Mapping[str, tuple[str, str]] | None = None,
    limits: Limits = LIMITS,
) -> list[Reading]:
    """Read files that belong together in a child process. Never raises for what a file can contain or do."""
    refused = {number: inspect(content, name, limits) for number, (name, content) in enumerate(sources)}
    sound = [number for number, problem in refused.items() if problem is None]
    readings = {number: _without(sources[number], problem) for number, problem in refused.items() if problem}
    if sound:
        given = [sources[number] for number in sound]
        found, reason = _ask_child(given, context or {}, cycle, headings or {}, limits)
        if found is None and len(sound) > 1:  # one of them did it: the others are read without it
            kept = []
            for number in sound:
                alone, reason = _ask_child([sources[number]], context or {}, cycle, headings or {}, limits)
                if alone is None:
                    readings[number] = _without(sources[number], _stopped(sources[number], reason))
                else:
                    kept.append(number)
            sound = kept
            given = [sources[number] for number in sound]
            found, reason = _ask_child(given, context or {}, cycle, headings or {}, limits)
        for place, number in enumerate(sound):
            readings[number] = found[place] if found else _without(sources[number], _stopped(sources[number], reason))
    return [readings[number] for number in range(len(sources))]


def inspect(content: bytes, name: str, limits: Limits = LIMITS) -> Problem | None:
    """What forbids that the file is parsed at all, if anything does. Nothing of it is parsed here."""
    if len(content) > limits.file:
        return Problem("file-too-big", Place(name), _megabytes(len(content)), {"most": _megabytes(limits.file)})
    if content.startswith(b"PK"):
        try:
            unsafe = _unsafe_archive(content, limits)
        except (
            zipfile.BadZipFile,
            zlib.error,
            OSError,
            EOFError,
            ValueError,
            NotImplementedError,
            RuntimeError,
        ) as error:
            return Problem("file-unreadable", Place(name), str(error))
        return Problem("file-unsafe", Place(name), unsafe) if unsafe else None
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        # How many sectors its tables have: a reader makes room for them before it looks whether they are there.
        counts = [int.from_bytes(content[place : place + 4], "little") for place in (40, 44, 64, 72)]
        if max(counts) > len(content) // 512:
            return Problem("file-unsafe", Place(name), f"tables of {max(counts)} sectors")
    else:
        longest = max(map(len, content.split(b"\n")), default=0)
        if longest > limits.line:
            return Problem("file-unsafe", Place(name), f"a line of {_megabytes(longest)}")
    return None


# -- before parsing ---------------------------------------------------------------------------------------------------


def _unsafe_archive(content: bytes, limits: Limits) -> str:
    """What is wrong with a zip file as a container; empty where nothing is."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
        if len(members) > limits.members:
            return f"{len(members)} members"
        names = [member.filename.replace("\\", "/").lower() for member in members]
        if len(set(names)) < len(names):
            return "a member is there twice"
        for name in names:
            if name.startswith("/") or ".." in name.split("/") or "\0" in name or re.match(r"[a-z]:", name):
                return f"the member {name}"
        end = 0
        for member in sorted(members, key=lambda member: member.header_offset):
            if member.header_offset < end:
                return "members overlap"
            end = member.header_offset + member.compress_size
        if sum(member.file_size for member in members) > limits.unpacked:
            return f"{_megabytes(sum(member.file_size for member in members))} unpacked"
        for member in members:
            if member.file_size > 5 * MEGABYTE and member.file_size > limits.ratio * max(member.compress_size, 1):
                return f"{member.filename}: {member.file_size // max(member.compress_size, 1)} times packed"
            if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                return f"{member.filename}: an unusual compression"
            if member.flag_bits & 1:
                continue  # a password: the reader says so
            if member.filename.lower().endswith((".xml", ".rels", ".vml")):
                is_book = member.filename.lower().endswith("workbook.xml")
                with archive.open(member) as part:
                    head = part.read(2**20 if is_book else 2**16)
                if is_book and len(SHEET.findall(head)) > limits.sheets:
                    return f"more than {limits.sheets} sheets"
                if _declares(head):
                    return f"{member.filename}: a document type or entities"
                if FAR_COLUMN.search(head):
                    return f"{member.filename}: a column beyond XFD"
    return ""


def _declares(head: bytes) -> bool:
    """Whether an XML part declares a document type or entities, in any encoding that a parser may take."""
    plain = head.replace(b"\0", b"")  # UTF-16 and UTF-32 read as ASCII between
    return b"<!DOCTYPE" in plain or b"<!ENTITY" in plain


def _megabytes(count: int) -> str:
    return f"{count / MEGABYTE:.0f} MB"


def _without(source: tuple[str, bytes], problem: Problem) -> Reading:
    return Reading(source[0], hashlib.sha256(source[1]).hexdigest(), problems=[problem])


def _stopped(source: tuple[str, bytes], reason: str) -> Problem:
    return Problem("reading-stopped", Place(source[0]), reason)


# -- the child --------------------------------------------------------------------------------------------------------


def _ask_child(
    sources: Sequence[tuple[str, bytes]],
    context: Mapping[str, pa.Table],
    cycle: int | None,
    headings: Mapping[str, tuple[str, str]],
    limits: Limits,
) -> tuple[list[Reading] | None, str]:
    """The readings, or None and what happened to the child."""
    with _places, tempfile.TemporaryDirectory(prefix="kaoping-") as directory:
        folder = Path(directory)
        for number, (_, content) in enumerate(sources):
            (folder / f"source-{number}").write_bytes(content)
        for name, table in context.items():
            _write(table, folder / f"context-{name}.arrow")
        request = {
            "names": [name for name, _ in sources],
            "context": list(context),
            "cycle": cycle,
            "headings": {heading: list(place) for heading, place in headings.items()},
            "limits": dataclasses.asdict(limits),
        }
        (folder / "request.json").write_text(json.dumps(request), encoding="utf-8")
        command = [sys.executable, "-I", "-X", "utf8", "-c", CHILD, str(PROJECT), directory]
        environment = {"OPENBLAS_NUM_THREADS": "1", "PATH": os.defpath}
        try:
            done = subprocess.run(
                command, env=environment, cwd=directory, stdin=subprocess.DEVNULL, capture_output=True,
                timeout=limits.seconds * 1.5, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return None, "time"
        if done.returncode:
            return None, _cause(done.returncode, done.stderr)
        try:
            return [_answer(folder, number, source) for number, source in enumerate(sources)], ""
        except (OSError, ValueError, KeyError, TypeError, pa.ArrowException):
            return None, "answer"


def _cause(code: int, said: bytes) -> str:
    if b"MemoryError" in said or b"memory allocation" in said or b"bad_alloc" in said:
        return "memory"
    return "time" if code in (-24, -9) else "crash"  # SIGXCPU, SIGKILL


def _answer(folder: Path, number: int, source: tuple[str, bytes]) -> Reading:
    """One reading that the child wrote down; ValueError where it is not of the form that was asked for."""
    said: dict[str, Any] = json.loads((folder / f"answer-{number}.json").read_text(encoding="utf-8"))
    tables = {}
    for name in said["tables"]:
        if name not in TABLES:
            raise ValueError(name)
        table = _read_table(folder / f"answer-{number}-{name}.arrow")
        table.validate(full=True)
        if table.schema.names != schema(name).names:
            raise ValueError(name)
        tables[name] = table
    problems = [
        Problem(one["code"], Place(*one["place"]), one["found"], one["details"])
        for one in said["problems"]
        if one["code"] in codes()
    ]
    if not tables and not problems:
        problems.append(Problem("file-empty", Place(source[0])))
    blocks = [Block(**{**block, "row_span": tuple(block["row_span"])}) for block in said["blocks"]]
    return Reading(source[0], hashlib.sha256(source[1]).hexdigest(), tables, problems, blocks)


def _read_table(path: Path) -> pa.Table:
    with pa.OSFile(str(path), "rb") as file:
        return pa.ipc.open_file(file).read_all()


def _write(table: pa.Table, path: Path) -> None:
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)


def child(directory: str) -> None:
    """What the child does: bind itself, read, write the answer down. Not to be called in a process that lives on."""
    import resource

    folder = Path(directory)
    request = json.loads((folder / "request.json").read_text(encoding="utf-8"))
    limits = Limits(**request["limits"])
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.output, limits.output))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from pipelines import build

    context = {name: _read_table(folder / f"context-{name}.arrow") for name in request["context"]}
    sources = [(name, (folder / f"source-{number}").read_bytes()) for number, name in enumerate(request["names"])]
    headings = {heading: (place[0], place[1]) for heading, place in request["headings"].items()}
    readings = build.read_all(sources, context, request["cycle"], headings)
    for number, reading in enumerate(readings):
        for name, table in reading.tables.items():
            _write(table, folder / f"answer-{number}-{name}.arrow")
        answer = {
            "tables": list(reading.tables),
            "problems": [
                {
                    "code": problem.code,
                    "place": [problem.place.file, problem.place.sheet, problem.place.cell],
                    "found": problem.found,
                    "details": problem.details,
                }
                for problem in reading.problems
            ],
            "blocks": [dataclasses.asdict(block) for block in reading.blocks],
        }
        (folder / f"answer-{number}.json").write_text(json.dumps(answer), encoding="utf-8")
