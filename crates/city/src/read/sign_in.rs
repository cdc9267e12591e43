//! `[sign-in]` must protect somebody, and its list must be one.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use super::Text;
use crate::CityManifest;
use crate::fault::Fault;
use crate::sign_in::SignIn;

/// Digits of a SHA-1.
const DIGITS: usize = 40;

/// Numbers within their bounds.
pub(super) fn of_city(city: &CityManifest, text: &Text<'_>, faults: &mut Vec<Fault>) {
    let rules = &city.sign_in;
    let numbers = [
        (
            "shortest-password",
            rules.shortest_password,
            SignIn::SHORTEST,
            "characters",
        ),
        ("idle-minutes", rules.idle_minutes, SignIn::IDLE, "minutes"),
        (
            "absolute-hours",
            rules.absolute_hours,
            SignIn::ABSOLUTE,
            "hours",
        ),
    ];
    for (key, number, bounds, unit) in numbers {
        if !bounds.contains(&number) {
            let what = format!("{number} {unit} are out of bounds");
            let expected = format!("from {} to {}", bounds.start(), bounds.end());
            faults.push(text.fault_at(&["sign-in", key], what).expected(expected));
        }
    }
    if rules.idle_minutes > rules.absolute_hours.saturating_mul(60) {
        let fault = text.fault_at(
            &["sign-in", "idle-minutes"],
            "a session would end before it could be idle for so long",
        );
        faults.push(fault.expected("at most absolute-hours"));
    }
}

/// The list of passwords that became known is there and begins as one.
pub(super) fn breached(
    folder: &Path,
    city: &CityManifest,
    text: &Text<'_>,
    faults: &mut Vec<Fault>,
) {
    let Some(file) = &city.sign_in.breached else {
        return;
    };
    let path = ["sign-in", "breached"];
    let mut first = [0; DIGITS];
    let read = File::open(folder.join(file)).and_then(|mut list| list.read_exact(&mut first));
    if let Err(error) = read {
        let what = format!("the list {} cannot be read: {error}", file.display());
        let fault = text.fault_at(&path, what);
        faults.push(fault.remedy("put the file there, or leave `breached` out"));
    } else if !first.iter().all(u8::is_ascii_hexdigit) {
        let what = format!("{} does not begin with a SHA-1", file.display());
        faults.push(
            text.fault_at(&path, what)
                .expected("lines of 40 hexadecimal digits, sorted"),
        );
    }
}
