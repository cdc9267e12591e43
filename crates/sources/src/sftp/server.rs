//! Who the server is, and logging in.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use city::Fault;
use city::dataset::SftpSource;
use russh::client::{self, AuthResult, Handle, KeyboardInteractiveAuthResponse};
use russh::keys::{
    Algorithm, EcdsaCurve, HashAlg, PrivateKey, PrivateKeyWithHashAlg, PublicKeyOrCertificate,
    decode_secret_key,
};
use russh::{Preferred, keys};
use russh_sftp::client::{Config, RawSftpSession, SftpSession};

use crate::address::{fill, missing};
use crate::patience::Failed;
use crate::secrets::Secrets;
use crate::{FetchContext, FetchError};

/// Questions that a server asks before it lets in.
const QUESTIONS_MAX: usize = 4;
/// Kinds of keys that a server shows, one after the other where the first is not the one declared.
const KINDS: [&[Algorithm]; 3] = [
    &[Algorithm::Ed25519],
    &[
        Algorithm::Ecdsa {
            curve: EcdsaCurve::NistP256,
        },
        Algorithm::Ecdsa {
            curve: EcdsaCurve::NistP384,
        },
        Algorithm::Ecdsa {
            curve: EcdsaCurve::NistP521,
        },
    ],
    &[
        Algorithm::Rsa {
            hash: Some(HashAlg::Sha512),
        },
        Algorithm::Rsa {
            hash: Some(HashAlg::Sha256),
        },
    ],
];

/// A server that can be called.
pub(super) struct Server<'s> {
    pub(super) source: &'s SftpSource,
    pub(super) context: &'s FetchContext<'s>,
    pub(super) secrets: Secrets,
    /// What faults name: `sftp://host`.
    pub(super) place: String,
    host: String,
    port: u16,
    /// The account there.
    pub(super) user: String,
    /// The fingerprint of its key.
    declared: String,
    password: Option<String>,
    key: Option<Arc<PrivateKey>>,
}

/// A connection that is logged in.
pub(super) struct Session {
    ssh: Handle<Door>,
    /// For files.
    pub(super) files: SftpSession,
    /// For lists, which can be endless.
    pub(super) lists: RawSftpSession,
}

/// The connection, made when it is needed.
pub(super) struct Line<'l> {
    pub(super) server: &'l Server<'l>,
    session: Option<Session>,
}

impl<'l> Line<'l> {
    pub(super) fn new(server: &'l Server<'l>) -> Self {
        Self {
            server,
            session: None,
        }
    }

    pub(super) async fn session(&mut self) -> Result<&Session, Failed> {
        let session = match self.session.take() {
            Some(session) if !session.ssh.is_closed() => session,
            _ => self.server.call().await?,
        };
        Ok(self.session.insert(session))
    }

    /// Gives up a connection that failed.
    pub(super) fn drop(&mut self) {
        self.session = None;
    }

    /// Takes leave, where the server still listens.
    pub(super) async fn hang_up(&mut self) {
        if let Some(session) = self.session.take() {
            session
                .ssh
                .disconnect(russh::Disconnect::ByApplication, "", "en")
                .await
                .ok();
        }
    }
}

/// Lets in who shows the declared key.
pub(super) struct Door {
    declared: String,
    shown: Arc<OnceLock<String>>,
}

impl client::Handler for Door {
    type Error = russh::Error;

    async fn check_server_key(
        &mut self,
        key: &PublicKeyOrCertificate,
    ) -> Result<bool, russh::Error> {
        let key = key.public_key();
        let fingerprint = key.fingerprint(HashAlg::Sha256).to_string();
        let is_declared = fingerprint == self.declared;
        // It stays what it was first: a second key exchange must not show another.
        self.shown.set(fingerprint).ok();
        Ok(is_declared)
    }
}

/// Why nobody is at the other end.
enum Refused {
    /// Another key than the one declared.
    Stranger(String),
    Failed(Failed),
}

