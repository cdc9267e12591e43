//! A line to the broker: packets in, packets out.
//!
//! The packets are the client library's. Its loop is not used: it forgets which messages of quality of service 2 are
//! under way when a line breaks, answers their release before that is on disk, and flushes each acknowledgement by
//! itself.

use std::io;
use std::time::Duration;

use bytes::{Buf as _, BytesMut};
use rumqttc::mqttbytes::Error as Malformed;
use rumqttc::{Packet, QoS};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use super::buffer::Arrival;
use super::journal::Payload;

/// A message with more bytes is told of, not kept: no device's reading is that long.
pub(super) const MESSAGE_BYTES_MAX: usize = 1 << 20;
/// Bytes read at a time.
const STEP_BYTES: usize = 64 << 10;
/// A broker that takes nothing for so long is away.
const WRITE_TIMEOUT: Duration = Duration::from_secs(20);
/// A topic, its length and an id.
const TOPIC_BYTES_MAX: usize = 2 + 65_535 + 2;

/// A line, encrypted or not.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// What came over the line.
#[derive(Clone, Debug)]
pub(super) enum Came {
    /// A message.
    Message(Arrival, bool),
    /// Anything else.
    Other(Packet),
}

/// A message that is too large, while it passes.
struct Passing {
    left: usize,
    arrival: Arrival,
    is_retained: bool,
}

pub(super) struct Wire {
    stream: Box<dyn Stream>,
    inbound: BytesMut,
    outbound: BytesMut,
    passing: Option<Passing>,
}

impl Wire {
    pub(super) fn new(stream: impl Stream + 'static) -> Self {
        Self {
            stream: Box::new(stream),
            inbound: BytesMut::new(),
            outbound: BytesMut::new(),
            passing: None,
        }
    }

    /// Waits for bytes. Nothing is lost when it is given up half-way.
    pub(super) async fn wait(&mut self) -> io::Result<()> {
        self.inbound.reserve(STEP_BYTES);
        match self.stream.read_buf(&mut self.inbound).await? {
            0 => Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "the broker has closed the line",
            )),
            _ => Ok(()),
        }
    }

    /// The next packet that has come whole.
    pub(super) fn packet(&mut self) -> io::Result<Option<Came>> {
        if let Some(passing) = &mut self.passing {
            let gone = passing.left.min(self.inbound.len());
            self.inbound.advance(gone);
            passing.left -= gone;
            if passing.left > 0 {
                return Ok(None);
            }
        }
        if let Some(Passing {
            arrival,
            is_retained,
            ..
        }) = self.passing.take()
        {
            return Ok(Some(Came::Message(arrival, is_retained)));
        }
        let Some(head) = Head::of(&self.inbound)? else {
            return Ok(None);
        };
        if head.length > MESSAGE_BYTES_MAX && head.kind == PUBLISH {
            return self.pass(&head);
        }
        match Packet::read(&mut self.inbound, MESSAGE_BYTES_MAX) {
            Ok(Packet::Publish(publish)) => {
                let arrival = Arrival {
                    id: publish.pkid,
                    qos: number(publish.qos),
                    is_marked: publish.dup,
                    payload: Payload::of(&publish.payload),
                    topic: publish.topic,
                };
                Ok(Some(Came::Message(arrival, publish.retain)))
            }
            Ok(packet) => Ok(Some(Came::Other(packet))),
            Err(Malformed::InsufficientBytes(_)) => Ok(None),
            Err(error) => Err(malformed(error.to_string())),
        }
    }

    /// Lets a message pass that is too large, but for its head.
    fn pass(&mut self, head: &Head) -> io::Result<Option<Came>> {
        if self.inbound.len() < head.bytes + TOPIC_BYTES_MAX {
            return Ok(None);
        }
        self.inbound.advance(head.bytes);
        let length = usize::from(self.inbound.get_u16());
        let topic = self.inbound.split_to(length);
        let topic = String::from_utf8(topic.to_vec())
            .map_err(|_not_text| malformed("a topic is not text"))?;
        let qos = (head.flags >> 1) & 0b11;
        if qos > 2 {
            return Err(malformed("there is no quality of service 3"));
        }
        let id = if qos == 0 { 0 } else { self.inbound.get_u16() };
        let before = 2 + length + if qos == 0 { 0 } else { 2 };
        let left = head.length - before;
        self.passing = Some(Passing {
            left,
            is_retained: head.flags & 1 == 1,
            arrival: Arrival {
                id,
                qos,
                is_marked: head.flags & 0b1000 != 0,
                topic,
                payload: Payload::Large(u64::try_from(left).unwrap_or_default()),
            },
        });
        self.packet()
    }

    /// Puts a packet on the way; [`Self::flush`] sends it.
    pub(super) fn put(&mut self, packet: &Packet) -> io::Result<()> {
        packet
            .write(&mut self.outbound, MESSAGE_BYTES_MAX)
            .map(|_bytes| ())
            .map_err(io::Error::other)
    }

    pub(super) async fn flush(&mut self) -> io::Result<()> {
        let send = async {
            self.stream.write_all_buf(&mut self.outbound).await?;
            self.stream.flush().await
        };
        tokio::time::timeout(WRITE_TIMEOUT, send)
            .await
            .unwrap_or_else(|_late| Err(io::ErrorKind::TimedOut.into()))
    }
}

