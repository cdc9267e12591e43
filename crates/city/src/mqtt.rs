//! `source = { kind = "mqtt", ... }`: messages of sensors, kept minute by minute.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What devices say to an MQTT broker. `madang serve` listens; each message's JSON object is a row (of an array, each
/// of its objects), and each minute of messages that has ended is loaded. The columns `토픽`, `수신시각` and
/// `수신번호` say which topic a row came on, when it came (Korean time), and the how manieth message it was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct MqttSource {
    /// Address of the broker: `mqtt://host`, or `mqtts://host` for an encrypted line; `:port` where it is not 1883 or
    /// 8883. `{name}` is replaced by the configuration value `sources.name`.
    pub url: String,
    /// Topic to listen to; `+` stands for one level, `#` at the end for all below: `hanbit/+/air/#`.
    pub topic: String,
    /// How a message is handed over: 0 may lose it, 1 and 2 do not; devices must send with as much.
    #[serde(default = "default_qos")]
    #[schemars(range(min = 0, max = 2))]
    pub qos: u8,
    /// Name of the configuration value that holds the account's name; the broker is asked as anybody when absent.
    #[serde(default)]
    pub user: Option<String>,
    /// Name of the configuration value that holds the password (never the password itself).
    #[serde(default)]
    pub password: Option<String>,
    /// Name of the configuration value that holds the path of the file (PEM) with the authorities that the broker's
    /// certificate must come from; those that the machine trusts when absent.
    #[serde(default)]
    pub ca: Option<String>,
    /// Name under which the broker keeps what comes while nobody listens: no two listeners may have the same.
    /// `madang-`, the city's code, `-` and the dataset's id when absent.
    #[serde(default)]
    pub client_id: Option<String>,
    /// Whether a message that the broker kept from before (retained) is a row too. It comes again whenever a line is
    /// made.
    #[serde(default)]
    pub retained: bool,
}

fn default_qos() -> u8 {
    1
}
