"""The least Streamlit app there is: what `web_pages` compares the landing page with."""

import streamlit as st

st.text_input("E-mail")
