"""A version against the gates, and against what answers now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from genderlens.ui.words import escape, spoken


def show_decision(decision: Mapping[str, Any]) -> None:
    """Whether it was promoted, and every gate's figures."""
    version, production = str(decision.get("version")), decision.get("production")
    if decision.get("promoted"):
        st.success(f"**{escape(version)}** went into production.")
    else:
        reason = str(decision.get("reason") or "a gate does not hold")
        st.warning(f"**{escape(version)}** was not promoted: {escape(reason)}.")
    if decision.get("forced"):
        st.caption(f"Forced, unmeasured: {escape(str(decision['forced']))}")
    rows = [_row(gate, decision) for gate in decision.get("gates") or []]
    if rows:
        st.table(rows, hide_index=True)
        pictures = (decision.get("validation") or {}).get("pictures")
        against = f" against {production}" if production and production != version else ""
        st.caption(escape(f"Measured on {pictures} validation pictures{against}."))


def _row(gate: Mapping[str, Any], decision: Mapping[str, Any]) -> dict[str, str]:
    name = str(gate["gate"])
    figures = decision.get("figures") or {}
    rival = (figures.get(decision.get("production")) or {}).get(name)
    sign = "≥" if gate["at_least"] else "≤"
    return {
        "gate": spoken(name),
        "this version": _number(gate["value"]),
        "production": _number(rival),
        "needs": f"{sign} {_number(gate['limit'])}",
        "verdict": "holds" if gate["passed"] else "fails",
    }


def _number(value: Any) -> str:
    return "–" if value is None else f"{value:.4g}"
