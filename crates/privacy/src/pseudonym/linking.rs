//! 가명정보 결합: rows of two bodies about the same persons come together, and nobody sees both who and what.
//!
//! Four parts, each of which is given only what its functions take:
//!
//! | part | has | never sees |
//! | --- | --- | --- |
//! | party (both bodies) | its own rows; the secret both share | the other's rows |
//! | key agent (결합키관리기관) | join keys and serials of both | any attribute; the secret |
//! | linker (결합전문기관) | serials and attributes of both; which serials belong together | identities, join keys, the secret |
//!
//! A join key (결합키) is a keyed one-way pseudonym under a secret that only both parties have: the key agent
//! cannot try names out. A serial (일련번호) is a number of chance in an order of chance: it says nothing of a
//! row's place, and goes at the end.

use std::collections::{BTreeMap, HashMap, HashSet};

use city::recipe::Identity;
use city::spelling::normal;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::random::{Entropy, Stream, hmac};

/// What both parties share and nobody else has.
pub struct JoinSecret(Zeroizing<[u8; 32]>);

impl JoinSecret {
    /// A secret of chance, made by one party and given to the other alone.
    ///
    /// # Errors
    /// The machine has no chance to give.
    pub fn make(entropy: &mut dyn Entropy) -> std::io::Result<Self> {
        let mut bytes = Zeroizing::new([0_u8; 32]);
        entropy.fill(bytes.as_mut())?;
        Ok(Self(bytes))
    }

    /// The secret the other party gave.
    pub fn given(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes, to be given to the other party.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The join key of a person by these identifying values, each by its kind; nothing where one is empty.
    fn key(&self, identity: &[(Identity, &str)]) -> Option<JoinKey> {
        let mut message = Vec::new();
        for (kind, value) in identity {
            let value = normal(*kind, value);
            if value.is_empty() {
                return None;
            }
            message.extend_from_slice(&value.len().to_be_bytes());
            message.extend_from_slice(value.as_bytes());
        }
        let digest = hmac(&self.0, &[b"madang join key 1\0", &message]);
        Some(JoinKey(
            digest.iter().map(|byte| format!("{byte:02x}")).collect(),
        ))
    }
}

/// A join key (결합키).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct JoinKey(pub String);

/// A row's number in what a party hands over (일련번호).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Serial(pub u64);

/// What the key agent is given: who, under a pseudonym, and which serial.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForKeyAgent(pub Vec<(JoinKey, Serial)>);

/// What the linker is given: what, and which serial.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForLinker(pub Vec<(Serial, Vec<String>)>);

/// Which serials of both parties belong together (결합키연계정보).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matches(pub Vec<(Serial, Serial)>);

/// How many rows found their other half (결합률).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Rate {
    /// Rows of the first party.
    pub left: usize,
    /// Rows of the second.
    pub right: usize,
    /// Rows that came together.
    pub linked: usize,
}

impl Rate {
    /// The share of a party's rows, 0 to 1; nothing where it has none.
    #[expect(clippy::cast_precision_loss, reason = "numbers of rows are below 2^53")]
    fn share(linked: usize, of: usize) -> Option<f64> {
        (of > 0).then(|| linked as f64 / of as f64)
    }

    /// The share of the first party's rows that found their other half.
    pub fn of_left(self) -> Option<f64> {
        Self::share(self.linked, self.left)
    }

    /// The same of the second.
    pub fn of_right(self) -> Option<f64> {
        Self::share(self.linked, self.right)
    }
}

/// A row of a party: who it is about, and what it says.
#[derive(Clone, Debug)]
pub struct PartyRow<'r> {
    /// Identifying values, each by its kind, in an order both parties agreed upon.
    pub identity: Vec<(Identity, &'r str)>,
    /// What it says.
    pub attributes: Vec<String>,
}

