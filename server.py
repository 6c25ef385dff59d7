"""The server: the app behind its gate. `streamlit run server.py` serves it; `make run` does so."""

import streamlit as st
from starlette.middleware import Middleware

from pages.ui.gate import Gate

app = st.App("app.py", middleware=[Middleware(Gate)])