const PUBLISH: u8 = 3;
/// Kinds of packet that a broker sends.
const OF_BROKERS: &[u8] = &[2, PUBLISH, 4, 5, 6, 7, 9, 11, 13];

/// What a packet begins with.
struct Head {
    kind: u8,
    flags: u8,
    /// Bytes of this head.
    bytes: usize,
    /// Bytes behind it.
    length: usize,
}

impl Head {
    /// Reads a head that has come whole.
    fn of(bytes: &[u8]) -> io::Result<Option<Self>> {
        let Some((first, rest)) = bytes.split_first() else {
            return Ok(None);
        };
        let kind = first >> 4;
        if !OF_BROKERS.contains(&kind) {
            return Err(malformed("this is no MQTT broker"));
        }
        let mut length = 0;
        for (at, byte) in rest.iter().take(4).enumerate() {
            length |= usize::from(byte & 0x7f) << (7 * at);
            if byte & 0x80 == 0 {
                return Ok(Some(Self {
                    kind,
                    flags: first & 0x0f,
                    bytes: at + 2,
                    length,
                }));
            }
        }
        if rest.len() < 4 {
            return Ok(None);
        }
        Err(malformed("a packet's length has no end"))
    }
}

fn number(qos: QoS) -> u8 {
    match qos {
        QoS::AtMostOnce => 0,
        QoS::AtLeastOnce => 1,
        QoS::ExactlyOnce => 2,
    }
}

fn malformed(what: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.into())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rumqttc::Publish;

    use super::*;

    /// Packets out of bytes that come in pieces.
    fn read(bytes: &[u8], piece: usize) -> io::Result<Vec<Came>> {
        let mut wire = Wire::new(tokio::io::empty());
        let mut came = Vec::new();
        for piece in bytes.chunks(piece) {
            wire.inbound.extend_from_slice(piece);
            while let Some(packet) = wire.packet()? {
                came.push(packet);
            }
        }
        Ok(came)
    }

    fn publish(topic: &str, bytes: usize, id: u16) -> BytesMut {
        let mut packet = Publish::new(topic, QoS::AtLeastOnce, vec![b'x'; bytes]);
        packet.pkid = id;
        let mut out = BytesMut::new();
        packet.write(&mut out).unwrap();
        out
    }

    #[test]
    fn a_message_too_large_passes_and_is_told_of() {
        let mut bytes = publish("big", MESSAGE_BYTES_MAX + 1, 7);
        bytes.extend_from_slice(&publish("small", 3, 8));
        let came = read(&bytes, 50_000).unwrap();
        let [Came::Message(big, _), Came::Message(small, _)] = came.as_slice() else {
            panic!("{came:?}");
        };
        let size = u64::try_from(MESSAGE_BYTES_MAX + 1).unwrap();
        assert_eq!((big.topic.as_str(), big.id), ("big", 7));
        assert_eq!(big.payload, Payload::Large(size));
        assert_eq!(small.payload, Payload::Text("xxx".to_owned()));
    }

    #[test]
    fn what_is_no_broker_is_told() {
        let error = read(b"\x15\x03\x01\x00\x02\x02\x50", 100).unwrap_err();
        assert_eq!(error.to_string(), "this is no MQTT broker");
    }

    proptest! {
        /// Hostile bytes are an error or wait for more; they never end the program.
        #[test]
        fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..200), piece in 1_usize..50) {
            read(&bytes, piece).ok();
        }

        /// However messages are cut into pieces, the same come out.
        #[test]
        fn pieces_do_not_matter(sizes in prop::collection::vec(0_usize..300, 0..6), piece in 1_usize..100) {
            let bytes: Vec<u8> = sizes.iter().flat_map(|size| publish("t/a", *size, 3)).collect();
            let came = read(&bytes, piece).unwrap();
            prop_assert_eq!(came.len(), sizes.len());
        }
    }
}
