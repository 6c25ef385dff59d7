"""The command line: `python -m pipelines COMMAND`.

Decides exit codes and what is printed: 0 done, 2 problems in the input (printed, and written to problems.csv where
there is an output folder), 1 anything else. Progress is a bar on a terminal, plain lines otherwise.
"""

from __future__ import annotations

import datetime as dt
import getpass
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, TypeVar

import click
import pyarrow as pa

from pipelines import access, engine, extracts, isolation, publication, reads, versions
from pipelines import build as verbs
from pipelines import dossier as dossiers
from pipelines import report as documents
from pipelines.problems import InputError, KaopingError, Problem, has_errors
from pipelines.reads import Selection
from pipelines.warehouse import Warehouse, path_from_environment
from pipelines.warehouse import restore as restore_file

PROBLEMS = 2
Item = TypeVar("Item")
PROJECT = Path(__file__).resolve().parent.parent

database = click.option(
    "--db", type=click.Path(dir_okay=False, path_type=Path), default=None, help="The database file."
)
language = click.option("--language", type=click.Choice(["zh", "en"]), default="zh", help="The language of sentences.")
files_argument = click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
out_option = click.option(
    "--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Where to write."
)
engine_option = click.option(
    "--engine", "url", metavar="URL", help="Another engine than DuckDB: sc://host:port of Spark."
)
exchange_option = click.option(
    "--exchange",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder that this machine and the engine's workers see under the same name.",
)


@click.group(help=__doc__)
def main() -> None:
    """Performance appraisal analytics."""


@main.command()
@files_argument
@click.option("--context", multiple=True, type=click.Path(exists=True, path_type=Path), help="Roster and scheme.")
@click.option("--cycle", type=int, help="The cycle of tables that name none.")
@out_option
@language
def read(files: Sequence[Path], context: Sequence[Path], cycle: int | None, out: Path, language: str) -> None:
    """Read workbooks and write what was found, one CSV per table, and problems.csv. Stores nothing."""
    known = verbs.read_all([(path.name, path) for path in context])
    vocabulary = {name: table for reading in known for name, table in reading.tables.items()}
    worst = False
    for path in _steps(files, lambda file: file.name):
        reading = verbs.read_all([(path.name, path)], vocabulary, cycle)[0]
        problems, tables = verbs.canonical(reading, known, cycle)
        folder = out / (path.name if path.is_dir() else path.stem)
        folder.mkdir(parents=True, exist_ok=True)
        for name, table in tables.items():
            extracts.write(table, folder / f"{name}.csv", for_excel=False)
        _write_problems(problems, folder, language)
        worst = worst or has_errors(problems)
    if worst:
        raise SystemExit(PROBLEMS)


@main.command()
@files_argument
@click.option("--cycle", type=int, help="The cycle to score; without it the scheme's.")
@out_option
@language
@engine_option
@exchange_option
def score(
    files: Sequence[Path], cycle: int | None, out: Path, language: str, url: str | None, exchange: Path | None
) -> None:
    """Score workbooks in memory and write the six extracts. Stores nothing."""
    readings = verbs.read_all([(path.name, path) for path in files], cycle=cycle)
    with engine.connect(url, exchange) as runs, _bar("score") as progress:
        problems, tables = verbs.score_readings(readings, cycle, progress, runs)
    out.mkdir(parents=True, exist_ok=True)
    _write_problems(problems, out, language)
    if tables is None:
        raise SystemExit(PROBLEMS)
    for name, table in tables.items():
        extracts.write(table, out / f"{name}.csv", for_excel=False)


@main.command()
@files_argument
@database
@click.option("--cycle", type=int, help="The cycle of tables that name none.")
@click.option("--who", default=None, help="Who uploads; without it the user of this machine.")
@language
def load(files: Sequence[Path], db: Path | None, cycle: int | None, who: str | None, language: str) -> None:
    """Read, check and store workbooks. Nothing is stored when one of them has an error."""
    for path in files:
        if path.is_dir():
            raise click.BadParameter(f"{path} is a folder; name the files in it, such as {path / '*.xlsx'}")
    with Warehouse.open(db or path_from_environment()) as warehouse:
        sources = [(path.name, path.read_bytes()) for path in files]
        preview = verbs.preview(warehouse, sources, cycle, isolation.read_all)
        _print_problems(preview.problems, language)
        if not preview.can_commit:
            raise SystemExit(PROBLEMS)
        uploads = verbs.commit(warehouse, preview, who or _user(), _now())
    click.echo(f"stored as upload {', '.join(map(str, uploads))}")


