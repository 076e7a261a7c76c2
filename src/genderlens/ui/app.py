"""The script that ``streamlit run`` executes: pages, wired."""

from __future__ import annotations

import streamlit as st
from PIL import Image

from genderlens.ui import session
from genderlens.ui.views import about, classify, models, report, retrain


def _icon() -> Image.Image:
    """A plain one in the page's colour: Streamlit fetches named ones from other hosts."""
    return Image.new("RGB", (32, 32), "#235e5c")


def main() -> None:
    """One run of the page, as Streamlit does after every touch."""
    st.set_page_config(page_title="genderlens", page_icon=_icon(), layout="centered")
    page = st.navigation(
        [
            st.Page(classify.show, title="Classify", icon=":material/face:", default=True),
            st.Page(
                retrain.show, title="Retrain", icon=":material/model_training:", url_path="retrain"
            ),
            st.Page(report.show, title="Report", icon=":material/monitoring:", url_path="report"),
            st.Page(
                models.show, title="Models", icon=":material/deployed_code:", url_path="models"
            ),
            st.Page(about.show, title="About", icon=":material/info:", url_path="about"),
        ]
    )
    session.show_sidebar()
    page.run()


if __name__ == "__main__":
    main()
