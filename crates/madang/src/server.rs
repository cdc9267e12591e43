//! The server: pages, API and files at one address, and loads on cadence behind it.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use interop::AppState;
use interop::service::{Meter, meter};
use people::By;
use records::tokens::Kind;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::trace::TraceLayer;
use url::Url;

use crate::config::mail::Mail;
use crate::config::openid::OpenId;
use crate::config::web::Public;
use crate::exit::Failure;
use crate::jobs::desk::Clerk;
use crate::jobs::load::Loader;
use crate::jobs::trial::Workshop;
use crate::jobs::{
    alerts, changes, follow, prepare, profile, project, release, remind, retention, review,
    schedule, service,
};
use crate::out;
use crate::platform::Platform;

/// The link that signs an operator in is good for so long, and once.
const TICKET: chrono::TimeDelta = chrono::TimeDelta::hours(24);

/// How the addresses are told.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Told {
    /// As one JSON object.
    pub(crate) as_json: bool,
    /// With a link that signs in, though there are passwords.
    pub(crate) with_link: bool,
}

/// A server that has its address but does not answer yet.
pub(crate) struct Server {
    listener: TcpListener,
    address: SocketAddr,
    ended: Ended,
}

impl Server {
    /// Takes the address.
    pub(crate) async fn bind(host: &str, port: u16) -> Result<Self, Failure> {
        let taken = |error: std::io::Error| {
            let hint = if error.kind() == std::io::ErrorKind::AddrInUse {
                "; another program has it: choose another with --port, or 0 for a free one"
            } else {
                ""
            };
            Failure::Machine(format!("cannot serve at {host}:{port}: {error}{hint}"))
        };
        let listener = TcpListener::bind((host, port)).await.map_err(taken)?;
        let address = listener.local_addr().map_err(taken)?;
        Ok(Self {
            listener,
            address,
            ended: Ended::listen(),
        })
    }

    /// Tells where the city is, for everybody and for staff.
    ///
    /// Whoever starts the server holds the city: a link signs them in, as long as nobody who runs it has a password, or
    /// when it is asked for (`with_link`). The first password is set by another link.
    pub(crate) async fn tell(
        &self,
        platform: &Platform,
        public: &Public,
        told: Told,
    ) -> Result<(), Failure> {
        let shown = if self.address.ip().is_unspecified() {
            format!("127.0.0.1:{}", self.address.port())
        } else {
            self.address.to_string()
        };
        let base = match &public.url {
            Some(url) => url.value.trim_end_matches('/').to_owned(),
            None => format!("http://{shown}"),
        };
        let accounts = platform.accounts();
        let people = platform.door.people();
        accounts.record_people(&people, &By::local()).await?;
        let operator = people.operators().first().map(|name| (*name).to_owned());
        let has_operator = accounts.has_operator(&people).await?;
        let (mut enter, mut set) = (None, None);
        if let Some(name) = &operator {
            if told.as_json || told.with_link || !has_operator {
                let tokens = platform.records.tokens();
                let ticket = tokens.issue(Kind::Ticket, name, TICKET).await?;
                enter = Some(format!("{base}/sign-in/{}", ticket.reveal()));
            }
            if !has_operator {
                let link = accounts.invite(name, &By::local()).await?;
                set = Some(format!("{base}/invitation/{}", link.reveal()));
            }
        }
        let public = format!("{base}/");
        if told.as_json {
            return out::json(&json!({
                "public_url": public, "operator_url": enter, "invitation_url": set,
            }));
        }
        let name = &platform.city.manifest.name;
        let mut text = format!("\n{name}\n  for everybody / 누구나   {public}");
        if let Some(enter) = enter {
            text.push_str(&format!("\n  for staff / 직원 (once)   {enter}"));
        }
        if let (Some(set), Some(name)) = (set, &operator) {
            text.push_str(&format!(
                "\n  {name} sets the first password / 첫 비밀번호 정하기 (once)   {set}"
            ));
        }
        if operator.is_none() {
            text.push_str(
                "\n  people.toml gives nobody the role `operator` / people.toml에 운영자가 없습니다",
            );
        }
        out::line(format!("{text}\n\nCtrl-C ends it."))
    }

