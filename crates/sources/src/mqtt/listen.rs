//! Listening: a line to the broker, again and again, and the buffer that it fills.

use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

use city::Fault;
use rumqttc::{
    Connect, ConnectReturnCode, Login, Packet, PubAck, PubComp, PubRec, QoS, Subscribe,
    SubscribeReasonCode, Unsubscribe,
};
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};

use super::broker::CONNECT_TIMEOUT;
use super::buffer::{Answer, Buffer, Said};
use super::wire::{Came, Wire};
use super::{Heard, Listener};

/// How often it is looked whether the minute is over.
const TICK: Duration = Duration::from_millis(250);
/// No wait between two tries is longer.
const WAIT_MAX: Duration = Duration::from_mins(1);
/// The broker is told to take a listener that says nothing for so long for dead.
const KEEP_ALIVE_S: u16 = 30;
/// Something is said after so long.
const QUIET: Duration = Duration::from_secs(12);
/// A broker that answers no ping for so long is away.
const PING_TIMEOUT: Duration = Duration::from_secs(20);
/// Pings that ask whether acknowledgements have arrived are so far apart.
const PING_GAP: Duration = Duration::from_millis(200);
/// A broker sends what it may repeat at once after a line is made. What it has not repeated after so long, it knows.
const REPEATED: Duration = Duration::from_secs(30);
/// Things said that are written at once.
const BATCH: usize = 4096;
const OLD_TOPIC: u16 = 1;
const NEW_TOPIC: u16 = 2;

/// How a line ended.
enum Ended {
    /// As it should.
    Stopped,
    /// The broker is away, or refuses.
    Line(Fault),
    /// The disk takes nothing: nothing is acknowledged, and the broker keeps it.
    Disk(io::Error),
}

/// What to do when a broker is away.
const CHECK: &str =
    "check the address and the network; the broker keeps what devices send meanwhile";

impl Listener {
    /// Listens until it is told to stop.
    pub async fn run(&self, told: &(dyn Fn(Heard) + Send + Sync), mut stop: watch::Receiver<bool>) {
        let (mut buffer, mut wait) = (None, self.first_wait);
        while !*stop.borrow() {
            let start = Instant::now();
            let ended = self.listen(&mut buffer, told, &mut stop).await;
            // A line that broke at once, again and again, is no reason to hurry.
            if start.elapsed() > wait {
                wait = self.first_wait;
            }
            let seconds = wait.as_secs().max(1);
            match ended {
                Ended::Stopped => return,
                Ended::Line(why) => told(Heard::Away { why, seconds }),
                Ended::Disk(error) => told(Heard::DiskFails {
                    why: error.to_string(),
                    seconds,
                }),
            }
            self.pause(wait, &mut buffer, told, &mut stop).await;
            wait = (wait * 2).min(WAIT_MAX);
        }
    }

    /// Waits; a minute that is over meanwhile is ended.
    async fn pause(
        &self,
        wait: Duration,
        buffer: &mut Option<Buffer>,
        told: &(dyn Fn(Heard) + Send + Sync),
        stop: &mut watch::Receiver<bool>,
    ) {
        let until = Instant::now() + wait;
        while Instant::now() < until {
            let step = TICK.min(until - Instant::now());
            tokio::select! {
                () = sleep(step) => {}
                _ = stop.changed() => return,
            }
            // A disk that fails is told of with the next try.
            self.tick(buffer, told).await.ok();
        }
    }

    async fn tick(
        &self,
        buffer: &mut Option<Buffer>,
        told: &(dyn Fn(Heard) + Send + Sync),
    ) -> io::Result<()> {
        if buffer.is_none() {
            return Ok(());
        }
        let now = (self.now)();
        if on_disk(buffer, move |buffer| buffer.tick(now)).await? {
            told(Heard::MinuteEnded);
        }
        Ok(())
    }