/// Why linking stopped.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Rows of a party without an identity.
    #[error("{0} rows have an empty identifying value; leave them out or fill it")]
    NoIdentity(usize),
    /// Several rows of one person.
    #[error(
        "{0} join keys stand more than once among the {1} party's rows; bring each person's rows together first"
    )]
    Several(usize, &'static str),
    /// A serial that no row has, or that stands twice.
    #[error("serials do not fit the rows of the {0} party: they were changed on their way")]
    Serials(&'static str),
}

/// A party makes both parts of what it hands over: one for the key agent, one for the linker.
///
/// # Errors
/// Rows without an identity, or several of one person.
pub fn prepare(
    rows: &[PartyRow<'_>],
    secret: &JoinSecret,
    chance: &mut Stream,
) -> Result<(ForKeyAgent, ForLinker), LinkError> {
    let keys: Vec<Option<JoinKey>> = rows.iter().map(|row| secret.key(&row.identity)).collect();
    let empty = keys.iter().filter(|key| key.is_none()).count();
    if empty > 0 {
        return Err(LinkError::NoIdentity(empty));
    }
    let mut taken = HashSet::new();
    let mut serials = Vec::with_capacity(rows.len());
    while serials.len() < rows.len() {
        let serial = Serial(chance.bits());
        if taken.insert(serial) {
            serials.push(serial);
        }
    }
    let keyed = keys.into_iter().flatten().zip(serials.iter().copied());
    let mut for_agent: Vec<_> = keyed.collect();
    let said = rows.iter().map(|row| row.attributes.clone());
    let mut for_linker: Vec<_> = serials.iter().copied().zip(said).collect();
    // By join key and by serial: neither order is that of the rows.
    for_agent.sort();
    for_linker.sort_by_key(|(serial, _)| *serial);
    once(&for_agent, "own")?;
    Ok((ForKeyAgent(for_agent), ForLinker(for_linker)))
}

fn once(keyed: &[(JoinKey, Serial)], whose: &'static str) -> Result<(), LinkError> {
    let mut seen: BTreeMap<&JoinKey, usize> = BTreeMap::new();
    for (key, _) in keyed {
        *seen.entry(key).or_default() += 1;
    }
    let several = seen.values().filter(|count| **count > 1).count();
    if several == 0 {
        Ok(())
    } else {
        Err(LinkError::Several(several, whose))
    }
}

/// The key agent finds which serials belong together. With samples of both it is a trial (모의결합).
///
/// # Errors
/// Several rows of one person.
pub fn match_up(left: &ForKeyAgent, right: &ForKeyAgent) -> Result<(Matches, Rate), LinkError> {
    once(&left.0, "first")?;
    once(&right.0, "second")?;
    let others: HashMap<&JoinKey, Serial> =
        right.0.iter().map(|(key, serial)| (key, *serial)).collect();
    let mut matches: Vec<(Serial, Serial)> = left
        .0
        .iter()
        .filter_map(|(key, serial)| others.get(key).map(|other| (*serial, *other)))
        .collect();
    // The order of join keys says something of them.
    matches.sort();
    let rate = Rate {
        left: left.0.len(),
        right: right.0.len(),
        linked: matches.len(),
    };
    Ok((Matches(matches), rate))
}

/// The linker brings rows together: attributes of the first party, then of the second. Serials go.
///
/// # Errors
/// Serials that no row has, or that stand twice.
pub fn link(
    matches: &Matches,
    left: &ForLinker,
    right: &ForLinker,
    chance: &mut Stream,
) -> Result<Vec<Vec<String>>, LinkError> {
    let (left, right) = (by_serial(left, "first")?, by_serial(right, "second")?);
    let mut linked = Vec::with_capacity(matches.0.len());
    for (one, other) in &matches.0 {
        let one = left.get(one).ok_or(LinkError::Serials("first"))?;
        let other = right.get(other).ok_or(LinkError::Serials("second"))?;
        linked.push(one.iter().chain(*other).cloned().collect());
    }
    // The order of serials would lead a party back to its rows.
    for at in (1..linked.len()).rev() {
        let bound = u64::try_from(at + 1).unwrap_or(u64::MAX);
        linked.swap(at, usize::try_from(chance.below(bound)).unwrap_or(at));
    }
    Ok(linked)
}

fn by_serial<'r>(
    rows: &'r ForLinker,
    whose: &'static str,
) -> Result<HashMap<Serial, &'r Vec<String>>, LinkError> {
    let found: HashMap<Serial, &Vec<String>> =
        rows.0.iter().map(|(serial, row)| (*serial, row)).collect();
    if found.len() == rows.0.len() {
        Ok(found)
    } else {
        Err(LinkError::Serials(whose))
    }
}

#[cfg(test)]
mod tests {
    use super::super::random::tests::Repeated;
    use super::*;

    fn rows<'r>(people: &[(&'r str, &'r str, &str)]) -> Vec<PartyRow<'r>> {
        let row = |(name, phone, said): &(&'r str, &'r str, &str)| PartyRow {
            identity: vec![(Identity::Name, *name), (Identity::Phone, *phone)],
            attributes: vec![(*said).to_owned()],
        };
        people.iter().map(row).collect()
    }

    fn stream(seed: u8) -> Stream {
        Stream::new(&[seed; 32])
    }

    /// Everything a part is handed, as it would lie on the wire.
    fn wire(value: &impl Serialize) -> String {
        serde_json::to_string(value).unwrap()
    }

