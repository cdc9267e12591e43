//! A real Mosquitto, and devices that send to it.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use demo::outside::mosquitto::{self, Message};
use rumqttc::QoS;
use tempfile::TempDir;
use tokio::net::TcpStream;

/// Where Debian's package puts it.
const MOSQUITTO: &str = "/usr/sbin/mosquitto";

/// A broker that keeps its sessions when it ends.
pub(super) struct Mosquitto {
    folder: TempDir,
    pub(super) port: u16,
    child: Option<Child>,
}

impl Mosquitto {
    /// One that lets anybody in.
    pub(super) async fn start() -> Self {
        Self::start_with("allow_anonymous true\n").await
    }

    /// One with more configuration.
    pub(super) async fn start_with(more: &str) -> Self {
        for _ in 0..10 {
            let folder = tempfile::tempdir().unwrap();
            let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            let port = free.local_addr().unwrap().port();
            drop(free);
            let place = folder.path().display();
            let text = format!(
                "listener {port} 127.0.0.1\nuser root\npersistence true\npersistence_location {place}/\nmax_queued_messages 0\n{more}"
            );
            fs::write(folder.path().join("mosquitto.conf"), text).unwrap();
            let mut this = Self {
                folder,
                port,
                child: None,
            };
            // Somebody else may have taken the port meanwhile.
            if this.begins().await {
                return this;
            }
        }
        panic!("no broker begins");
    }

    pub(super) async fn begin(&mut self) {
        assert!(self.begins().await, "the broker does not begin");
    }

    async fn begins(&mut self) -> bool {
        let mut child = Command::new(MOSQUITTO)
            .arg("-c")
            .arg(self.folder.path().join("mosquitto.conf"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the package mosquitto is installed");
        for _ in 0..400 {
            tokio::time::sleep(Duration::from_millis(50)).await;
            if child.try_wait().unwrap().is_some() {
                return false;
            }
            if TcpStream::connect(("127.0.0.1", self.port)).await.is_ok() {
                self.child = Some(child);
                return true;
            }
        }
        child.kill().ok();
        child.wait().ok();
        false
    }

    /// Ends it as the system does: it keeps its sessions.
    pub(super) fn end(&mut self) {
        let Some(mut child) = self.child.take() else {
            return;
        };
        let id = child.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status().unwrap();
        child.wait().unwrap();
    }
}

impl Drop for Mosquitto {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().ok();
            child.wait().ok();
        }
    }
}

/// Sends messages and waits until the broker has them all; broken lines are made again.
pub(super) async fn send(port: u16, qos: QoS, messages: Vec<(String, String)>) {
    publish(port, qos, messages, false).await;
}

/// [`send`], for the broker to keep as the last of its topic.
pub(super) async fn send_to_keep(port: u16, topic: &str, text: &str) {
    let message = (topic.to_owned(), text.to_owned());
    publish(port, QoS::AtLeastOnce, vec![message], true).await;
}

async fn publish(port: u16, qos: QoS, messages: Vec<(String, String)>, keeps: bool) {
    let messages = messages
        .into_iter()
        .map(|(topic, text)| Message { topic, text })
        .collect();
    mosquitto::send(port, None, qos, messages, keeps)
        .await
        .unwrap();
}
