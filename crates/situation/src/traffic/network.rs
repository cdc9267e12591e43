//! Links between nodes, and links that cannot be used.

use std::collections::{HashMap, HashSet};

use geo_types::{Coord, Geometry, LineString};
use serde::Serialize;

use crate::works::Index;

/// Digits of the id of a link or a node (표준 노드·링크).
const DIGITS: usize = 10;
/// The farthest that a place may be from a road, in metres; the ring is widened until a road is met.
const RINGS: [f64; 4] = [50.0, 200.0, 800.0, 3_000.0];

/// A link as the city's dataset has it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    /// Id.
    pub id: String,
    /// The node it begins at.
    pub from: Option<String>,
    /// The node it ends at.
    pub to: Option<String>,
    /// Length in metres.
    pub length: Option<f64>,
    /// Its line, in metres.
    pub shape: Option<Geometry<f64>>,
    /// Name of the road.
    pub road: Option<String>,
    /// Lanes.
    pub lanes: Option<f64>,
    /// Speed limit in km/h.
    pub limit: Option<f64>,
    /// Class of the road.
    pub class: Option<String>,
}

/// A link that can be used: in one direction, from a node to another.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// Id.
    pub id: String,
    /// The node it begins at, by its place among all.
    pub from: usize,
    /// The node it ends at.
    pub to: usize,
    /// Length in metres, above 0.
    pub length: f64,
    /// Its line, in metres.
    pub shape: Geometry<f64>,
    /// Name of the road.
    pub road: Option<String>,
    /// Lanes.
    pub lanes: Option<f64>,
    /// Speed limit in km/h.
    pub limit: Option<f64>,
    /// Class of the road.
    pub class: Option<String>,
}

/// A link that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LinkTrouble {
    /// Its id, as it is written.
    pub link: String,
    /// Why.
    pub trouble: LinkTroubleKind,
}

/// Why a link cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinkTroubleKind {
    /// Its id, or that of a node, has not ten digits.
    NoId,
    /// Its length is not known, or not above 0.
    NoLength,
    /// It has no line.
    NoLine,
    /// It begins where it ends.
    NoWay,
    /// Another link has its id.
    Twice,
}

impl LinkTroubleKind {
    /// Its word in texts.
    pub fn word(self) -> &'static str {
        match self {
            Self::NoId => "no_id",
            Self::NoLength => "no_length",
            Self::NoLine => "no_line",
            Self::NoWay => "no_way",
            Self::Twice => "twice",
        }
    }
}

/// The road network.
#[derive(Debug)]
pub struct Network {
    /// Links that can be used.
    pub links: Vec<Link>,
    /// Links that cannot.
    pub troubles: Vec<LinkTrouble>,
    ids: HashMap<String, usize>,
    /// Links that begin at a node.
    leaving: Vec<Vec<usize>>,
    index: Index,
}

/// A place on a link.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Foot {
    /// The link.
    pub link: usize,
    /// How far along it, from 0 to 1.
    pub share: f64,
    /// How far the place is from it, in metres.
    pub metres: f64,
}

fn is_id(text: &str) -> bool {
    text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_digit())
}

impl Network {
    /// The network of links; those that cannot be used are told of.
    pub fn new(drafts: Vec<Draft>) -> Self {
        let (mut links, mut troubles) = (Vec::new(), Vec::new());
        let (mut nodes, mut ids) = (HashMap::<String, usize>::new(), HashMap::new());
        let mut node = |id: String| {
            let next = nodes.len();
            *nodes.entry(id).or_insert(next)
        };
        let mut seen = HashSet::new();
        for draft in drafts {
            let id = draft.id.clone();
            let is_new = seen.insert(id.clone());
            let sound = if is_new {
                sound(draft, &mut node)
            } else {
                Err(LinkTroubleKind::Twice)
            };
            match sound {
                Ok(link) => {
                    ids.insert(id, links.len());
                    links.push(link);
                }
                Err(trouble) => troubles.push(LinkTrouble { link: id, trouble }),
            }
        }
        let mut leaving = vec![Vec::new(); nodes.len()];
        for (at, link) in links.iter().enumerate() {
            if let Some(own) = leaving.get_mut(link.from) {
                own.push(at);
            }
        }
        Self {
            index: Index::new(links.iter().map(|link| &link.shape)),
            links,
            troubles,
            ids,
            leaving,
        }
    }