    /// One line, from its beginning to its end.
    async fn listen(
        &self,
        buffer: &mut Option<Buffer>,
        told: &(dyn Fn(Heard) + Send + Sync),
        stop: &mut watch::Receiver<bool>,
    ) -> Ended {
        if buffer.is_none() {
            let folder = self.folder.clone();
            let taken = tokio::task::spawn_blocking(move || Buffer::take(&folder)).await;
            match taken.unwrap_or_else(|broken| Err(io::Error::other(broken))) {
                Ok(Some(taken)) => *buffer = Some(taken),
                Ok(None) => {
                    let what = "another program listens for this dataset already";
                    return Ended::Line(
                        Fault::at(&self.broker.shown, what).remedy("end one of the two"),
                    );
                }
                Err(error) => return Ended::Disk(error),
            }
            // What a killed listener left open is ended now.
            told(Heard::MinuteEnded);
        }
        let mut line = tokio::select! {
            line = self.line() => match line {
                Ok(line) => line,
                Err(fault) => return Ended::Line(fault),
            },
            _ = stop.changed() => return Ended::Stopped,
        };
        match line.run(buffer, told, stop).await {
            Ok(()) => Ended::Stopped,
            Err(Broken::Line(fault)) => Ended::Line(fault),
            Err(Broken::Disk(error)) => Ended::Disk(error),
        }
    }

    /// Makes a line and says who is there.
    async fn line(&self) -> Result<Line<'_>, Fault> {
        let broker = &self.broker;
        let away = |error: io::Error| self.away(&error);
        let mut wire = broker.connect().await.map_err(away)?;
        let mut hello = Connect::new(&broker.wanted.client);
        hello.clean_session = false;
        hello.keep_alive = KEEP_ALIVE_S;
        hello.login = broker
            .login
            .as_ref()
            .map(|(user, password)| Login::new(user, password));
        wire.put(&Packet::Connect(hello)).map_err(away)?;
        wire.flush().await.map_err(away)?;
        let answer = async {
            loop {
                if let Some(came) = wire.packet()? {
                    return Ok(came);
                }
                wire.wait().await?;
            }
        };
        let answer = timeout(CONNECT_TIMEOUT, answer)
            .await
            .unwrap_or_else(|_late| Err(io::ErrorKind::TimedOut.into()));
        match answer.map_err(away)? {
            Came::Other(Packet::ConnAck(welcome)) if welcome.code == ConnectReturnCode::Success => {
                Ok(Line::new(self, wire, welcome.session_present))
            }
            Came::Other(Packet::ConnAck(welcome)) => Err(self.refused(welcome.code)),
            _ => Err(Fault::at(&broker.shown, "this is no MQTT broker").remedy(CHECK)),
        }
    }

    fn away(&self, error: &io::Error) -> Fault {
        let what = match error.kind() {
            io::ErrorKind::TimedOut => "the broker does not answer in time".to_owned(),
            io::ErrorKind::UnexpectedEof => "the broker has closed the line".to_owned(),
            _ => format!("the line to the broker broke: {error}"),
        };
        Fault::at(&self.broker.shown, what).remedy(CHECK)
    }

    fn refused(&self, code: ConnectReturnCode) -> Fault {
        let fault = |what: &str| Fault::at(&self.broker.shown, what);
        match code {
            ConnectReturnCode::BadUserNamePassword | ConnectReturnCode::NotAuthorized => {
                fault("the broker does not let this account in")
                    .remedy("check the configuration values that `user` and `password` name")
            }
            ConnectReturnCode::BadClientId => {
                fault("the broker does not take the listener's name").remedy("set `client-id`")
            }
            ConnectReturnCode::ServiceUnavailable => {
                fault("the broker says that it is not available").remedy(CHECK)
            }
            _ => fault("the broker does not speak MQTT 3.1.1"),
        }
    }
}

/// Works on the buffer where waiting for the disk stops nobody else. After an error the buffer is gone.
async fn on_disk<T: Send + 'static>(
    slot: &mut Option<Buffer>,
    work: impl FnOnce(&mut Buffer) -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    let Some(mut buffer) = slot.take() else {
        return Err(io::Error::other("the buffer is gone"));
    };
    let worked = tokio::task::spawn_blocking(move || {
        let done = work(&mut buffer);
        (buffer, done)
    });
    let (buffer, done) = worked.await.map_err(io::Error::other)?;
    let done = done?;
    *slot = Some(buffer);
    Ok(done)
}

/// Why a line ends.
enum Broken {
    Line(Fault),
    Disk(io::Error),
}

struct Ping {
    sent: Instant,
    /// Messages whose acknowledgement went before it.
    covers: Vec<(u16, u64)>,
}