impl<'s> Server<'s> {
    pub(super) async fn new(
        source: &'s SftpSource,
        context: &'s FetchContext<'s>,
    ) -> Result<Self, FetchError> {
        let place = match source.port {
            22 => format!("sftp://{}", source.host),
            port => format!("sftp://{}:{port}", source.host),
        };
        let value = |name: &Option<String>| match name {
            None => Ok(None),
            Some(name) => match context.values.get(name) {
                Some(value) if !value.trim().is_empty() => Ok(Some(value.clone())),
                _ => Err(missing(&place, name)),
            },
        };
        let (password, key) = (value(&source.password)?, value(&source.private_key)?);
        let mut secrets = Secrets::new(password.as_deref(), context.values, &[&source.host]);
        let key = match key {
            None => None,
            Some(given) => {
                let text = key_text(&place, given).await?;
                secrets = secrets.and(&text);
                Some(Arc::new(key_of(&place, &text, password.as_deref())?))
            }
        };
        let host = fill(&source.host, context.values)?;
        let (host, port) = with_port(host, source.port);
        Ok(Self {
            source,
            context,
            secrets,
            host,
            port,
            user: fill(&source.user, context.values)?,
            declared: fill(&source.host_key, context.values)?,
            place,
            password,
            key,
        })
    }

    /// Connects and logs in.
    async fn call(&self) -> Result<Session, Failed> {
        let ssh = self.known().await?;
        self.in_time(self.log_in(ssh)).await?
    }

    /// Connects to the server that shows the declared key. A server has keys of several kinds, and shows one.
    async fn known(&self) -> Result<Handle<Door>, Failed> {
        let mut shown = Vec::new();
        for kinds in std::iter::once(None).chain(KINDS.into_iter().map(Some)) {
            match self.in_time(self.connect(kinds)).await? {
                Ok(ssh) => return Ok(ssh),
                Err(Refused::Stranger(fingerprint)) => {
                    if !shown.contains(&fingerprint) {
                        shown.push(fingerprint);
                    }
                }
                // It has no key of that kind.
                Err(Refused::Failed(_)) if !shown.is_empty() => (),
                Err(Refused::Failed(failed)) => return Err(failed),
            }
        }
        Err(Failed::ForGood(self.stranger(&shown).into()))
    }

    async fn connect(&self, kinds: Option<&'static [Algorithm]>) -> Result<Handle<Door>, Refused> {
        let patience = self.patience();
        let preferred = Preferred {
            key: kinds.map_or_else(|| Preferred::default().key, Cow::Borrowed),
            ..Preferred::default()
        };
        let config = client::Config {
            inactivity_timeout: Some(patience),
            preferred,
            nodelay: true,
            ..client::Config::default()
        };
        let shown = Arc::new(OnceLock::new());
        let door = Door {
            declared: self.declared.trim_end_matches('=').to_owned(),
            shown: Arc::clone(&shown),
        };
        let address = (self.host.as_str(), self.port);
        client::connect(Arc::new(config), address, door)
            .await
            .map_err(|error| match (error, shown.get()) {
                (russh::Error::UnknownKey, Some(shown)) => Refused::Stranger(shown.clone()),
                (error, _) => Refused::Failed(self.no_answer(&error)),
            })
    }

    async fn log_in(&self, mut ssh: Handle<Door>) -> Result<Session, Failed> {
        let is_in = match (&self.key, &self.password) {
            (Some(key), _) => self.by_key(&mut ssh, Arc::clone(key)).await,
            (None, Some(password)) => self.by_password(&mut ssh, password).await,
            (None, None) => Ok(false),
        };
        if !is_in.map_err(|error| self.no_answer(&error))? {
            return Err(Failed::ForGood(self.not_let_in().into()));
        }
        let config = || Config {
            request_timeout_secs: self.source.timeout_s.max(1),
            ..Config::default()
        };
        let none = |error: russh_sftp::client::error::Error| {
            let what = format!("the server gives no files: {error}");
            let fault = Fault::at(&self.place, what);
            Failed::ForNow(fault.remedy(
                "ask whoever runs the server to allow SFTP to the account; the last version stays",
            ))
        };
        let mut channels = Vec::new();
        for _ in 0..2 {
            let opened = async {
                let channel = ssh.channel_open_session().await?;
                channel.request_subsystem(true, "sftp").await?;
                Ok(channel.into_stream())
            };
            let opened: Result<_, russh::Error> = opened.await;
            channels.push(opened.map_err(|error| self.no_answer(&error))?);
        }
        let (Some(lists), Some(files)) = (channels.pop(), channels.pop()) else {
            return Err(self.no_answer(&russh::Error::Disconnect));
        };
        let lists = RawSftpSession::new_with_config(lists, config());
        lists.init().await.map_err(none)?;
        let files = SftpSession::new_with_config(files, config())
            .await
            .map_err(none)?;
        Ok(Session { ssh, files, lists })
    }

