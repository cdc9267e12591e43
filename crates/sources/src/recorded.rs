//! The answers that room `ingest` has recorded.

/// The bytes of one.
pub(crate) fn bytes(name: &str) -> Vec<u8> {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../ingest/src/envelope/recorded/"
    );
    std::fs::read(format!("{folder}{name}")).expect("a recorded answer")
}
