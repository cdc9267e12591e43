//! The rooms of the house: which crate may use which, and which engines only it may name.
//!
//! ARCHITECTURE.md's table is printed from this one; `cargo xtask tidy` fails on any other edge.

/// One room.
pub(crate) struct Room {
    /// Crate.
    pub(crate) name: &'static str,
    /// The one job.
    pub(crate) job: &'static str,
    /// Rooms it may name; what those may use is implied, and `city` everywhere.
    pub(crate) may_use: &'static [&'static str],
    /// Engines that only the rooms listing them may name.
    pub(crate) engines: &'static [&'static str],
}

/// The rooms in the order data flow.
pub(crate) const ROOMS: &[Room] = &[
    Room {
        name: "city",
        job: "what a city declares",
        may_use: &[],
        engines: &["toml", "schemars"],
    },
    Room {
        name: "records",
        job: "one transactional store: append-only log, jobs, quotas, clock",
        may_use: &[],
        engines: &["rand", "sqlx"],
    },
    Room {
        name: "people",
        job: "who somebody is: accounts, passwords, sessions, keys of programs",
        may_use: &["records"],
        engines: &["argon2", "openidconnect", "webauthn_rp", "zxcvbn"],
    },
    Room {
        name: "ingest",
        job: "bytes → typed batches with the origin of each row",
        may_use: &[],
        engines: &[
            "encoding_rs",
            "calamine",
            "quick-xml",
            "shapefile",
            "dbase",
            "proj4rs",
            "geojson",
            "zip",
            "glob",
        ],
    },
    Room {
        name: "sources",
        job: "where bytes come from: inbox, HTTP, APIs, databases, storage, feeds",
        may_use: &["ingest"],
        engines: &[
            "glob",
            "mysql_async",
            "object_store",
            "rumqttc",
            "russh",
            "russh-sftp",
            "tokio-postgres",
            "tokio-postgres-rustls",
            "zip",
        ],
    },
    Room {
        name: "quality",
        job: "batches → accepted / quarantined + score",
        may_use: &[],
        engines: &[],
    },
    Room {
        name: "privacy",
        job: "personal data: found, replaced, made anonymous; the risk that stays",
        may_use: &[],
        engines: &["aes", "aes-gcm", "fpe", "opendp"],
    },
    Room {
        name: "lake",
        job: "versions of tables, landing, lineage",
        may_use: &[],
        engines: &["deltalake", "object_store", "datafusion"],
    },
    Room {
        name: "access",
        job: "the one door: person × purpose → Reader",
        may_use: &["lake", "records"],
        engines: &["cedar-policy", "datafusion"],
    },
    Room {
        name: "measure",
        job: "figures and boards",
        may_use: &["access"],
        engines: &[],
    },
    Room {
        name: "situation",
        job: "street works, traffic, air, addresses, complaints: what is going on, judged",
        may_use: &[],
        engines: &["geo-types", "geozero", "proj4rs", "rstar"],
    },
    Room {
        name: "paper",
        job: "data + template → PDF bytes; drawings → points",
        may_use: &[],
        engines: &["resvg", "typst", "typst-layout", "typst-pdf"],
    },
    Room {
        name: "tiles",
        job: "places → vector tiles",
        may_use: &[],
        engines: &["geozero", "prost"],
    },
    Room {
        name: "interop",
        job: "other programs read: JSON, downloads, tiles, search",
        may_use: &[
            "access",
            "measure",
            "paper",
            "people",
            "records",
            "situation",
            "tiles",
        ],
        engines: &[
            "axum",
            "rust_xlsxwriter",
            "encoding_rs",
            "geo-types",
            "geozero",
        ],
    },
    Room {
        name: "portal",
        job: "people look",
        may_use: &[
            "access",
            "interop",
            "measure",
            "people",
            "records",
            "situation",
        ],
        engines: &["axum", "minijinja", "rust-embed", "toml"],
    },
    Room {
        name: "demo",
        job: "a dirty city from a seed",
        may_use: &[],
        engines: &[
            "rand",
            "rand_chacha",
            "rumqttc",
            "axum",
            "encoding_rs",
            "rust_xlsxwriter",
            "shapefile",
            "dbase",
            "zip",
            "proj4rs",
            "rust-embed",
        ],
    },
    Room {
        name: "madang",
        job: "the binary: commands, configuration, wiring, jobs",
        may_use: &[
            "ingest",
            "sources",
            "quality",
            "privacy",
            "lake",
            "access",
            "records",
            "measure",
            "people",
            "situation",
            "interop",
            "portal",
            "demo",
        ],
        engines: &["axum", "clap", "lettre", "toml", "glob"],
    },
];

/// Whether `room` may name `other`, directly or because a room it may use may.
pub(crate) fn may_use(room: &Room, other: &str) -> bool {
    other == "city"
        || room.may_use.contains(&other)
        || room
            .may_use
            .iter()
            .filter_map(|name| ROOMS.iter().find(|candidate| candidate.name == *name))
            .any(|next| may_use(next, other))
}

/// The table as Markdown.
pub(crate) fn table() -> String {
    let list = |words: &[&str]| {
        if words.is_empty() {
            "–".to_owned()
        } else {
            words
                .iter()
                .map(|word| format!("`{word}`"))
                .collect::<Vec<_>>()
                .join(", ")
        }
    };
    let mut text = String::from(
        "| crate | the one job | may use | engines only it may name |\n| --- | --- | --- | --- |\n",
    );
    for room in ROOMS {
        text.push_str(&format!(
            "| `{}` | {} | {} | {} |\n",
            room.name,
            room.job,
            list(room.may_use),
            list(room.engines)
        ));
    }
    text
}
