"""The server: the app behind its gate, with its health and metrics. `streamlit run server.py` serves it; `make run` does so."""

import os

import streamlit as st
from starlette.middleware import Middleware

from pages.ui import frame, pulse
from pages.ui.gate import Gate

frame.take_over()
pulse.listen(os.environ.get("KAOPING_LOG", ""))
app = st.App("app.py", routes=pulse.routes(frame.warehouse), middleware=[Middleware(Gate)])
