"""The versions of the registry, and which of them answer."""

from __future__ import annotations

from typing import Any

import streamlit as st

from genderlens.errors import ServiceError
from genderlens.ui import session
from genderlens.ui.failures import show_failure
from genderlens.ui.words import escape, percent


def show() -> None:
    """The page."""
    st.title("Models")
    try:
        answer = session.service().models()
    except ServiceError as failure:
        show_failure(failure, "models")
        return
    st.markdown(f"Answering: **{escape(str(answer['serving']))}**")
    if answer.get("reload_error"):
        st.error(escape(str(answer["reload_error"])))
    if not answer["follows_registry"]:
        st.caption("This service does not follow the registry: promotions change nothing here.")
    if answer["models"]:
        st.table([_row(model) for model in reversed(answer["models"])], hide_index=True)
    else:
        st.write("The registry holds no version; `genderlens models add` adds one.")
    if answer["traffic"]:
        st.subheader("Traffic")
        st.table([{"version": v, "weight": f"{w:g}"} for v, w in answer["traffic"].items()])


def _row(model: dict[str, Any]) -> dict[str, str]:
    accuracy, share = model.get("accuracy"), model.get("share")
    return {
        "version": model["version"],
        "known as": ", ".join(model["aliases"]) or "–",
        "made": str(model["created"])[:16].replace("T", " "),
        "network": model["architecture"],
        "accuracy": "–" if accuracy is None else percent(accuracy),
        "share": "–" if share is None else percent(share),
    }
