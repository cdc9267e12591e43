//! Traffic: its datasets and columns exist, its bands can be told apart.

use super::{Be, Look};
use crate::situation::{Traffic, TrafficBand};

impl Look<'_> {
    pub(super) fn traffic(&mut self, traffic: &Traffic) {
        self.traffic_links(traffic);
        self.traffic_speeds(traffic);
        self.traffic_incidents(traffic);
        self.at_least_one(traffic.stale, &["traffic", "stale"], "minutes");
        self.at_least_one(traffic.weeks, &["traffic", "weeks"], "weeks");
        if traffic.bands.is_empty() {
            let what = "there are no bands: nobody can say what is slow";
            let fault = self.text.fault_at(&["traffic", "bands"], what);
            self.faults
                .push(fault.remedy("add a `[[traffic.bands]]` with `slow` and `jammed` in km/h"));
        }
        for (at, band) in traffic.bands.iter().enumerate() {
            self.traffic_band(&at.to_string(), band, traffic);
        }
    }

    fn traffic_links(&mut self, traffic: &Traffic) {
        let own = &traffic.links;
        let path = |key| ["traffic", "links", key];
        let Some(of) = self.dataset(&own.dataset, &path("dataset")) else {
            return;
        };
        for (key, name) in [("link", &own.link), ("from", &own.from), ("to", &own.to)] {
            self.column(of, Some(name), &path(key), Be::Anything);
        }
        self.column(of, Some(&own.length), &path("length"), Be::Number);
        self.column(of, Some(&own.shape), &path("shape"), Be::Shape);
        for (key, name) in [("lanes", &own.lanes), ("limit", &own.limit)] {
            self.column(of, name.as_ref(), &path(key), Be::Number);
        }
        for (key, name) in [("road", &own.road), ("class", &own.class)] {
            self.column(of, name.as_ref(), &path(key), Be::Anything);
        }
    }

    fn traffic_speeds(&mut self, traffic: &Traffic) {
        let own = &traffic.speeds;
        let path = |key| ["traffic", "speeds", key];
        if let Some(of) = self.dataset(&own.dataset, &path("dataset")) {
            self.column(of, Some(&own.link), &path("link"), Be::Anything);
            self.column(of, Some(&own.measured), &path("measured"), Be::Instant);
            self.column(of, Some(&own.speed), &path("speed"), Be::Number);
        }
    }

    fn traffic_incidents(&mut self, traffic: &Traffic) {
        let Some(own) = &traffic.incidents else {
            return;
        };
        let path = |key| ["traffic", "incidents", key];
        if let Some(of) = self.dataset(&own.dataset, &path("dataset")) {
            self.column(of, Some(&own.title), &path("title"), Be::Anything);
            self.column(of, Some(&own.starts), &path("starts"), Be::Moment);
            self.column(of, own.ends.as_ref(), &path("ends"), Be::Moment);
            for (key, name) in [("kind", &own.kind), ("road", &own.road)] {
                self.column(of, name.as_ref(), &path(key), Be::Anything);
            }
            self.column(of, own.shape.as_ref(), &path("shape"), Be::Shape);
            self.somewhere(of, own.shape.as_ref(), &path("dataset"));
        }
    }

    fn traffic_band(&mut self, at: &str, band: &TrafficBand, traffic: &Traffic) {
        let path = |key| ["traffic", "bands", at, key];
        let is_sound = band.jammed > 0.0 && band.slow > band.jammed && band.slow.is_finite();
        if !is_sound {
            let what = format!(
                "slow below {} and jammed below {} km/h are no bands",
                band.slow, band.jammed
            );
            let fault = self.text.fault_at(&path("slow"), what);
            self.faults
                .push(fault.expected("`slow` above `jammed`, and `jammed` above 0"));
        }
        let links = &traffic.links;
        for (key, is_said, column) in [
            ("class", band.class.is_some(), links.class.is_some()),
            (
                "limit-from",
                band.limit_from.is_some(),
                links.limit.is_some(),
            ),
        ] {
            if is_said && !column {
                let what = format!("no column of the links says what `{key}` asks for");
                let fault = self.text.fault_at(&path(key), what);
                let column = if key == "class" { "class" } else { "limit" };
                let remedy = format!("name the column as `traffic.links.{column}`");
                self.faults.push(fault.remedy(remedy));
            }
        }
        if band.basis.trim().is_empty() {
            let fault = self.text.fault_at(&path("basis"), "`basis` says nothing");
            self.faults.push(fault.expected("where it is written"));
        }
    }

    fn at_least_one(&mut self, value: u32, path: &[&str], of: &str) {
        if value == 0 {
            let fault = self.text.fault_at(path, format!("0 {of} are none"));
            self.faults.push(fault.expected("1 or more"));
        }
    }
}