@main.command()
@database
@click.option("--cycle", "cycles", multiple=True, type=int, help="Only this cycle; may be given again.")
@language
@engine_option
@exchange_option
def build(db: Path | None, cycles: Sequence[int], language: str, url: str | None, exchange: Path | None) -> None:
    """Score every cycle whose uploads or rules changed."""
    with engine.connect(url, exchange) as runs, Warehouse.open(db or path_from_environment()) as warehouse:
        try:
            with _bar("build") as progress:
                built = verbs.build(warehouse, cycles or None, progress, who=_user(), at=_now(), runs=runs)
        except InputError as error:
            _print_problems(error.problems, language)
            raise SystemExit(PROBLEMS) from error
    click.echo(f"built: {', '.join(map(str, built)) or 'nothing had changed'}")


@main.command()
@click.argument("table")
@database
@click.option("--format", "kind", type=click.Choice(["csv", "xlsx", "parquet"]), default="csv")
@click.option("--cycle", type=int, help="Only this cycle.")
@click.option("--published", "is_published", is_flag=True, help="What is published, instead of the draft.")
@out_option
def export(table: str, db: Path | None, kind: str, cycle: int | None, is_published: bool, out: Path) -> None:
    """Write an extract or a mart, or all of them."""
    with Warehouse.open(db or path_from_environment()) as root:
        warehouse = root.published if is_published else root
        known = reads.table_names(warehouse)
        if table != "all" and table not in known:
            raise click.BadParameter(f"{table!r} is none of {', '.join(known)}", param_hint="TABLE")
        out.mkdir(parents=True, exist_ok=True)
        for name in _steps(known if table == "all" else (table,), str):
            extracts.write(warehouse.extract(name, cycle), out / f"{name}.{kind}")


@main.command()
@click.argument("name")
@database
@click.option("--cycle", type=int, required=True, help="The cycle.")
@click.option("--kind", help="Only this kind: unit, team, person or candidate.")
@click.option("--platform", help="Only this platform.")
@click.option("--layer", help="Only this layer.")
@click.option("--format", "form", type=click.Choice(["csv", "xlsx", "parquet"]), default="csv")
@out_option
def advice(
    name: str,
    db: Path | None,
    cycle: int,
    kind: str | None,
    platform: str | None,
    layer: str | None,
    form: str,
    out: Path,
) -> None:
    """Write a table of advice, or all of them: the rows that its page shows, a file per cohort or kind."""
    from pipelines.advice.catalogue import ADVICE, told

    if name != "all" and name not in ADVICE:
        raise click.BadParameter(f"{name!r} is none of {', '.join(ADVICE)}", param_hint="NAME")
    with Warehouse.open(db or path_from_environment()) as warehouse:
        out.mkdir(parents=True, exist_ok=True)
        for one in _steps(tuple(ADVICE) if name == "all" else (name,), str):
            for stem, table in told(warehouse, one, Selection(cycle, kind, platform, layer)):
                extracts.write(table, out / f"{stem}.{form}")


@main.command()
@database
@click.option("--cycle", type=int, required=True, help="The cycle.")
@click.option("--kind", help="Only this kind: unit, team, person or candidate.")
@click.option("--platform", help="Only this platform.")
@click.option("--layer", help="Only this layer.")
@click.option("--subject", help="Only this subject, by its id.")
@click.option(
    "--paper", type=click.Choice(["feedback", "dossier"]), default="feedback", help="A dossier is of a person."
)
@click.option("--format", "form", type=click.Choice(["html", "xlsx"]), default="html")
@out_option
@language
def report(
    db: Path | None,
    cycle: int,
    kind: str | None,
    platform: str | None,
    layer: str | None,
    subject: str | None,
    paper: str,
    form: Literal["html", "xlsx"],
    out: Path,
    language: str,
) -> None:
    """Write the feedback or dossier of subjects, a file each: a document to print, or a workbook to edit."""
    with Warehouse.open(db or path_from_environment()) as warehouse:
        selection = Selection(cycle, kind, platform, layer)
        rows = reads.ranking(warehouse, selection).to_pylist()
        kinds = dossiers.KINDS if paper == "dossier" else {row["kind"] for row in rows}
        chosen = [row["subject"] for row in rows if subject in (None, row["subject"]) and row["kind"] in kinds]
        if not chosen:
            raise click.UsageError(f"nobody in cycle {cycle} is meant by these options")
        out.mkdir(parents=True, exist_ok=True)
        for name in _steps(chosen, str):
            written = dossiers.written if paper == "dossier" else documents.written
            file, content = written(warehouse, Selection(cycle, subject=name), language, form)
            (out / file).write_bytes(content)


