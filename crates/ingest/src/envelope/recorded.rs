//! Answers in the shapes Open APIs give them, with invented values.

macro_rules! recorded {
    ($($name:literal),+ $(,)?) => {
        /// Every answer by name, in order.
        pub(super) const ALL: &[(&str, &[u8])] =
            &[$(($name, include_bytes!(concat!("recorded/", $name)))),+];
    };
}

recorded![
    "files-key.json",
    "files.json",
    "gateway.json",
    "head-and-row-one.xml",
    "head-and-row-quota.json",
    "head-and-row.json",
    "national-array.json",
    "national-list.json",
    "national-list.xml",
    "national-no-data.json",
    "national-none.json",
    "national-none.xml",
    "national-one.json",
    "national-one.xml",
    "proxy.html",
    "refusal-key.xml",
    "refusal-quota.json",
    "result-key.xml",
    "result-none.json",
    "result-one.xml",
    "result.json",
    "transport-key.xml",
    "transport-none.json",
    "transport.json",
    "transport.xml",
];

/// The bytes of one.
pub(super) fn bytes(name: &str) -> &'static [u8] {
    let found = ALL.iter().find(|(known, _)| *known == name);
    found.expect("a recorded answer").1
}
