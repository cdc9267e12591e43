//! The fastest way between two places: as it is now, and as it is usually.
//!
//! A link whose speed is not known now is passed at its usual speed, and the answer says how many metres of the way those
//! are. A link of which neither is known is not passed: nobody assumes that the limit is driven.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use geo_types::Coord;
use serde::Serialize;

use super::network::{Foot, Network};

/// Speeds of one link in km/h.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Speeds {
    /// As it is now.
    pub now: Option<f64>,
    /// As it is usually.
    pub usual: Option<f64>,
}

/// A way.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Route {
    /// Seconds on the road.
    pub seconds: f64,
    /// Metres on the road.
    pub metres: f64,
    /// Links that it goes over.
    pub links: Vec<String>,
    /// Roads in the order they are driven, each once in a row.
    pub roads: Vec<String>,
    /// Links whose speed is not known now: of them the usual one is taken.
    pub unknown_links: usize,
    /// Metres of those.
    pub unknown_metres: f64,
}

/// How long it takes between two places.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Travel {
    /// As it is now; nothing where no way of known speeds leads there.
    pub now: Option<Route>,
    /// As it is usually.
    pub usual: Option<Route>,
    /// How far the first place is from the road, in metres; nothing where no road is near.
    pub from_road: Option<f64>,
    /// How far the second is.
    pub to_road: Option<f64>,
}

/// How long it takes between two places. `speeds` are in the order of the network's links.
pub fn travel(network: &Network, speeds: &[Speeds], from: Coord<f64>, to: Coord<f64>) -> Travel {
    let of = |at: usize| speeds.get(at).copied().unwrap_or_default();
    let now = |at: usize| of(at).now.or(of(at).usual);
    let usual = |at: usize| of(at).usual;
    let is_known = |at: usize| of(at).now.is_some();
    let near = |place: Coord<f64>| {
        let feet = network.feet(place, |at| now(at).is_some());
        feet.first().map(|foot| foot.metres)
    };
    Travel {
        now: fastest(network, &now, &is_known, from, to),
        usual: fastest(network, &usual, &|_| true, from, to),
        from_road: near(from),
        to_road: near(to),
    }
}

/// A node that is reached, and after how long.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Reached {
    seconds: f64,
    node: usize,
}

impl Eq for Reached {}

impl PartialOrd for Reached {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Reached {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.seconds
            .total_cmp(&other.seconds)
            .then(self.node.cmp(&other.node))
    }
}

/// A part of a way: so much of a link.
#[derive(Clone, Copy, Debug)]
struct Part {
    link: usize,
    share: f64,
    /// Whether the way begins on it.
    is_first: bool,
}

fn fastest(
    network: &Network,
    speed: &dyn Fn(usize) -> Option<f64>,
    is_known: &dyn Fn(usize) -> bool,
    from: Coord<f64>,
    to: Coord<f64>,
) -> Option<Route> {
    let cost = |at: usize| {
        let speed = speed(at).filter(|own| own.is_finite() && *own > 0.0)?;
        Some(network.links.get(at)?.length * 3.6 / speed)
    };
    let may = |at: usize| cost(at).is_some();
    let (starts, ends) = (network.feet(from, may), network.feet(to, may));
    let mut best = on_one_link(&starts, &ends, &cost);
    let (seconds, by) = search(network, &starts, &cost);
    for end in &ends {
        let Some(link) = network.links.get(end.link) else {
            continue;
        };
        let reached = seconds.get(link.from).copied().flatten();
        let Some(total) = reached
            .zip(cost(end.link))
            .map(|(own, all)| own + all * end.share)
        else {
            continue;
        };
        if best.as_ref().is_none_or(|(own, _)| total < *own) {
            let mut parts = way(network, &by, link.from);
            parts.push(Part {
                link: end.link,
                share: end.share,
                is_first: false,
            });
            best = Some((total, parts));
        }
    }
    best.map(|(seconds, parts)| route(network, seconds, &parts, is_known))
}

/// Both places on one link, the second ahead of the first.
fn on_one_link(
    starts: &[Foot],
    ends: &[Foot],
    cost: &dyn Fn(usize) -> Option<f64>,
) -> Option<(f64, Vec<Part>)> {
    let pairs = starts.iter().flat_map(|start| {
        let same = move |end: &&Foot| end.link == start.link && end.share >= start.share;
        ends.iter().filter(same).map(move |end| (start, end))
    });
    let parts = pairs.filter_map(|(start, end)| {
        let share = end.share - start.share;
        let part = Part {
            link: start.link,
            share,
            is_first: true,
        };
        Some((cost(start.link)? * share, vec![part]))
    });
    parts.min_by(|a, b| a.0.total_cmp(&b.0))
}

/// Seconds to every node, and the part of a link each is reached by.
type Found = (Vec<Option<f64>>, Vec<Option<Part>>);

fn search(network: &Network, starts: &[Foot], cost: &dyn Fn(usize) -> Option<f64>) -> Found {
    let mut seconds: Vec<Option<f64>> = vec![None; network.nodes()];
    let mut by: Vec<Option<Part>> = vec![None; network.nodes()];
    let mut heap = BinaryHeap::new();
    let mut reach = |total: f64, part: Part, heap: &mut BinaryHeap<Reverse<Reached>>| {
        let Some(link) = network.links.get(part.link) else {
            return;
        };
        if let (Some(slot), Some(last)) = (seconds.get_mut(link.to), by.get_mut(link.to))
            && slot.is_none_or(|own| total < own)
        {
            (*slot, *last) = (Some(total), Some(part));
            heap.push(Reverse(Reached {
                seconds: total,
                node: link.to,
            }));
        }
    };
    for start in starts {
        if let Some(all) = cost(start.link) {
            let part = Part {
                link: start.link,
                share: 1.0 - start.share,
                is_first: true,
            };
            reach(all * part.share, part, &mut heap);
        }
    }
    let mut done = vec![false; network.nodes()];
    while let Some(Reverse(next)) = heap.pop() {
        match done.get_mut(next.node) {
            Some(is_done) if !*is_done => *is_done = true,
            _ => continue,
        }
        for at in network.leaving(next.node) {
            if let Some(own) = cost(*at) {
                let part = Part {
                    link: *at,
                    share: 1.0,
                    is_first: false,
                };
                reach(next.seconds + own, part, &mut heap);
            }
        }
    }
    (seconds, by)
}

/// The parts that lead to a node, in the order they are driven.
fn way(network: &Network, by: &[Option<Part>], node: usize) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut node = node;
    // Times only grow along a way: it comes to its beginning.
    while let Some(part) = by.get(node).copied().flatten() {
        parts.push(part);
        let link = network.links.get(part.link);
        let Some(link) = link.filter(|_| !part.is_first && parts.len() <= network.nodes()) else {
            break;
        };
        node = link.from;
    }
    parts.reverse();
    parts
}

fn route(
    network: &Network,
    seconds: f64,
    parts: &[Part],
    is_known: &dyn Fn(usize) -> bool,
) -> Route {
    let mut route = Route {
        seconds,
        metres: 0.0,
        links: Vec::new(),
        roads: Vec::new(),
        unknown_links: 0,
        unknown_metres: 0.0,
    };
    for part in parts {
        let Some(link) = network.links.get(part.link) else {
            continue;
        };
        let metres = link.length * part.share;
        route.metres += metres;
        route.links.push(link.id.clone());
        if !is_known(part.link) {
            route.unknown_links += 1;
            route.unknown_metres += metres;
        }
        if let Some(road) = &link.road
            && route.roads.last() != Some(road)
        {
            route.roads.push(road.clone());
        }
    }
    route
}
