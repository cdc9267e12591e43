//! JSON Schemas of the manifest kinds.
