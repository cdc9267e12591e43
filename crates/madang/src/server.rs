//! The server: pages, API and files at one address, and loads on cadence behind it.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn;
use interop::AppState;
use records::tokens::Kind;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::trace::TraceLayer;

use crate::config::mail::Mail;
use crate::exit::Failure;
use crate::jobs::load::Loader;
use crate::jobs::trial::Workshop;
use crate::jobs::{changes, prepare, profile, remind, retention, review, schedule};
use crate::out;
use crate::platform::Platform;

/// The link that signs an operator in is good for so long, and once.
const TICKET: chrono::TimeDelta = chrono::TimeDelta::hours(24);

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
    pub(crate) async fn tell(&self, platform: &Platform, as_json: bool) -> Result<(), Failure> {
        let shown = if self.address.ip().is_unspecified() {
            format!("127.0.0.1:{}", self.address.port())
        } else {
            self.address.to_string()
        };
        let ticket = platform
            .records
            .tokens()
            .issue(Kind::Ticket, "staff", TICKET)
            .await?;
        let public = format!("http://{shown}/");
        let operator = format!("http://{shown}/sign-in/{}", ticket.reveal());
        if as_json {
            return out::json(&json!({"public_url": public, "operator_url": operator}));
        }
        let name = &platform.city.manifest.name;
        out::line(format!(
            "\n{name}\n  for everybody / 누구나   {public}\n  for staff / 직원 (once)   {operator}\n\nCtrl-C ends it."
        ))
    }

    /// Serves until the person or the system ends it; behind it `loads` runs what is due, and departments are
    /// reminded by `mail`.
    pub(crate) async fn serve(
        mut self,
        platform: &Platform,
        loads: Option<Loader>,
        mail: Option<Mail>,
    ) -> Result<(), Failure> {
        let router = router(platform, mail.is_some())?;
        let (stop, stopped) = watch::channel(false);
        let folder = platform.city.folder.clone();
        let watched = tokio::spawn(changes::run(platform.clone(), folder, stopped.clone()));
        let reviewed = tokio::spawn(review::run(
            platform.clone(),
            mail.is_some(),
            stopped.clone(),
        ));
        let reminded =
            mail.map(|mail| tokio::spawn(remind::run(platform.clone(), mail, stopped.clone())));
        let forgets = tokio::spawn(retention::run(platform.clone(), stopped.clone()));
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
        for job in [
            scheduled,
            reminded,
            Some(watched),
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

fn router(platform: &Platform, sends_mail: bool) -> Result<Router, Failure> {
    let state = AppState::new(
        Arc::clone(&platform.city),
        Arc::clone(&platform.door),
        Arc::clone(&platform.records),
    )
    .sending_mail(sends_mail)
    .with_workshop(Arc::new(Workshop {
        platform: platform.clone(),
        threads: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
    }));
    let pages =
        portal::router(state.clone()).map_err(|error| Failure::Machine(error.to_string()))?;
    let router = interop::api::router(state).merge(pages);
    Ok(router
        .layer(from_fn(interop::headers::guard))
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
