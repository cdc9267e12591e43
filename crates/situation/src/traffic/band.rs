//! From which speed on it is slow or jammed: the city's own bands, by class of road and speed limit.

use serde::Serialize;

use super::network::Link;

/// How the traffic flows on a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// 원활.
    Free,
    /// 서행.
    Slow,
    /// 정체.
    Jammed,
}

impl Level {
    /// Its word in texts and answers.
    pub fn word(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Slow => "slow",
            Self::Jammed => "jammed",
        }
    }
}

/// A band.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    /// Class of road; every class where there is none.
    pub class: Option<String>,
    /// Links with this limit or a higher one; every limit where there is none.
    pub limit_from: Option<f64>,
    /// Slow below this speed.
    pub slow: f64,
    /// Jammed below this speed.
    pub jammed: f64,
}

impl Band {
    /// Whether it is for a link. What is not known of a link fits no band that asks for it.
    fn fits(&self, link: &Link) -> bool {
        let is_class = self.class.is_none() || self.class == link.class;
        let is_limit = self
            .limit_from
            .is_none_or(|from| link.limit.is_some_and(|limit| limit >= from));
        is_class && is_limit
    }
}

/// How it flows at a speed; nothing where the city has no band for such a link.
pub fn level(link: &Link, speed: f64, bands: &[Band]) -> Option<Level> {
    let band = bands.iter().find(|band| band.fits(link))?;
    Some(if speed < band.jammed {
        Level::Jammed
    } else if speed < band.slow {
        Level::Slow
    } else {
        Level::Free
    })
}
