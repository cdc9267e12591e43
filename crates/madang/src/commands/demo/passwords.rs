//! Random passwords for the demo city's people: told once, when they are made, and kept only as hashes.

use people::State;
use records::Token;
use serde_json::json;

use crate::exit::Failure;
use crate::out;
use crate::platform::Platform;

/// Characters of a part, and parts: 80 random bits.
const PART: usize = 5;
const PARTS: usize = 4;

/// Gives a password to each account that has none.
pub(super) async fn give(platform: &Platform, as_json: bool) -> Result<(), Failure> {
    let accounts = platform.accounts();
    let people = platform.door.people();
    let standings = accounts.standings().await?;
    let mut given = Vec::new();
    for account in &people.accounts {
        let name = account.name.as_str();
        let state = standings
            .get(name)
            .map_or(State::Invited, |standing| standing.state);
        if state != State::Invited {
            continue;
        }
        let password = password()?;
        if let Err(why) = accounts.set_by_machine(name, &password).await? {
            return Err(Failure::Machine(format!(
                "{name} gets no password: {why:?}"
            )));
        }
        given.push((account, password));
    }
    if given.is_empty() {
        return Ok(());
    }
    if as_json {
        let told = given.iter().map(|(account, password)| {
            json!({"name": account.name, "roles": account.roles, "password": password})
        });
        return out::json(&json!({"accounts": told.collect::<Vec<_>>()}));
    }
    out::line("\npasswords, told this once / 비밀번호 (지금 한 번만 보여 드립니다)")?;
    for (account, password) in given {
        let roles: Vec<&str> = account.roles.iter().map(city::RoleId::as_str).collect();
        out::line(format!(
            "  {:<12} {password}   {}",
            account.name.as_str(),
            roles.join(", ")
        ))?;
    }
    Ok(())
}

fn password() -> Result<String, Failure> {
    let token = Token::random()?;
    let digits: Vec<char> = token.reveal().chars().take(PART * PARTS).collect();
    let parts: Vec<String> = digits
        .chunks(PART)
        .map(|part| part.iter().collect())
        .collect();
    Ok(parts.join("-"))
}