@main.command()
@database
def status(db: Path | None) -> None:
    """Say what the database holds."""
    with Warehouse.open(db or path_from_environment()) as warehouse:
        for title, table in (("uploads", warehouse.uploads()), ("builds", warehouse.builds())):
            click.echo(f"{title}: {table.num_rows}")
            for row in table.to_pylist():
                click.echo("  " + _line(row))


@main.command()
@click.argument("builds", nargs=-1)
@database
def verify(builds: Sequence[str], db: Path | None) -> None:
    """Check the audit log, and make builds again to compare byte by byte: those named, else every current and published one."""
    with Warehouse.open(db or path_from_environment()) as warehouse:
        faults = warehouse.broken_links()
        click.echo(f"audit log: {warehouse.head()[0]} entries, head {warehouse.head()[1][:16] or '-'}")
        shown = (name for edition in (warehouse, warehouse.published) for name in edition.builds()["build"].to_pylist())
        for name in builds or dict.fromkeys(shown):
            verdict = versions.verify(warehouse, name)
            by = "" if verdict.is_same_program else ", made by another version of the program"
            said = "the same" if verdict.holds else "DIFFERENT"
            click.echo(f"{verdict.cycle} build {verdict.build[:16]}: {said}, result {verdict.result[:16]}{by}")
            faults += verdict.faults
    for fault in faults:
        click.echo(fault, err=True)
    if faults:
        raise SystemExit(1)


@main.command()
@click.argument("table")
@click.option("--cycle", type=int, required=True, help="The cycle.")
@click.option("--subject", help="Only what is about this subject, with every cell of its score.")
@click.option("--published", "is_published", is_flag=True, help="Of what is published, instead of the draft.")
@database
@out_option
def trace(table: str, cycle: int, subject: str | None, is_published: bool, db: Path | None, out: Path) -> None:
    """Say where the rows of an extract come from: file, sheet and rows, the row of every rule, and a subject's cells."""
    with Warehouse.open(db or path_from_environment()) as root:
        warehouse = root.published if is_published else root
        if table not in reads.table_names(warehouse):
            raise click.BadParameter(f"{table!r} is none of {', '.join(reads.table_names(warehouse))}")
        selection = Selection(cycle, subject=subject)
        extracts.write(reads.origins(warehouse, table, selection), out / "origins.csv")
        if subject is not None:
            extracts.write(reads.sources(warehouse, selection), out / "sources.csv")
    click.echo(f"written to {out}")


@main.command()
@click.argument("old")
@click.argument("new")
@database
@out_option
def diff(old: str, new: str, db: Path | None, out: Path) -> None:
    """Explain every rank that moved from build OLD to build NEW: by program, data or rules. Writes differences.csv."""
    with Warehouse.open(db or path_from_environment()) as warehouse:
        moves = versions.differences(warehouse, old, new)
    out.mkdir(parents=True, exist_ok=True)
    extracts.write(moves, out / "differences.csv")
    click.echo(f"{moves.num_rows} subjects differ; written to {out / 'differences.csv'}")


@main.command()
@click.argument("cycle", type=int)
@click.argument("subject")
@click.argument("what")
@click.option("--old", default=None, help="What the cell says; without it a blank.")
@click.option("--new", default=None, help="What is right; without it a blank.")
@click.option("--period", default="", help="The period, of a result that has one.")
@click.option("--reason", required=True, help="Why; it stands beside the result.")
@click.option("--who", default=None, help="Who decided it; without it the user of this machine.")
@database
def correct(
    cycle: int, subject: str, what: str, old: str | None, new: str | None, period: str, reason: str, who: str | None,
    db: Path | None,
) -> None:  # fmt: skip
    """Declare that a cell is wrong: WHAT is results:INDICATOR, attributes:NAME or subjects:COLUMN. Changes no upload."""
    table, _, key = what.partition(":")
    with Warehouse.open(db or path_from_environment()) as warehouse:
        number = warehouse.correct(cycle, table, subject, key, old, new, reason, who or _user(), _now(), period)
    click.echo(f"correction {number}; it counts from the next build on")