/// A line that the broker has taken.
struct Line<'l> {
    listener: &'l Listener,
    wire: Wire,
    is_known: bool,
    start: Instant,
    last_sent: Instant,
    last_ping: Instant,
    ping: Option<Ping>,
    /// Acknowledged on this line: the broker's number and ours.
    acknowledged: BTreeMap<u16, u64>,
}

impl<'l> Line<'l> {
    fn new(listener: &'l Listener, wire: Wire, is_known: bool) -> Self {
        let now = Instant::now();
        Self {
            listener,
            wire,
            is_known,
            start: now,
            last_sent: now,
            last_ping: now,
            ping: None,
            acknowledged: BTreeMap::new(),
        }
    }

    fn away(&self, error: &io::Error) -> Broken {
        Broken::Line(self.listener.away(error))
    }

    async fn run(
        &mut self,
        slot: &mut Option<Buffer>,
        told: &(dyn Fn(Heard) + Send + Sync),
        stop: &mut watch::Receiver<bool>,
    ) -> Result<(), Broken> {
        self.subscribe(slot).await?;
        self.flush().await?;
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let is_more = self.take_in(slot, told).await?;
            self.ask(slot.as_ref())?;
            self.flush().await?;
            if is_more {
                continue;
            }
            tokio::select! {
                came = self.wire.wait() => came.map_err(|error| self.away(&error))?,
                _ = ticks.tick() => self.listener.tick(slot, told).await.map_err(Broken::Disk)?,
                _ = stop.changed() => {
                    self.wire.put(&Packet::Disconnect).map_err(|error| self.away(&error))?;
                    // It is known to be over either way.
                    self.wire.flush().await.ok();
                    return Ok(());
                }
            }
        }
    }

    /// Subscribes, on every line anew: whether the broker still knows the subscription cannot be told for sure.
    async fn subscribe(&mut self, slot: &mut Option<Buffer>) -> Result<(), Broken> {
        let wanted = self.listener.broker.wanted.clone();
        let before = slot
            .as_ref()
            .and_then(|buffer| buffer.subscribed().cloned());
        let is_same_session = self.is_known
            && before.as_ref().is_some_and(|before| {
                (&before.broker, &before.client) == (&wanted.broker, &wanted.client)
            });
        if !is_same_session {
            // Nothing comes before the subscription: no message of the new session is forgotten with the old ones.
            let wanted = wanted.clone();
            on_disk(slot, move |buffer| buffer.forget(wanted))
                .await
                .map_err(Broken::Disk)?;
        } else if let Some(before) = before.filter(|before| before.topic != wanted.topic) {
            let mut old = Unsubscribe::new(before.topic);
            old.pkid = OLD_TOPIC;
            self.put(&Packet::Unsubscribe(old))?;
        }
        let mut new = Subscribe::new(&wanted.topic, quality(wanted.qos));
        new.pkid = NEW_TOPIC;
        self.put(&Packet::Subscribe(new))
    }

    /// Keeps what has come, and answers it. Whether there is more.
    async fn take_in(
        &mut self,
        slot: &mut Option<Buffer>,
        told: &(dyn Fn(Heard) + Send + Sync),
    ) -> Result<bool, Broken> {
        let mut said = Vec::new();
        let mut is_subscribed = false;
        while said.len() < BATCH {
            match self.wire.packet().map_err(|error| self.away(&error))? {
                None => break,
                Some(Came::Message(arrival, is_retained)) => {
                    if is_retained && !self.listener.broker.retained {
                        self.answer_unkept(arrival.qos, arrival.id)?;
                    } else {
                        said.push(Said::Message(arrival));
                    }
                }
                Some(Came::Other(Packet::PubRel(release))) => {
                    said.push(Said::Released(release.pkid));
                }
                Some(Came::Other(Packet::PingResp)) => {
                    let covers = self.ping.take().map(|ping| ping.covers);
                    said.extend(covers.filter(|all| !all.is_empty()).map(Said::Sure));
                }
                Some(Came::Other(Packet::SubAck(answer))) => {
                    if answer.return_codes.contains(&SubscribeReasonCode::Failure) {
                        return Err(Broken::Line(self.forbidden()));
                    }
                    is_subscribed = true;
                }
                Some(Came::Other(_)) => {}
            }
        }
        let is_more = said.len() >= BATCH;
        if is_subscribed {
            let wanted = self.listener.broker.wanted.clone();
            on_disk(slot, move |buffer| buffer.set_subscribed(wanted))
                .await
                .map_err(Broken::Disk)?;
            // Only now: what devices send before the broker has taken the subscription, it keeps for nobody.
            told(Heard::Listening);
        }
        if !said.is_empty() {
            self.keep(said, slot, told).await?;
        }
        Ok(is_more)
    }

    /// Keeps what was said, then answers.
    async fn keep(
        &mut self,
        said: Vec<Said>,
        slot: &mut Option<Buffer>,
        told: &(dyn Fn(Heard) + Send + Sync),
    ) -> Result<(), Broken> {
        let now = (self.listener.now)();
        let before = slot.as_ref().map_or(0, Buffer::last);
        let (has_ended, answers) = on_disk(slot, move |buffer| {
            Ok((buffer.tick(now)?, buffer.keep(said, now)?))
        })
        .await
        .map_err(Broken::Disk)?;
        for answer in answers {
            let packet = match answer {
                Answer::Acknowledged(id) => {
                    self.note(id, slot.as_ref());
                    Packet::PubAck(PubAck::new(id))
                }
                Answer::Received(id) => Packet::PubRec(PubRec::new(id)),
                Answer::Complete(id) => {
                    self.note(id, slot.as_ref());
                    Packet::PubComp(PubComp::new(id))
                }
            };
            self.put(&packet)?;
        }
        if has_ended {
            told(Heard::MinuteEnded);
        }
        let kept = slot.as_ref().map_or(0, Buffer::last);
        if kept > before {
            told(Heard::Messages(kept - before));
        }
        Ok(())
    }

    /// Keeps in mind what is acknowledged for good on this line.
    fn note(&mut self, id: u16, buffer: Option<&Buffer>) {
        let number = buffer.and_then(|buffer| buffer.ids().number(id));
        self.acknowledged.extend(number.map(|number| (id, number)));
    }

    /// A retained message that is no row is answered all the same.
    fn answer_unkept(&mut self, qos: u8, id: u16) -> Result<(), Broken> {
        match qos {
            1 => self.put(&Packet::PubAck(PubAck::new(id))),
            2 => self.put(&Packet::PubRec(PubRec::new(id))),
            _ => Ok(()),
        }
    }

    /// Pings: to be known alive, and to know which acknowledgements have arrived.
    fn ask(&mut self, buffer: Option<&Buffer>) -> Result<(), Broken> {
        if let Some(ping) = &self.ping {
            return if ping.sent.elapsed() > PING_TIMEOUT {
                Err(self.away(&io::ErrorKind::TimedOut.into()))
            } else {
                Ok(())
            };
        }
        let unsure = buffer.into_iter().flat_map(|buffer| buffer.ids().unsure());
        let is_settled = self.start.elapsed() >= REPEATED;
        let covers: Vec<(u16, u64)> = unsure
            .filter(|(id, number)| is_settled || self.acknowledged.get(id) == Some(number))
            .collect();
        let is_wanted = !covers.is_empty() && self.last_ping.elapsed() >= PING_GAP;
        if !is_wanted && self.last_sent.elapsed() < QUIET {
            return Ok(());
        }
        if is_settled {
            self.acknowledged.clear();
        }
        self.last_ping = Instant::now();
        self.ping = Some(Ping {
            sent: self.last_ping,
            covers,
        });
        self.put(&Packet::PingReq)
    }

    fn put(&mut self, packet: &Packet) -> Result<(), Broken> {
        self.last_sent = Instant::now();
        self.wire.put(packet).map_err(|error| self.away(&error))
    }

    async fn flush(&mut self) -> Result<(), Broken> {
        self.wire.flush().await.map_err(|error| self.away(&error))
    }

    fn forbidden(&self) -> Fault {
        let broker = &self.listener.broker;
        let what = format!(
            "the broker does not let this account listen to `{}`",
            broker.wanted.topic
        );
        Fault::at(&broker.shown, what)
            .remedy("ask whoever runs the broker for the right to read it")
    }
}

fn quality(qos: u8) -> QoS {
    match qos {
        0 => QoS::AtMostOnce,
        1 => QoS::AtLeastOnce,
        _ => QoS::ExactlyOnce,
    }
}
