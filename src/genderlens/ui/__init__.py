"""A Streamlit page: an HTTP client of the service, and nothing more."""