    async fn by_key(
        &self,
        ssh: &mut Handle<Door>,
        key: Arc<PrivateKey>,
    ) -> Result<bool, russh::Error> {
        let hash = ssh.best_supported_rsa_hash().await?.flatten();
        let key = PrivateKeyWithHashAlg::new(key, hash);
        Ok(ssh.authenticate_publickey(&self.user, key).await?.success())
    }

    /// By the password, or by giving it as the answer to whatever is asked.
    async fn by_password(
        &self,
        ssh: &mut Handle<Door>,
        password: &str,
    ) -> Result<bool, russh::Error> {
        let user = &self.user;
        if let AuthResult::Success = ssh.authenticate_password(user, password).await? {
            return Ok(true);
        }
        let mut asked = ssh
            .authenticate_keyboard_interactive_start(user, None)
            .await?;
        for _ in 0..QUESTIONS_MAX {
            match asked {
                KeyboardInteractiveAuthResponse::Success => return Ok(true),
                KeyboardInteractiveAuthResponse::Failure { .. } => return Ok(false),
                KeyboardInteractiveAuthResponse::InfoRequest { prompts, .. } => {
                    let answers = prompts.iter().map(|_| password.to_owned()).collect();
                    asked = ssh
                        .authenticate_keyboard_interactive_respond(answers)
                        .await?;
                }
            }
        }
        Ok(false)
    }

    fn patience(&self) -> Duration {
        Duration::from_secs(self.source.timeout_s.max(1))
    }

    /// What comes before patience ends.
    pub(super) async fn in_time<T>(&self, coming: impl Future<Output = T>) -> Result<T, Failed> {
        let Ok(came) = tokio::time::timeout(self.patience(), coming).await else {
            let what = format!("nothing came for {} s", self.patience().as_secs());
            return Err(Failed::ForNow(Fault::at(&self.place, what).remedy(
                "check `host`, `port` and the network; the last version stays",
            )));
        };
        Ok(came)
    }

    /// Nobody at the other end, or nobody any more.
    pub(super) fn no_answer(&self, error: &dyn std::error::Error) -> Failed {
        Failed::ForNow(
            Fault::at(&self.place, format!("there was no answer: {error}"))
                .remedy("check `host`, `port` and the network; the last version stays"),
        )
    }

    fn stranger(&self, shown: &[String]) -> Fault {
        let what = format!(
            "the server shows another key than `host-key`: {}",
            shown.join(", ")
        );
        Fault::at(&self.place, what)
            .expected(self.source.host_key.clone())
            .remedy(
                "nothing was sent; ask whoever runs the server, by another way than this, whether the key changed (what `ssh-keygen -lf` says of it), and only then write the new one into `host-key`; the last version stays",
            )
    }

    fn not_let_in(&self) -> Fault {
        let with = if self.key.is_some() {
            "the private key"
        } else {
            "the password"
        };
        let what = format!("the server does not let `{}` in with {with}", self.user);
        Fault::at(&self.place, what).remedy(format!(
            "check `user` and the configuration value of {with}; ask whoever runs the server whether the account is open; the last version stays"
        ))
    }
}

/// The private key's text, itself or from its file.
/// A configuration value may say the port behind the host. An IPv6 address has more than one colon.
fn with_port(host: String, port: u16) -> (String, u16) {
    let parts = host
        .split_once(':')
        .and_then(|(name, port)| Some((name.to_owned(), port.parse().ok()?)));
    parts.unwrap_or((host, port))
}

async fn key_text(place: &str, given: String) -> Result<String, Fault> {
    if given.contains("-----BEGIN") || given.contains("PuTTY-User-Key-File") {
        return Ok(given);
    }
    tokio::fs::read_to_string(given.trim())
        .await
        .map_err(|error| {
            Fault::at(
                place,
                format!("the file of the private key cannot be read: {error}"),
            )
            .remedy("put the path of the file, or the key itself, into the configuration")
        })
}

fn key_of(place: &str, text: &str, passphrase: Option<&str>) -> Result<PrivateKey, Fault> {
    decode_secret_key(text, passphrase).map_err(|error| match error {
        keys::Error::KeyIsEncrypted => Fault::at(place, "the private key is locked")
            .remedy("name the configuration value of its passphrase: `password`"),
        _ => Fault::at(place, "the private key cannot be read").remedy(
            "check that the whole key was copied, and its passphrase; OpenSSH, PEM and PuTTY forms are read",
        ),
    })
}
