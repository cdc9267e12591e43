//! "What is going on here?" with a hundred thousand permits and a million complaints on file: within 200 ms.

use std::path::Path;
use std::time::Instant;

use super::server::Server;
use super::{built, folder, machine, number};
use crate::{Outcome, run};

/// Milliseconds in which the call desk is answered.
const BOUND_MS: f64 = 200.0;

/// `bench here [--permits N] [--complaints N] [--dev]`.
pub(super) fn bench(words: &[String]) -> Outcome {
    let permits = number(words, "--permits", 100_000)?;
    let complaints = number(words, "--complaints", 1_000_000)?;
    let binaries = built(words)?;
    let (madang, place) = (binaries.join("madang"), folder()?.join("here"));
    run::say(&machine());
    // Nothing there is as good as cleaned.
    std::fs::remove_dir_all(&place).ok();
    let (city, data) = (place.join("city"), place.join("data"));
    let make = binaries.join("examples/bench_situation");
    let sizes = [permits.to_string(), complaints.to_string()];
    let mut made = run::command(&make.to_string_lossy(), &[&sizes[0], &sizes[1]]);
    run::run("the city's files", made.arg(&city))?;
    let mut load = run::command(&madang.to_string_lossy(), &["load", "-C"]);
    run::run("the loads", load.arg(&city).arg("--data").arg(&data))?;
    let asked = std::fs::read_to_string(city.join("asked.txt")).map_err(|e| e.to_string())?;
    let server = Server::madang(&madang, &city, &data)?;
    let staff = server.signed_in()?;
    let first = answered(&server, &staff, "%EC%8B%9C%EC%B2%AD")?;
    let mut figures = Vec::new();
    for address in asked.lines() {
        figures.push(answered(&server, &staff, &encoded(address))?);
    }
    figures.sort_by(f64::total_cmp);
    let at = |share: usize| figures.get(figures.len() * share / 100).copied();
    let (median, late) = (at(50).unwrap_or(f64::NAN), at(99).unwrap_or(f64::NAN));
    run::say(&format!(
        "{permits} permits, {complaints} complaints, {} addresses asked: the first answer after a load {first:.0} ms, \
         then {median:.0} ms, {late:.0} ms at the 99th percentile (at most {BOUND_MS} ms)",
        figures.len()
    ));
    drop(server);
    clean(&place);
    if late.is_nan() || late > BOUND_MS {
        return Err(format!("{late:.0} ms are more than {BOUND_MS} ms"));
    }
    Ok(())
}

fn clean(place: &Path) {
    std::fs::remove_dir_all(place).ok();
}

/// Milliseconds of one answer; it must tell of works.
fn answered(server: &Server, staff: &str, address: &str) -> Result<f64, String> {
    let began = Instant::now();
    let answer = server.get(&format!("/api/situation/here?q={address}"), staff)?;
    let took = began.elapsed().as_secs_f64() * 1000.0;
    if answer.starts_with("HTTP/1.1 200") {
        Ok(took)
    } else {
        Err(format!(
            "no answer: {}",
            answer.lines().next().unwrap_or_default()
        ))
    }
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