    /// The place of a link among all, by its id.
    pub fn at(&self, id: &str) -> Option<usize> {
        self.ids.get(id).copied()
    }

    /// Whether an id is of a link that cannot be used.
    pub fn is_troubled(&self, id: &str) -> bool {
        self.troubles.iter().any(|own| own.link == id)
    }

    /// How many nodes.
    pub fn nodes(&self) -> usize {
        self.leaving.len()
    }

    /// Links that begin at a node.
    pub fn leaving(&self, node: usize) -> &[usize] {
        self.leaving.get(node).map_or(&[], Vec::as_slice)
    }

    /// The links nearest to a place, of both directions: those about as near as the nearest that may be used.
    pub fn feet(&self, at: Coord<f64>, may: impl Fn(usize) -> bool) -> Vec<Foot> {
        let shape = |at: usize| self.links.get(at).map(|link| &link.shape);
        for ring in RINGS {
            let mut near = self.index.near(at, ring, shape);
            near.retain(|(link, _)| may(*link));
            let Some((_, nearest)) = near.first().copied() else {
                continue;
            };
            let near = near.into_iter().filter(|(_, own)| own - nearest < 1.0);
            let foot = near.filter_map(|(link, metres)| {
                let share = share_along(shape(link)?, at)?;
                Some(Foot {
                    link,
                    share,
                    metres,
                })
            });
            return foot.collect();
        }
        Vec::new()
    }
}

fn sound(draft: Draft, node: &mut impl FnMut(String) -> usize) -> Result<Link, LinkTroubleKind> {
    let ends = draft.from.zip(draft.to);
    let (from, to) = ends
        .filter(|(from, to)| is_id(&draft.id) && is_id(from) && is_id(to))
        .ok_or(LinkTroubleKind::NoId)?;
    let length = draft
        .length
        .filter(|own| own.is_finite() && *own > 0.0)
        .ok_or(LinkTroubleKind::NoLength)?;
    let shape = draft.shape.filter(|own| line_of(own).is_some());
    let shape = shape.ok_or(LinkTroubleKind::NoLine)?;
    if from == to {
        return Err(LinkTroubleKind::NoWay);
    }
    Ok(Link {
        id: draft.id,
        from: node(from),
        to: node(to),
        length,
        shape,
        road: draft.road,
        lanes: draft.lanes,
        limit: draft.limit,
        class: draft.class,
    })
}

/// The lines of a shape, one behind the other; nothing where it is no line.
fn line_of(shape: &Geometry<f64>) -> Option<Vec<&LineString<f64>>> {
    let lines: Vec<&LineString<f64>> = match shape {
        Geometry::LineString(line) => vec![line],
        Geometry::MultiLineString(lines) => lines.iter().collect(),
        _ => return None,
    };
    lines.iter().any(|line| line.0.len() > 1).then_some(lines)
}

/// How far along a line the place nearest to a point lies, from 0 to 1.
fn share_along(shape: &Geometry<f64>, at: Coord<f64>) -> Option<f64> {
    let lines = line_of(shape)?;
    let (nearest, _, along) = crate::works::along::nearest(&lines, at)?;
    let lengths = lines.iter().map(|line| crate::shape::length(line));
    let before: f64 = lengths.clone().take(nearest).sum();
    let (metres, all) = (before + along, lengths.sum::<f64>());
    (all > 0.0).then(|| (metres / all).clamp(0.0, 1.0))
}
