//! Data and a template → the bytes of a PDF.