who_option = click.option("--who", default=None, help="Who does it; without it the user of this machine.")
unit_option = click.Choice(publication.UNITS)


@main.command()
@click.argument("cycle", type=int)
@database
def review(cycle: int, db: Path | None) -> None:
    """Say what must hold before CYCLE is published, what the meeting chose, and what was corrected."""
    with Warehouse.open(db or path_from_environment()) as warehouse:
        for condition in publication.conditions(warehouse, cycle):
            click.echo(f"{condition.what}: {'holds' if condition.holds else 'OPEN: ' + '; '.join(condition.cases)}")
        for title, table in (
            ("choice", reads.choices(warehouse, cycle)),
            ("correction", reads.corrections(warehouse, cycle)),
        ):
            for row in table.to_pylist():
                click.echo(f"{title}  {_line(row)}")


@main.command()
@click.argument("cycle", type=int)
@click.argument("subject")
@click.argument("grade")
@click.option("--authority", required=True, help="The meeting that chose.")
@click.option("--reason", required=True, help="Why; it stands beside the result of the rule.")
@who_option
@database
def choose(cycle: int, subject: str, grade: str, authority: str, reason: str, who: str | None, db: Path | None) -> None:
    """Enter what the deciding meeting chose for SUBJECT: a GRADE, or `none`. The result of the rule stays beside it."""
    with Warehouse.open(db or path_from_environment()) as warehouse:
        chosen = "" if grade == "none" else grade
        number = warehouse.choose(cycle, subject, chosen, authority, reason, who or _user(), _now())
    click.echo(f"choice {number}")


@main.command()
@click.argument("number", type=int)
@database
def unchoose(number: int, db: Path | None) -> None:
    """Withdraw the choice NUMBER."""
    with Warehouse.open(db or path_from_environment()) as warehouse:
        warehouse.withdraw_choice(number, _user(), _now())


@main.command()
@click.argument("cycle", type=int)
@click.option("--reason", default="", help="Why it is published although something is open.")
@click.option("--starts", type=click.DateTime(["%Y-%m-%d"]), default=None, help="First day of the notice; else today.")
@click.option("--notice", type=int, default=publication.NOTICE.days, help="How long the notice runs.")
@click.option("--notice-unit", type=unit_option, default=publication.NOTICE.unit)
@click.option("--appeal", type=int, default=publication.APPEAL.days, help="How long appeals are open.")
@click.option("--appeal-unit", type=unit_option, default=publication.APPEAL.unit)
@who_option
@database
def publish(
    cycle: int, reason: str, starts: dt.datetime | None, notice: int, notice_unit: str, appeal: int, appeal_unit: str,
    who: str | None, db: Path | None,
) -> None:  # fmt: skip
    """Publish the current build of CYCLE: it is what everybody but the office sees, whatever is uploaded later."""
    with Warehouse.open(db or path_from_environment()) as warehouse:
        number = publication.publish(
            warehouse,
            cycle,
            who or _user(),
            _now(),
            reason,
            starts=starts.date() if starts else None,
            notice=publication.Term(notice, notice_unit),
            appeal=publication.Term(appeal, appeal_unit),
        )
        row = next(row for row in reads.publications(warehouse, _now().date()).to_pylist() if row["number"] == number)
    click.echo(f"publication {number}; notice until {row['ends']}, appeals until {row['appeal_ends']}")


@main.command(name="object")
@click.argument("publication_number", metavar="PUBLICATION", type=int)
@click.argument("matter")
@click.option("--subject", default="", help="Whom it is about.")
@click.option("--by", "raised_by", default="", help="Who raised it.")
@who_option
@database
def raise_objection(
    publication_number: int, matter: str, subject: str, raised_by: str, who: str | None, db: Path | None
) -> None:
    """Enter an objection to PUBLICATION: what the MATTER is."""
    with Warehouse.open(db or path_from_environment()) as warehouse:
        today = _now()
        number = warehouse.object(publication_number, subject, matter, raised_by, today.date(), who or _user(), today)
    click.echo(f"objection {number}")


