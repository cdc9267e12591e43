//! What went wrong with a database, for people. No value of a cell and no secret is in it.

use std::future::Future;
use std::time::Duration;

use city::Fault;

use crate::patience::Failed;

/// Letters shown of what a server says.
const MESSAGE_MAX: usize = 300;
/// The end of every remedy.
const STAYS: &str = "the last version stays";

/// Waits for `future`, but not for ever.
pub(super) async fn within<T>(
    patience: Duration,
    future: impl Future<Output = T>,
    silent: impl FnOnce() -> Fault,
) -> Result<T, Failed> {
    tokio::time::timeout(patience, future)
        .await
        .ok()
        .ok_or_else(|| Failed::ForNow(silent()))
}

pub(super) fn silent(place: &str) -> Fault {
    Fault::at(place, "the server did not answer in time").remedy(format!(
        "check the address and the network, or raise `timeout-s`; {STAYS}"
    ))
}

pub(super) fn stalled(place: &str, rows: u64) -> Fault {
    Fault::at(
        place,
        format!("the server stopped after {rows} rows and did not go on in time"),
    )
    .remedy(format!(
        "load again later, or raise `timeout-s`; nothing of it is kept; {STAYS}"
    ))
}

pub(super) fn broken(place: &str) -> Failed {
    Failed::ForNow(Fault::at(place, "the connection broke").remedy(format!(
        "load again later; when it stays so, ask whoever runs the server; nothing of it is kept; {STAYS}"
    )))
}

pub(super) fn unknown_host(place: &str) -> Failed {
    Failed::ForNow(
        Fault::at(place, "there is no host of that name").remedy(format!(
            "check the address and the network's name service; {STAYS}"
        )),
    )
}

pub(super) fn unreached(place: &str, error: &std::io::Error) -> Failed {
    Failed::ForNow(
        Fault::at(
            place,
            format!("the server is not reached: {}", error.kind()),
        )
        .remedy(format!(
            "check the address, the port and the firewall; {STAYS}"
        )),
    )
}

pub(super) fn no_tls(place: &str) -> Failed {
    good(Fault::at(place, "the server does not encrypt the line").remedy(format!(
        "let whoever runs it switch TLS on, or say tls = \"prefer\" or \"disable\" where the line is safe; {STAYS}"
    )))
}

pub(super) fn bad_tls(place: &str, why: &str) -> Failed {
    good(
        Fault::at(
            place,
            format!("the line cannot be encrypted: {}", short(why)),
        )
        .remedy(format!(
            "check the server's certificate and `ca`, or say another `tls`; {STAYS}"
        )),
    )
}

pub(super) fn refused(place: &str) -> Failed {
    good(
        Fault::at(place, "the server refuses the user or the password").remedy(format!(
            "check the configuration values that `user` and `password` name; {STAYS}"
        )),
    )
}

pub(super) fn not_let_in(place: &str, said: &str) -> Failed {
    let what = format!("the server lets nobody in from here: {}", short(said));
    good(Fault::at(place, what).remedy(format!(
        "let whoever runs it allow this host, user and database (pg_hba.conf), or say another `tls`; {STAYS}"
    )))
}

pub(super) fn no_database(place: &str) -> Failed {
    good(
        Fault::at(place, "there is no such database")
            .remedy(format!("check the last part of `url`; {STAYS}")),
    )
}

pub(super) fn no_table(place: &str) -> Failed {
    good(Fault::at(place, "there is no such table").remedy(format!(
        "check `table`: it is written as the database writes it, `schema.table`; {STAYS}"
    )))
}

pub(super) fn no_right(place: &str) -> Failed {
    good(Fault::at(place, "the user may not read it").remedy(format!(
        "let whoever runs the server grant SELECT on it, and no more; {STAYS}"
    )))
}

pub(super) fn too_large(place: &str, bytes: usize) -> Failed {
    let what = format!("a row has more than {} MiB", bytes >> 20);
    good(Fault::at(place, what).remedy(format!(
        "leave the large column out of the manifest; {STAYS}"
    )))
}

pub(super) fn writes(place: &str) -> Failed {
    good(
        Fault::at(place, "the question would change something")
            .expected("one SELECT that only reads"),
    )
}

pub(super) fn busy(place: &str, said: &str) -> Failed {
    Failed::ForNow(
        Fault::at(
            place,
            format!("the server cannot answer now: {}", short(said)),
        )
        .remedy(format!("load again later; {STAYS}")),
    )
}

/// Anything else a server says. What it says of data (`class` 22) quotes them.
pub(super) fn said(place: &str, code: &str, message: &str) -> Failed {
    let fault = if code.starts_with("22") || code.starts_with("23") {
        Fault::at(
            place,
            format!("the server cannot work out a value of the question (error {code})"),
        )
    } else {
        Fault::at(
            place,
            format!("the server answered with error {code}: {}", short(message)),
        )
    };
    good(fault.remedy(format!("correct `sql`, `table` or `watermark`; {STAYS}")))
}

/// What a server says, on one line and not without end.
fn short(message: &str) -> String {
    let words: Vec<&str> = message.split_whitespace().collect();
    words.join(" ").chars().take(MESSAGE_MAX).collect()
}

pub(super) fn good(fault: Fault) -> Failed {
    Failed::ForGood(fault.into())
}

/// An error with those behind it.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
