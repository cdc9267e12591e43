//! Sets a template, for whoever writes one: `cargo run -p paper --example set -- TEMPLATE.typ DATA.json OUT.pdf`.

use std::fs;

use chrono::NaiveDate;
use paper::{About, pdf};

fn main() -> Result<(), String> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [template, data, out] = words.as_slice() else {
        return Err("expected TEMPLATE.typ DATA.json OUT.pdf".to_owned());
    };
    let read = |path: &str| fs::read_to_string(path).map_err(|error| format!("{path}: {error}"));
    let data = serde_json::from_str(&read(data)?).map_err(|error| format!("{data}: {error}"))?;
    let about = About {
        title: "시험 문서".to_owned(),
        author: "시험시".to_owned(),
        date: NaiveDate::default(),
    };
    let bytes = pdf(&read(template)?, &data, &about).map_err(|error| error.to_string())?;
    fs::write(out, bytes).map_err(|error| format!("{out}: {error}"))
}
