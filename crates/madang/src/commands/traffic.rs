//! `madang traffic`: how it flows, and how long it takes between two places.

use std::process::ExitCode;

use city::Lang;
use city::calendar::korean_time;
use clap::Args;
use interop::situation::Kept;
use interop::situation::traffic::way::{Way, way};
use interop::situation::traffic::{Traffic, tell, traffic};
use situation::air::DoubtKind;
use situation::traffic::{Level, LinkTroubleKind, State};

use crate::cli::Shared;
use crate::config::Config;
use crate::exit::Failure;
use crate::out;
use crate::platform::Platform;

/// Links that are listed unless all are asked for.
const LISTED: usize = 20;

/// Words of `madang traffic`.
#[derive(Debug, Args)]
pub(crate) struct Words {
    /// Where from: an address, a place name, or lon,lat
    #[arg(long, value_name = "PLACE", requires = "to")]
    from: Option<String>,
    /// Where to
    #[arg(long, value_name = "PLACE", requires = "from")]
    to: Option<String>,
    /// All links, and not only the slowest
    #[arg(long)]
    all: bool,
    /// One JSON object a link, or one for the way
    #[arg(long)]
    json: bool,
    /// Who reads: an account of people.toml, an operator's name, or `public` for anybody
    #[arg(long = "as", value_name = "USER")]
    person: Option<String>,
}

/// How it flows, or how long a way takes.
pub(crate) async fn run(shared: &Shared, words: &Words) -> Result<ExitCode, Failure> {
    let config = Config::read(shared, None)?;
    let platform = Platform::open(&config).await?;
    let ended = match words.from.as_deref().zip(words.to.as_deref()) {
        Some(ends) => along(&platform, words, ends).await,
        None => links(&platform, words).await,
    };
    platform.close().await;
    ended
}

fn none() -> Failure {
    Failure::Input(
        "the city declares no traffic; situation.toml says which datasets have it".to_owned(),
    )
}

async fn links(platform: &Platform, words: &Words) -> Result<ExitCode, Failure> {
    let reader = platform.reader(words.person.as_deref(), Some("traffic"));
    let now = korean_time(platform.records.clock().now());
    let found = traffic(&platform.city, &Kept::default(), &reader, now).await?;
    let found = found.ok_or_else(none)?;
    let (slowest, unknown) = (found.slowest(), found.doubted());
    let listed: Vec<usize> = if words.all {
        slowest.iter().chain(&unknown).copied().collect()
    } else {
        slowest.iter().take(LISTED).copied().collect()
    };
    for at in &listed {
        if words.json {
            out::json(&tell::link(&found, *at))?;
        } else {
            out::line(line(&found, *at))?;
        }
    }
    summary(&found);
    if !words.all && slowest.len() > listed.len() {
        out::say(format!(
            "{} of {} links with a known speed; --all lists every link",
            listed.len(),
            slowest.len()
        ));
    }
    Ok(ExitCode::SUCCESS)
}

fn line(found: &Traffic, at: usize) -> String {
    let own = found.roads.network.links.get(at).zip(found.links.get(at));
    let Some((link, now)) = own else {
        return String::new();
    };
    let road = link.road.as_deref().unwrap_or_default();
    let usual = now
        .usual
        .map_or_else(|| "unknown".to_owned(), |usual| format!("{usual:.0}"));
    if let Some(speed) = now.present.speed() {
        return format!(
            "{}  {road}  {:.0} km/h, usually {usual}, {}",
            link.id,
            speed,
            now.level.map_or("no band", Level::word)
        );
    }
    let doubts: Vec<String> = now.present.doubts.iter().map(doubt).collect();
    let why = if doubts.is_empty() {
        state(now.present.state).to_owned()
    } else {
        doubts.join("; ")
    };
    format!("{}  {road}  unknown: {why}", link.id)
}

fn state(state: State) -> &'static str {
    match state {
        State::Known => "known",
        State::Stale => "the newest speed is too old",
        State::Doubted => "the newest speed is not believed",
        State::Silent => "no speed has come",
    }
}

fn doubt(own: &DoubtKind) -> String {
    match own {
        DoubtKind::Stuck { value, .. } => format!("the same speed ({value} km/h) over and over"),
        DoubtKind::Negative { value, .. } => format!("a speed below 0 ({value} km/h)"),
        DoubtKind::Jump { from, to } => format!("a sudden jump from {from} to {to} km/h"),
        DoubtKind::Ahead { minutes } => format!("its clock is {minutes} minutes ahead"),
        DoubtKind::Behind { minutes } => format!("{minutes} minutes behind the others"),
        DoubtKind::Stopped { since } => {
            format!("nothing has come since {}", since.format("%Y-%m-%d %H:%M"))
        }
    }
}

fn trouble(own: LinkTroubleKind) -> &'static str {
    match own {
        LinkTroubleKind::NoId => "its id, or that of a node, has not ten digits",
        LinkTroubleKind::NoLength => "its length is not above 0",
        LinkTroubleKind::NoLine => "it has no line",
        LinkTroubleKind::NoWay => "it begins where it ends",
        LinkTroubleKind::Twice => "another link has its id",
    }
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// What no list says by itself.
fn summary(found: &Traffic) {
    out::say(format!(
        "{} free, {} slow, {} jammed, {} unknown of {} at {}",
        found.count(Some(Level::Free)),
        found.count(Some(Level::Slow)),
        found.count(Some(Level::Jammed)),
        found.count(None),
        counted(found.links.len(), "link", "links"),
        found.now.format("%Y-%m-%d %H:%M")
    ));
    let of = |state: State| {
        let own = found.links.iter().filter(|own| own.present.state == state);
        own.count()
    };
    out::say(format!(
        "unknown: {} too old, {} not believed, {} silent",
        of(State::Stale),
        of(State::Doubted),
        of(State::Silent)
    ));
    if found.has_stopped() {
        let since = found.newest.map_or_else(
            || "ever".to_owned(),
            |at| at.format("%Y-%m-%d %H:%M").to_string(),
        );
        out::say(format!("the feed has stopped: nothing came since {since}"));
    }
    for own in &found.roads.network.troubles {
        out::say(format!(
            "link {} cannot be used: {}",
            own.link,
            trouble(own.trouble)
        ));
    }
    if !found.strangers.is_empty() {
        out::say(format!(
            "speeds of {} that the network does not have: {}",
            counted(found.strangers.len(), "link", "links"),
            found.strangers.join(", ")
        ));
    }
    if found.more {
        out::say("there are more speeds: looking ended at a limit");
    }
}

async fn along(
    platform: &Platform,
    words: &Words,
    ends: (&str, &str),
) -> Result<ExitCode, Failure> {
    let reader = platform.reader(words.person.as_deref(), Some("travel time"));
    let now = korean_time(platform.records.clock().now());
    let found = way(&platform.city, &Kept::default(), &reader, ends, now).await?;
    let way: Way = found.ok_or_else(none)?;
    if words.json {
        out::json(&way.json(Lang::En))?;
    } else if way.travel.is_some() {
        for sentence in way.said(Lang::En) {
            out::line(sentence)?;
        }
    }
    for (said, place) in [(ends.0, &way.from), (ends.1, &way.to)] {
        if place.is_none() {
            return Err(Failure::Input(format!(
                "nobody knows the place {said}; say an address, a building, or lon,lat"
            )));
        }
    }
    Ok(ExitCode::SUCCESS)
}
