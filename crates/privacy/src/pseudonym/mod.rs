//! Techniques of pseudonymisation (가명처리), by the names of the guideline.
