//! The mail server: one letter handed over at a time.

use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls as Shield, TlsParameters};
use lettre::transport::smtp::response::Category;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use records::mails::Mail;

use crate::config::mail::{self, Tls};
use crate::exit::Failure;

/// A server that says nothing for so long is not there.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The way to the mail server.
pub(crate) struct Post {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// Why a letter did not go out.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// The cause.
    pub(crate) why: String,
    /// Whether another try is of no use.
    pub(crate) is_final: bool,
}

impl Post {
    /// Prepares the way; nothing is said to the server yet.
    pub(crate) fn new(mail: &mail::Mail) -> Result<Self, Failure> {
        let wrong = |what: &str, why: String| {
            Failure::Input(format!("madang.toml: [mail] `{what}`: {why}"))
        };
        let from = mail.from.value.parse().map_err(|error| {
            wrong(
                "from",
                format!("{error}; expected like \"data@city.example\""),
            )
        })?;
        let host = mail.host.value.clone();
        let parameters = || {
            let mut parameters = TlsParameters::builder(host.clone());
            if let Some(ca) = &mail.ca {
                let path = ca.value.display();
                let pem = std::fs::read(&ca.value)
                    .map_err(|error| wrong("ca", format!("{path} cannot be read: {error}")))?;
                let certificate = Certificate::from_pem(&pem)
                    .map_err(|error| wrong("ca", format!("{path} is no certificate: {error}")))?;
                parameters = parameters.add_root_certificate(certificate);
            }
            parameters
                .build_rustls()
                .map_err(|error| wrong("host", error.to_string()))
        };
        let shield = match mail.tls.value {
            Tls::None => Shield::None,
            Tls::Starttls => Shield::Required(parameters()?),
            Tls::Always => Shield::Wrapper(parameters()?),
        };
        let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&host)
            .port(mail.port.value)
            .tls(shield)
            .timeout(Some(TIMEOUT));
        if let (Some(user), Some(password)) = (&mail.user, &mail.password) {
            transport =
                transport.credentials(Credentials::new(user.value.clone(), password.value.clone()));
        }
        Ok(Self {
            transport: transport.build(),
            from,
        })
    }

    /// Hands a letter over. Its id is the same at each try, so that two copies are known for one.
    pub(crate) async fn send(&self, mail: &Mail, now: DateTime<Utc>) -> Result<(), Refusal> {
        let message = self.message(mail, now).map_err(|why| Refusal {
            why,
            is_final: true,
        })?;
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            Err(error) => Err(Refusal {
                // 55x is about this letter or its address; other refusals are about the account or the server,
                // which somebody mends.
                is_final: error.is_permanent()
                    && error
                        .status()
                        .is_some_and(|code| code.category == Category::MailSystem),
                why: told(&error),
            }),
        }
    }

    fn message(&self, mail: &Mail, now: DateTime<Utc>) -> Result<Message, String> {
        let to: Mailbox = mail
            .to
            .parse()
            .map_err(|error| format!("the department's address `{}`: {error}", mail.to))?;
        let mut message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(&mail.subject)
            .date(SystemTime::from(now))
            .message_id(Some(format!("<{}@{}>", mail.id, self.from.email.domain())))
            .multipart(MultiPart::alternative_plain_html(
                mail.text.clone(),
                mail.html.clone(),
            ))
            .map_err(|error| error.to_string())?;
        // No holiday notice answers it.
        message.headers_mut().insert_raw(HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(),
        ));
        Ok(message)
    }
}

/// The error with its causes, in one line.
fn told(error: &lettre::transport::smtp::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text.push_str(": ");
            text.push_str(&inner_text);
        }
        cause = inner.source();
    }
    text.replace(['\r', '\n'], " ")
}
