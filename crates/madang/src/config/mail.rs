//! `[mail]`: the server reminders go out by. Without one, none is sent.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{Origin, Valued, number, pick};
use crate::exit::Failure;

/// Hour of the day, in Korea, from which reminders go out.
const HOUR: u32 = 9;

/// How the conversation with the mail server is kept private.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Tls {
    /// It is not: a server within the city's own walls.
    None,
    /// It begins in the clear and must become private before anything is said.
    Starttls,
    /// From the first byte.
    #[serde(rename = "tls")]
    Always,
}

impl Tls {
    /// Its word.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Starttls => "starttls",
            Self::Always => "tls",
        }
    }

    fn port(self) -> u16 {
        match self {
            Self::None => 25,
            Self::Starttls => 587,
            Self::Always => 465,
        }
    }

    fn read(word: &str) -> Result<Self, Failure> {
        [Self::None, Self::Starttls, Self::Always]
            .into_iter()
            .find(|tls| tls.word() == word)
            .ok_or_else(|| {
                Failure::Usage(format!(
                    "MADANG_MAIL_TLS: `{word}` is not one of none, starttls, tls"
                ))
            })
    }
}

/// The server reminders go out by.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Mail {
    /// Its name.
    pub(crate) host: Valued<String>,
    /// Its port.
    pub(crate) port: Valued<u16>,
    /// How the conversation is kept private.
    pub(crate) tls: Valued<Tls>,
    /// A certificate (PEM) that vouches for the server, where no public one does.
    pub(crate) ca: Option<Valued<PathBuf>>,
    /// Account.
    pub(crate) user: Option<Valued<String>>,
    /// Its password.
    pub(crate) password: Option<Valued<String>>,
    /// Address the reminders come from.
    pub(crate) from: Valued<String>,
    /// Hour of the day, in Korea, from which they go out.
    pub(crate) hour: Valued<u32>,
}

/// `[mail]` of `madang.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct MailFile {
    host: Option<String>,
    port: Option<u16>,
    tls: Option<Tls>,
    ca: Option<PathBuf>,
    user: Option<String>,
    password: Option<String>,
    from: Option<String>,
    hour: Option<u32>,
}

impl Mail {
    /// What is in force; nothing where no server is named.
    pub(super) fn gather(
        file: MailFile,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Option<Self>, Failure> {
        let Some(host) = said(environment("MADANG_MAIL_HOST"), file.host) else {
            return Ok(None);
        };
        let tls = environment("MADANG_MAIL_TLS");
        let tls = tls.map(|word| Tls::read(&word)).transpose()?;
        let tls = pick(None, tls, file.tls, || Tls::Starttls);
        let Some(from) = said(environment("MADANG_MAIL_FROM"), file.from) else {
            return Err(Failure::Input(
                "madang.toml: [mail] names a server and no address the mails come from; add `from = \"data@city.example\"`, or set MADANG_MAIL_FROM".to_owned(),
            ));
        };
        let hour = pick(
            None,
            number("MADANG_MAIL_HOUR", environment)?,
            file.hour,
            || HOUR,
        );
        if hour.value > 23 {
            let hour = hour.value;
            return Err(Failure::Input(format!(
                "madang.toml: [mail] `hour` is {hour}; expected 0 to 23"
            )));
        }
        let port = tls.value.port();
        Ok(Some(Self {
            port: pick(
                None,
                number("MADANG_MAIL_PORT", environment)?,
                file.port,
                || port,
            ),
            ca: said(environment("MADANG_MAIL_CA").map(PathBuf::from), file.ca),
            user: said(environment("MADANG_MAIL_USER"), file.user),
            password: said(environment("MADANG_MAIL_PASSWORD"), file.password),
            host,
            tls,
            from,
            hour,
        }))
    }

    /// Names, values as they may be shown, and origins.
    pub(crate) fn lines(&self) -> Vec<(String, String, Origin)> {
        let shown = |name: &str, value: String, origin| (format!("mail.{name}"), value, origin);
        let mut lines = vec![
            shown("host", self.host.value.clone(), self.host.origin),
            shown("port", self.port.value.to_string(), self.port.origin),
            shown("tls", self.tls.value.word().to_owned(), self.tls.origin),
            shown("from", self.from.value.clone(), self.from.origin),
            shown("hour", self.hour.value.to_string(), self.hour.origin),
        ];
        lines.extend(
            self.ca
                .iter()
                .map(|ca| shown("ca", ca.value.display().to_string(), ca.origin)),
        );
        lines.extend(
            self.user
                .iter()
                .map(|user| shown("user", user.value.clone(), user.origin)),
        );
        lines.extend(
            self.password
                .iter()
                .map(|secret| shown("password", "(set, not shown)".to_owned(), secret.origin)),
        );
        lines
    }
}

/// A value that has no default.
fn said<T>(environment: Option<T>, file: Option<T>) -> Option<Valued<T>> {
    let of = |origin| move |value| Valued { value, origin };
    environment
        .map(of(Origin::Environment))
        .or_else(|| file.map(of(Origin::File)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gather(file: &str, environment: &[(&str, &str)]) -> Result<Option<Mail>, Failure> {
        Mail::gather(toml::from_str(file).unwrap(), &|name| {
            let found = environment.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn without_a_server_nothing_is_sent_and_without_a_sender_it_is_told() {
        assert_eq!(gather("from = \"a@b.example\"", &[]).unwrap(), None);
        let failure = gather("host = \"mail.example\"", &[]).unwrap_err();
        assert!(failure.message().contains("MADANG_MAIL_FROM"));
    }

    #[test]
    fn a_conversation_is_private_unless_told_otherwise_and_the_port_follows() {
        let file = "host = \"mail.example\"\nfrom = \"a@b.example\"\npassword = \"secret\"";
        let mail = gather(file, &[]).unwrap().unwrap();
        assert_eq!((mail.tls.value, mail.port.value), (Tls::Starttls, 587));
        let shown: Vec<String> = mail.lines().into_iter().map(|line| line.1).collect();
        assert!(!shown.iter().any(|value| value.contains("secret")));
        let told = [("MADANG_MAIL_TLS", "tls"), ("MADANG_MAIL_HOST", "other")];
        let mail = gather(file, &told).unwrap().unwrap();
        assert_eq!((mail.host.value.as_str(), mail.port.value), ("other", 465));
        assert!(gather(file, &[("MADANG_MAIL_TLS", "yes")]).is_err());
        assert!(gather(file, &[("MADANG_MAIL_HOUR", "24")]).is_err());
    }
}
