//! Identifiers of persons in columns and in free text.