@main.command()
@click.argument("number", type=int)
@click.argument("outcome", type=click.Choice(["founded", "unfounded"]))
@click.option("--answer", required=True, help="What was found.")
@who_option
@database
def settle(number: int, outcome: str, answer: str, who: str | None, db: Path | None) -> None:
    """Say what came of the objection NUMBER."""
    with Warehouse.open(db or path_from_environment()) as warehouse:
        warehouse.settle_objection(number, outcome, answer, _now().date(), who or _user(), _now())


@main.command()
@click.argument("number", type=int, required=False)
@database
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Where to write its extracts as CSV.")
def published(number: int | None, db: Path | None, out: Path | None) -> None:
    """List what was published, or write the extracts of publication NUMBER as they were."""
    with Warehouse.open(db or path_from_environment()) as warehouse:
        if number is None or out is None:
            for row in reads.publications(warehouse, _now().date()).to_pylist():
                click.echo(_line(row))
            return
        out.mkdir(parents=True, exist_ok=True)
        for name, table in publication.published(warehouse, number).items():
            extracts.write(table, out / f"{name}.csv")


@main.command()
@click.argument("number", type=int)
@database
def uncorrect(number: int, db: Path | None) -> None:
    """Withdraw the correction NUMBER, such as when its source was mended."""
    with Warehouse.open(db or path_from_environment()) as warehouse:
        warehouse.withdraw_correction(number, _user(), _now())


@main.command()
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
@database
def backup(path: Path, db: Path | None) -> None:
    """Write a backup of the database to PATH and check it. While the app runs, its page of the audit log does it."""
    with Warehouse.open(db or path_from_environment()) as warehouse:
        warehouse.backup(path)
        click.echo(f"written to {path}, audit log {warehouse.head()[0]} entries")


@main.command()
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@database
def restore(path: Path, db: Path | None) -> None:
    """Put the backup PATH in the place of the database. What stood there is kept beside it under another name."""
    target = db or path_from_environment()
    for kept in restore_file(path, target, _user(), _now()):
        click.echo(f"kept: {kept}")
    click.echo(f"restored: {target}")


@main.command()
@click.argument("identity")
@click.argument("role", type=click.Choice([*access.ROLES, "none"]))
@click.option("--subject", "subjects", multiple=True, help="A subject that a unit may see; may be given again.")
@database
def person(identity: str, role: str, subjects: Sequence[str], db: Path | None) -> None:
    """Give IDENTITY, as the sign-in names it, a ROLE; `none` takes it away."""
    with Warehouse.open(db or path_from_environment()) as warehouse:
        is_active = role != "none"
        warehouse.set_person(identity, role if is_active else "", subjects, _user(), _now(), is_active)
    click.echo(f"{identity}: {role}")


@main.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
def sample(directory: Path) -> None:
    """Write the sample district's workbooks."""
    from pipelines import sample as district

    district.write(directory)
    click.echo(f"written to {directory}")


@main.command()
@click.argument("kind")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="The file; without it KIND.xlsx.")
@language
def template(kind: str, out: Path | None, language: str) -> None:
    """Write an empty workbook: of a table, or `scheme`, `data`, `all`."""
    from pipelines import markup

    path = out or Path(f"{kind}.xlsx")
    try:
        path.write_bytes(markup.template(kind, "zh" if language == "zh" else "en"))
    except KeyError as error:
        raise click.BadParameter(f"there is no table {kind!r}", param_hint="KIND") from error
    click.echo(f"written to {path}")


