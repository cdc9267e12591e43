//! A Mosquitto of one's own, and devices that speak to it.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use rumqttc::{AsyncClient, Event, MqttOptions, Outgoing, Packet, QoS};

use super::held::{Held, free_port, must, program};
use super::owner::Owner;

/// The account that Debian makes for it.
const ACCOUNT: &str = "mosquitto";
/// Messages a device has under way: a broker that is sent more at once than it takes closes the line.
const UNDER_WAY: u16 = 10;
/// Between two tries of a line that broke.
const AGAIN: Duration = Duration::from_millis(50);
/// A broker that has taken nothing for so long takes nothing.
const PATIENCE: Duration = Duration::from_mins(1);

/// A broker; ends when it is dropped, or its starter ends.
#[derive(Debug)]
pub struct Mosquitto {
    /// The program and its folder.
    pub held: Held,
    /// Where it listens, on 127.0.0.1.
    pub port: u16,
}

/// Its server and the program that keeps its passwords.
fn programs() -> Option<[PathBuf; 2]> {
    Some([
        program(&["/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto"])?,
        program(&[
            "/usr/bin/mosquitto_passwd",
            "/usr/local/bin/mosquitto_passwd",
        ])?,
    ])
}

/// Whether its programs are there.
pub fn is_installed() -> bool {
    programs().is_some()
}

impl Mosquitto {
    /// Makes a broker below `root` that lets these users in with their passwords, and starts it. It keeps for who listens
    /// whatever comes meanwhile.
    ///
    /// # Errors
    /// When its programs are missing or fail.
    pub fn start(root: &Path, users: &[(&str, &str)]) -> io::Result<Self> {
        let [server, keeper] = programs().ok_or_else(|| io::Error::other("it is not installed"))?;
        let owner = Owner::of(ACCOUNT)?;
        let folder = owner.folder(root, "mosquitto")?;
        let made = Self::make(&server, &keeper, &owner, &folder, users);
        if made.is_err() {
            std::fs::remove_dir_all(&folder).ok();
        }
        made
    }

    fn make(
        server: &Path,
        keeper: &Path,
        owner: &Owner,
        folder: &Path,
        users: &[(&str, &str)],
    ) -> io::Result<Self> {
        let known = folder.join("users");
        let list: String = users
            .iter()
            .map(|(user, password)| format!("{user}:{password}\n"))
            .collect();
        owner.write(&known, &list)?;
        // It puts a hash in the place of each password.
        must(Command::new(keeper).arg("-U").arg(&known))?;
        owner.give(&known)?;
        let port = free_port()?;
        let config = folder.join("config");
        owner.write(
            &config,
            &format!(
                "listener {port} 127.0.0.1\nallow_anonymous false\npassword_file {}\npersistence false\nmax_queued_messages 0\n",
                known.display()
            ),
        )?;
        let mut words = owner.words(server);
        words.extend(["-c".to_owned(), config.to_string_lossy().into_owned()]);
        let held = Held::start("TERM", folder.to_owned(), &words)?;
        Ok(Self { held, port })
    }

    /// Waits until it takes calls.
    ///
    /// # Errors
    /// When it ends before that, or it takes too long.
    pub fn ready(&self) -> io::Result<()> {
        self.held.listens(self.port)
    }
}

/// Something a device says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// About what.
    pub topic: String,
    /// The words.
    pub text: String,
}

/// Says everything in order to the broker at a port and waits until it has it all; lines that break are made again.
/// `login` is a name and a password. With `keeps` the broker keeps each as the last of its topic.
///
/// # Errors
/// When the broker takes nothing for too long.
pub async fn send(
    port: u16,
    login: Option<(&str, &str)>,
    qos: QoS,
    messages: Vec<Message>,
    keeps: bool,
) -> io::Result<()> {
    let name = format!("device-{port}-{}", messages.len());
    let mut options = MqttOptions::new(name, "127.0.0.1", port);
    options.set_inflight(UNDER_WAY);
    if let Some((user, password)) = login {
        options.set_credentials(user, password);
    }
    let (client, mut events) = AsyncClient::new(options, 100);
    let count = messages.len();
    let sender = tokio::spawn(async move {
        for Message { topic, text } in messages {
            client
                .publish(topic, qos, keeps, text)
                .await
                .map_err(io::Error::other)?;
        }
        // The line ends with its last holder.
        Ok::<_, io::Error>(client)
    });
    let mut taken = 0;
    let all = async {
        while taken < count {
            match events.poll().await {
                Ok(Event::Incoming(Packet::PubAck(_) | Packet::PubComp(_))) => taken += 1,
                Ok(Event::Outgoing(Outgoing::Publish(0))) if qos == QoS::AtMostOnce => taken += 1,
                Ok(_) => {}
                Err(_) => tokio::time::sleep(AGAIN).await,
            }
        }
    };
    let late = tokio::time::timeout(PATIENCE, all).await.is_err();
    sender.abort();
    if late {
        return Err(io::Error::other("the broker takes no messages"));
    }
    Ok(())
}
