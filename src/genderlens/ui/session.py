"""The visitor's session: whom to ask, with which key, and how the service does."""

from __future__ import annotations

from typing import Final

import httpx
import streamlit as st

from genderlens.errors import ServiceError
from genderlens.settings import Settings, load_settings
from genderlens.ui.client import Service, create_transport
from genderlens.ui.failures import show_failure
from genderlens.ui.words import escape

KEY: Final = "api_key"


@st.cache_resource(show_spinner=False)
def settings() -> Settings:
    """Read once for all visitors."""
    return load_settings()


@st.cache_resource(show_spinner=False)
def _transport(address: str) -> httpx.Client:
    return create_transport(address)


def service() -> Service:
    """The service, under this visitor's key."""
    return Service(_transport(settings().api_url), str(st.session_state.get(KEY) or "").strip())


def show_sidebar() -> None:
    """The key's field, kept in this session only, and the state of the service."""
    with st.sidebar:
        st.text_input(
            "API key",
            type="password",
            key=KEY,
            autocomplete="off",
            help="Kept in this session only, and sent to the service in a header. A service that "
            "answers this machine alone asks for none.",
        )
        _show_state()


def _show_state() -> None:
    try:
        health, milliseconds = service().health()
    except ServiceError as failure:
        show_failure(failure, "health")
        return
    word = ":green[●] ready" if health.get("status") == "healthy" else ":orange[●] degraded"
    st.markdown(f"{word} · {milliseconds:.0f} ms")
    st.caption(f"`{settings().api_url}`  \n{escape(str(health.get('model_version')))}")