@main.command()
@database
@click.option("--port", type=int, default=8501)
@click.option("--address", default="127.0.0.1", help="Where to listen; another than this machine needs KAOPING_AUTH.")
def serve(db: Path | None, port: int, address: str) -> None:
    """Serve the app on 127.0.0.1. An empty database is filled with the sample first."""
    access.Settings.read().check_address(address)
    path = db or path_from_environment()
    with Warehouse.open(path) as warehouse:
        is_empty = not warehouse.uploads().num_rows
        if is_empty:
            click.echo("The database is empty: loading the sample.")
            folder = PROJECT / "data" / "sample"
            _load_sample(warehouse, sorted(folder.glob("*.xlsx")))
        stale = set(warehouse.cycles()) - set(warehouse.builds()["cycle"].to_pylist())
        if stale:
            with _bar("build") as progress:
                verbs.build(warehouse, None, progress, who=_user(), at=_now())
        if is_empty:
            _publish_sample(warehouse)
    click.echo(f"Kaoping is on http://127.0.0.1:{port} (Ctrl+C ends it)")
    environment = os.environ | {"KAOPING_DB": str(path.resolve()), "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "streamlit", "run", str(PROJECT / "server.py")]
    options = ["--server.address", address, "--server.port", str(port), "--server.headless", "true"]
    sys.stdout.flush()
    os.chdir(PROJECT)
    os.execve(sys.executable, [*command, *options], environment)  # in its place: what ends this process ends the server


# -- within -----------------------------------------------------------------------------------------------------------


def _load_sample(warehouse: Warehouse, paths: Sequence[Path]) -> None:
    """Year by year, as the office did; what has no year in its name comes last."""
    years = sorted({path.name[:4] for path in paths})
    for year in years:
        files = [(path.name, path.read_bytes()) for path in paths if path.name.startswith(year)]
        click.echo(f"  {', '.join(name for name, _ in files)}")
        verbs.commit(warehouse, verbs.preview(warehouse, files), "sample", _now())


def _publish_sample(warehouse: Warehouse) -> None:
    """All years but the latest are published, so that every role has something to see and one year is still a draft."""
    for cycle in warehouse.cycles()[:-1]:
        publication.publish(warehouse, cycle, "sample", _now(), "sample district")


def _write_problems(problems: Sequence[Problem], folder: Path, language: str) -> None:
    columns = {
        "file": [problem.place.file for problem in problems],
        "sheet": [problem.place.sheet for problem in problems],
        "cell": [problem.place.cell for problem in problems],
        "severity": [problem.severity for problem in problems],
        "code": [problem.code for problem in problems],
        "found": [problem.found for problem in problems],
        "what": [problem.what(language) for problem in problems],
        "fix": [problem.fix(language) for problem in problems],
    }
    table = pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})
    extracts.write(table, folder / "problems.csv", for_excel=False)
    _print_problems(problems, language)


def _print_problems(problems: Sequence[Problem], language: str) -> None:
    for problem in problems:
        place = " › ".join(part for part in (problem.place.file, problem.place.sheet, problem.place.cell) if part)
        click.echo(f"{problem.severity}: {place}: {problem.what(language)} {problem.fix(language)}", err=True)


def _steps(items: Sequence[Item], label: Callable[[Item], str]) -> Iterator[Item]:
    if not sys.stdout.isatty():
        for item in items:
            click.echo(label(item))
            yield item
        return
    with click.progressbar(items, item_show_func=lambda item: label(item) if item is not None else "") as bar:
        yield from bar


@contextmanager
def _bar(label: str) -> Iterator[Callable[[str, int, int], None]]:
    """A progress callable: a bar on a terminal; elsewhere a line when a piece of work begins or ends."""
    if not sys.stdout.isatty():

        def line(step: str, done: int, total: int) -> None:
            if done in (0, total):
                click.echo(f"{label}: {step}")

        yield line
        return
    width = shutil.get_terminal_size().columns - 1

    def draw(step: str, done: int, total: int) -> None:
        filled = 30 * done // max(total, 1)
        click.echo(f"\r{label} [{'█' * filled}{'·' * (30 - filled)}] {step}"[:width].ljust(width), nl=False)

    yield draw
    click.echo()


def _line(row: Mapping[str, object]) -> str:
    """What a row holds, without blanks."""
    return "  ".join(f"{key}={value}" for key, value in row.items() if value not in (None, ""))


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "local"


def _now() -> dt.datetime:
    return dt.datetime.now().replace(microsecond=0)


def run() -> None:
    """Run the command line and turn what stops the program into exit code 1 and one sentence."""
    try:
        main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        raise SystemExit(1) from error
    except InputError as error:
        _print_problems(error.problems, "zh")
        raise SystemExit(PROBLEMS) from error
    except (KaopingError, click.Abort) as error:
        click.echo(str(error) or "stopped", err=True)
        raise SystemExit(1) from error


if __name__ == "__main__":
    run()