    #[test]
    fn rows_come_together_and_nobody_sees_who_and_what() {
        let city = [
            ("김가온", "010-1111-2222", "주차 3회"),
            ("이누리", "010-3333-4444", "주차 9회"),
            ("박다온", "010-5555-6666", "주차 1회"),
        ];
        let hospital = [
            ("이 누리", "+82 10 3333 4444", "진료 2회"),
            ("최라온", "010-7777-8888", "진료 5회"),
            ("김가온", "01011112222", "진료 7회"),
        ];
        // One party makes the secret and gives it to the other.
        let secret = JoinSecret::make(&mut Repeated::new(1)).unwrap();
        let given = JoinSecret::given(*secret.bytes());
        let (city_keys, city_rows) = prepare(&rows(&city), &secret, &mut stream(2)).unwrap();
        let (other_keys, other_rows) = prepare(&rows(&hospital), &given, &mut stream(3)).unwrap();
        // The key agent.
        let (matches, rate) = match_up(&city_keys, &other_keys).unwrap();
        assert_eq!((rate.linked, rate.left, rate.right), (2, 3, 3));
        assert!((rate.of_left().unwrap() - 2.0 / 3.0).abs() < 1e-12);
        // The linker.
        let mut linked = link(&matches, &city_rows, &other_rows, &mut stream(4)).unwrap();
        linked.sort();
        assert_eq!(linked, [["주차 3회", "진료 7회"], ["주차 9회", "진료 2회"]]);
        // What each was handed.
        let agent = wire(&city_keys) + &wire(&other_keys);
        let linker = wire(&city_rows) + &wire(&other_rows) + &wire(&matches);
        let result = wire(&linked);
        for (name, phone, said) in city.iter().chain(&hospital) {
            assert!(!agent.contains(name) && !agent.contains(phone) && !agent.contains(said));
            assert!(!linker.contains(name) && !linker.contains(phone));
            assert!(!result.contains(name) && !result.contains(phone));
        }
        for (key, serial) in city_keys.0.iter().chain(&other_keys.0) {
            assert!(!linker.contains(&key.0), "the linker has no join key");
            assert!(!result.contains(&serial.0.to_string()), "no serial leaves");
        }
    }

    #[test]
    fn without_the_secret_a_name_cannot_be_tried_out() {
        let people = [("김가온", "010-1111-2222", "주차 3회")];
        let secret = JoinSecret::make(&mut Repeated::new(1)).unwrap();
        let (keys, _) = prepare(&rows(&people), &secret, &mut stream(2)).unwrap();
        let guess = JoinSecret::given([0; 32]);
        let (tried, _) = prepare(&rows(&people), &guess, &mut stream(2)).unwrap();
        assert_eq!(match_up(&keys, &tried).unwrap().1.linked, 0);
    }

    #[test]
    fn the_order_of_rows_is_not_handed_over() {
        let names: Vec<String> = (0..50).map(|at| format!("가온{at}")).collect();
        let people: Vec<_> = names
            .iter()
            .map(|name| PartyRow {
                identity: vec![(Identity::Name, name.as_str())],
                attributes: vec![name.clone()],
            })
            .collect();
        let secret = JoinSecret::given([9; 32]);
        let (keys, said) = prepare(&people, &secret, &mut stream(2)).unwrap();
        let order: Vec<&String> = said.0.iter().map(|(_, row)| &row[0]).collect();
        assert_ne!(order, names.iter().collect::<Vec<_>>());
        let serials: Vec<Serial> = keys.0.iter().map(|(_, serial)| *serial).collect();
        assert!(
            !serials.is_sorted(),
            "join keys and serials have orders of their own"
        );
    }

    #[test]
    fn what_cannot_be_linked_is_told() {
        let secret = JoinSecret::given([9; 32]);
        let twice = [("김가온", "1", "a"), ("김 가온", "1", "b")];
        let refused = prepare(&rows(&twice), &secret, &mut stream(2));
        assert_eq!(refused.unwrap_err(), LinkError::Several(1, "own"));
        let empty = [("", "1", "a")];
        let refused = prepare(&rows(&empty), &secret, &mut stream(2));
        assert_eq!(refused.unwrap_err(), LinkError::NoIdentity(1));
        let (_, said) = prepare(&rows(&[("김가온", "1", "a")]), &secret, &mut stream(2)).unwrap();
        let matches = Matches(vec![(Serial(1), Serial(2))]);
        let refused = link(&matches, &said, &said, &mut stream(4));
        assert_eq!(refused.unwrap_err(), LinkError::Serials("first"));
    }
}
