"""Workbooks in: read, checked, shown with every fault, committed or discarded; then a build; and who uploaded what."""

from collections.abc import Sequence
from datetime import datetime

import streamlit as st
from streamlit.typing import UploadedFile

from pages.ui import faults, filters, frame, intake, shapes, tables
from pages.ui.words import language, t
from pipelines import build, isolation, reads
from pipelines.build import Preview
from pipelines.problems import DiskError, InputError, StoreError

TYPES = ["xlsx", "xlsm", "xls", "ods", "csv"]


@frame.page
def show() -> None:
    """Draw the upload and, below it, what waits to be built and what was uploaded before."""
    frame.open_plain("upload")
    _tell()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        files = st.file_uploader(
            t("upload.files"), TYPES, accept_multiple_files=True, key=filters.fresh_key("files"), width="stretch"
        )
        years = range(datetime.now().year + 1, datetime.now().year - 8, -1)
        labels = {"": t("upload.cycle_of_files")} | {str(year): str(year) for year in years}
        cycle = filters.choose_option("for", labels)
        frame.ask_who()
        intake.templates()
    if files:
        _preview(files, int(cycle) if cycle else None)
    _build()
    intake.history()


def _preview(files: Sequence[UploadedFile], cycle: int | None) -> None:
    key = (*(file.file_id for file in files), cycle, frame.version())
    with st.spinner(t("upload.reading")):
        sources = [(file.name, file.getvalue()) for file in files]
        preview: Preview = frame.keep(build.preview, key, frame.warehouse(), sources, cycle, isolation.read_all)
    rows = sum(table.num_rows for reading in preview.readings for table in reading.tables.values())
    faults.counts(preview.problems, rows)
    if preview.problems:
        with frame.card(t("upload.problems"), t("upload.problems_note")):
            faults.listing(preview.problems, sources)
    if not any(reading.blocks for reading in preview.readings):
        intake.headings(preview)
        frame.empty("not_recognised")
        return
    with frame.card(t("upload.recognised"), t("upload.recognised_note")) as corner:
        found = shapes.recognised(preview.readings)
        frame.offer(found, "recognised", "preview", within=corner)
        tables.show(tables.say(found), ["file", "sheet", "range", "table", "rows"], key="recognised", height=330)
    intake.headings(preview)
    known = [frame.warehouse().find_upload(reading.sha256) for reading in preview.readings]
    if all(known):
        frame.notice("info", t("upload.known"))
    else:
        intake.changes(preview, key)
    with st.container(border=True, horizontal=True, vertical_alignment="bottom", key="decide"):
        who = frame.who()
        is_ready = preview.can_commit and bool(who)
        if st.button(t("upload.commit"), type="primary", icon=":material/check:", disabled=not is_ready, key="commit"):
            build.commit(frame.warehouse(), preview, who, datetime.now())
            filters.remember("told", ("success", t("upload.committed", count=len(files))))
            filters.renew("files")
            st.rerun()
        if st.button(t("upload.discard"), icon=":material/delete:", key="discard"):
            filters.renew("files")
            st.rerun()
        if not preview.can_commit:
            st.caption(t("upload.cannot_commit"))
        elif not who:
            st.caption(t("upload.needs_name"))


def _build() -> None:
    pending = frame.ask(reads.pending_cycles)
    if not pending:
        return
    with frame.card(t("upload.build"), t("upload.build_note", cycles=", ".join(map(str, pending)))):
        if not st.button(t("upload.build_now"), type="primary", icon=":material/play_arrow:", key="build"):
            return
        bar = st.progress(0.0, t("upload.building", step=""))
        try:
            built = build.build(
                frame.warehouse(),
                progress=lambda step, done, total: bar.progress(done / total, t("upload.building", step=step)),
                who=frame.who(),
                at=datetime.now(),
            )
        except InputError as error:
            bar.empty()
            frame.notice("error", t("upload.build_refused"))
            faults.listing(error.problems)
            return
        except DiskError:
            raise
        except StoreError as error:
            frame.notice("error", error.said(language()))
            return
        filters.remember("told", ("built", t("upload.built", cycles=", ".join(map(str, built)))))
        st.rerun()


def _tell() -> None:
    """What the last action did, once."""
    told = filters.forget("told")
    if told:
        frame.notice("success", told[1])
        if told[0] == "built":
            frame.link("rankings", t("upload.see_ranking"), icon=":material/leaderboard:")