    /// Serves until the person or the system ends it; behind it `loads` runs what is due, and departments are
    /// reminded by `mail`.
    pub(crate) async fn serve(
        mut self,
        platform: &Platform,
        loads: Option<Loader>,
        mail: Option<Mail>,
        outside: (&Public, Option<&OpenId>),
    ) -> Result<(), Failure> {
        let state = self.state(platform, mail.is_some(), outside).await?;
        let meter = Meter::default();
        let router = router(state.clone(), meter.clone())?;
        let (stop, stopped) = watch::channel(false);
        let followed = tokio::spawn(follow::run(state, stopped.clone()));
        let folder = platform.city.folder.clone();
        let watched = tokio::spawn(changes::run(platform.clone(), folder, stopped.clone()));
        let reviewed = tokio::spawn(review::run(
            platform.clone(),
            mail.is_some(),
            stopped.clone(),
        ));
        let noted = tokio::spawn(service::run(platform.clone(), meter, stopped.clone()));
        let watching = tokio::spawn(alerts::run(
            platform.clone(),
            mail.is_some(),
            stopped.clone(),
        ));
        let reminded =
            mail.map(|mail| tokio::spawn(remind::run(platform.clone(), mail, stopped.clone())));
        let forgets = tokio::spawn(retention::run(platform.clone(), stopped.clone()));
        let leaves = [
            tokio::spawn(release::open::run(platform.clone(), stopped.clone())),
            tokio::spawn(release::due::run(platform.clone(), stopped.clone())),
            tokio::spawn(project::end::run(platform.clone(), stopped.clone())),
        ];
        let scheduled = loads.map(|loader| tokio::spawn(schedule::run(loader, stopped)));
        let prepared = tokio::spawn(prepare::run(platform.clone()));
        let profiled = tokio::spawn(profile::run(platform.clone()));
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        tokio::select! {
            served = axum::serve(self.listener, service) => served.map_err(|error| Failure::Machine(format!("the server ended: {error}")))?,
            () = self.ended.wait() => out::say("ending"),
        }
        // Streams to browsers are open as long as their pages: nobody waits for them. A load that is
        // under way is left where it is; it leaves no trace, and the next one begins anew.
        drop(stop);
        prepared.abort();
        profiled.abort();
        leaves.iter().for_each(tokio::task::JoinHandle::abort);
        for job in [
            scheduled,
            reminded,
            Some(watched),
            Some(followed),
            Some(watching),
            Some(noted),
            Some(forgets),
            Some(reviewed),
        ]
        .into_iter()
        .flatten()
        {
            job.abort();
        }
        Ok(())
    }
}

impl Server {
    /// What every handler works with.
    async fn state(
        &self,
        platform: &Platform,
        sends_mail: bool,
        (public, openid): (&Public, Option<&OpenId>),
    ) -> Result<AppState, Failure> {
        let state = AppState::new(
            Arc::clone(&platform.city),
            Arc::clone(&platform.door),
            Arc::clone(&platform.records),
        )
        .sending_mail(sends_mail)
        .in_web(public.web()?)
        .with_workshop(Arc::new(Workshop {
            platform: platform.clone(),
            threads: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        }))
        .with_desk(Arc::new(Clerk {
            platform: platform.clone(),
        }))
        .with_judge(crate::platform::unplannable);
        let state = AppState {
            situation: Arc::clone(&platform.situation),
            ..state
        };
        let noted = interop::drafts::save::note_all(&platform.records, &platform.city).await;
        if let Err(error) = noted {
            // What was changed meanwhile is noted when somebody looks at it.
            tracing::warn!(%error, "versions of measures cannot be noted");
        }
        let Some(home) = self.home(&state) else {
            return match openid {
                Some(_) => Err(Failure::Input(
                    "madang.toml: [sign-in.openid] needs the address people use, for the provider leads back to it; set `public-url`".to_owned(),
                )),
                None => Ok(state),
            };
        };
        let settings = openid.map(|openid| openid.at(&home, &platform.city));
        let settings = settings.transpose()?;
        let made = state.at_home(home, settings).await;
        made.map_err(|why| Failure::Input(format!("madang.toml: [sign-in.openid]: {why}")))
    }

    /// The address people use: the public one, else this machine's own name where nobody else comes in.
    fn home(&self, state: &AppState) -> Option<Url> {
        let own = format!("http://localhost:{}", self.address.port());
        let own = self.address.ip().is_loopback().then_some(own);
        let named = state.web.origin().map(str::to_owned).or(own);
        named.and_then(|home| Url::parse(&home).ok())
    }
}

fn router(state: AppState, counted: Meter) -> Result<Router, Failure> {
    let policy = interop::headers::Policy::of(&state.city.manifest);
    let pages =
        portal::router(state.clone()).map_err(|error| Failure::Machine(error.to_string()))?;
    let accounts = state.accounts.clone();
    tokio::spawn(async move { accounts.warm().await });
    let router = interop::api::router(state.clone()).merge(pages);
    Ok(router
        .layer(from_fn_with_state(state, interop::guard::guard))
        .layer(from_fn_with_state(policy, interop::headers::guard))
        .layer(from_fn_with_state(counted, meter))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(TraceLayer::new_for_http()))
}

/// What tells the program to end: the person (Ctrl-C) or the system (SIGTERM). Listened to from the moment
/// it is made; before, a signal ends the program at once.
struct Ended {
    #[cfg(unix)]
    signals: Vec<tokio::signal::unix::Signal>,
}

impl Ended {
    #[cfg(unix)]
    fn listen() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        let kinds = [SignalKind::interrupt(), SignalKind::terminate()];
        // One that cannot be listened to ends the program as if there were no handler.
        let signals = kinds.into_iter().filter_map(|kind| signal(kind).ok());
        Self {
            signals: signals.collect(),
        }
    }

    #[cfg(not(unix))]
    fn listen() -> Self {
        Self {}
    }

    /// Waits until the program is told to end.
    #[cfg(unix)]
    async fn wait(&mut self) {
        std::future::poll_fn(|context| {
            let told = |signal: &mut tokio::signal::unix::Signal| {
                matches!(signal.poll_recv(context), std::task::Poll::Ready(Some(())))
            };
            if self.signals.iter_mut().any(told) {
                std::task::Poll::Ready(())
            } else {
                std::task::Poll::Pending
            }
        })
        .await;
    }

    #[cfg(not(unix))]
    async fn wait(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
