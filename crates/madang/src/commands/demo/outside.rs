//! Servers of other programs that some of the demo city comes from: started beside the making of its files, filled, heard.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chrono::NaiveDate;
use city::Dataset;
use city::dataset::Source;
use demo::Plan;
use demo::outside::{Kind, Kinds, Outside};
use lake::At;
use sources::mqtt::Heard;
use tokio::sync::{mpsc, watch};
use tokio::task::spawn_blocking;
use uuid::Uuid;

use super::making::{failed, make};
use crate::exit::Failure;
use crate::jobs::listen::listener;
use crate::jobs::load::Loader;
use crate::out;

/// Folder of the demo's folder that servers keep their things in.
const SERVERS: &str = "servers";
/// Says up to which day the sensors have spoken.
const SPOKEN: &str = "spoken";
/// Sensors that have not been heard by then never will be.
const PATIENCE: Duration = Duration::from_mins(1);

/// The servers around the demo.
#[derive(Clone)]
pub(crate) struct Around {
    outside: Arc<Outside>,
    served: Kinds,
    root: PathBuf,
}

/// Makes the city's folder and files and starts servers meanwhile, those that are installed if any are wanted. Where one is
/// missing or does not start, files stand in for it, and that is said.
pub(super) async fn made(
    root: &Path,
    folder: &Path,
    wanted: Plan,
    with_servers: bool,
) -> Result<(Plan, Around), Failure> {
    let installed: Kinds = Kind::ALL
        .into_iter()
        .filter(|kind| with_servers && kind.is_installed())
        .collect();
    if with_servers {
        tell(&installed);
    }
    let at = root.join(SERVERS);
    let kinds = installed.clone();
    let secret = || Uuid::new_v4().simple().to_string();
    let starting = spawn_blocking(move || Outside::start(&kinds, &at, &secret));
    let making = {
        let (root, folder, served) = (root.to_owned(), folder.to_owned(), installed.clone());
        spawn_blocking(move || make(&root, &folder, wanted, &served))
    };
    let (started, first) = (starting.await, making.await);
    let (outside, missed) = started.map_err(|error| Failure::Machine(error.to_string()))?;
    let mut plan = first.map_err(|error| Failure::Machine(error.to_string()))??;
    let mut served = installed;
    if !missed.is_empty() {
        for (kind, error) in &missed {
            served.remove(kind);
            out::say(format!(
                "{} does not start ({error}): `{}` comes as files",
                kind.name(),
                kind.dataset()
            ));
        }
        plan = make(root, folder, wanted, &served)?;
    }
    demo::unfold(folder, &served).map_err(|error| failed(&error))?;
    let around = Around {
        outside: Arc::new(outside),
        served,
        root: root.to_owned(),
    };
    around.bring(plan).await?;
    Ok((plan, around))
}

/// Says what is started, and what comes as files because nobody installed its server.
fn tell(installed: &Kinds) {
    let names: Vec<&str> = installed.iter().map(|kind| kind.name()).collect();
    if !names.is_empty() {
        out::say(format!("starting {}", names.join(", ")));
    }
    for kind in Kind::ALL.into_iter().filter(|it| !installed.contains(it)) {
        out::say(format!(
            "{} is not installed: `{}` comes as files; `apt-get install {}` brings it",
            kind.name(),
            kind.dataset(),
            kind.package()
        ));
    }
}

impl Around {
    /// What a load must know of the servers.
    pub(super) fn values(&self) -> impl Iterator<Item = (String, String)> {
        self.outside.values().clone().into_iter()
    }

    /// The servers that are there.
    pub(crate) fn served(&self) -> &Kinds {
        &self.served
    }

    /// Brings tables and files to the plan's day.
    pub(crate) async fn bring(&self, plan: Plan) -> Result<(), Failure> {
        let outside = Arc::clone(&self.outside);
        spawn_blocking(move || outside.bring(&plan))
            .await
            .map_err(|error| Failure::Machine(error.to_string()))?
            .map_err(|error| failed(&error))
    }

    /// Lets the sensors say what they measured up to the plan's day, as far as they have not: whoever listens hears it.
    pub(crate) async fn speak(&self, plan: Plan) -> Result<(), Failure> {
        if !self.served.contains(&Kind::Mqtt) {
            return Ok(());
        }
        self.said(plan, self.spoken(plan)).await
    }

    async fn said(&self, plan: Plan, after: Option<NaiveDate>) -> Result<(), Failure> {
        self.outside.speak(&plan, after).await?;
        let Some(last) = plan.today.pred_opt() else {
            return Ok(());
        };
        let text = format!("{} {last}\n", plan.seed);
        Ok(std::fs::write(self.root.join(SPOKEN), text)?)
    }

    /// The last day that the sensors of this plan have spoken of.
    fn spoken(&self, plan: Plan) -> Option<NaiveDate> {
        let text = std::fs::read_to_string(self.root.join(SPOKEN)).ok()?;
        let (seed, day) = text.trim().split_once(' ')?;
        (seed == plan.seed.to_string()).then(|| day.parse().ok())?
    }

    /// Listens to the sensors until all is heard that they have not said before: what is heard waits for its load.
    pub(super) async fn heard(&self, loader: &Loader, plan: Plan) -> Result<(), Failure> {
        let id = Kind::Mqtt.dataset();
        let datasets = &loader.platform.city.datasets;
        let found = datasets.values().find(|dataset| dataset.id.as_str() == id);
        let Some(dataset) = found.filter(|_| self.served.contains(&Kind::Mqtt)) else {
            return Ok(());
        };
        // Data that somebody removed are to be said again.
        let is_loaded = loader
            .platform
            .lake
            .version(&dataset.id, &At::Latest)?
            .is_some();
        let after = self.spoken(plan).filter(|_| is_loaded);
        let count = self.outside.unsaid(&plan, after)?;
        if count == 0 {
            return Ok(());
        }
        let said = self.listening(loader, dataset, count, self.said(plan, after));
        let late = |_late| Failure::Machine(format!("nobody heard the sensors of `{id}`"));
        tokio::time::timeout(PATIENCE, said).await.map_err(late)?
    }

    /// Listens, lets them speak, and waits until so many messages are kept.
    async fn listening(
        &self,
        loader: &Loader,
        dataset: &Dataset,
        count: u64,
        speaking: impl Future<Output = Result<(), Failure>>,
    ) -> Result<(), Failure> {
        let Source::Mqtt(source) = &dataset.source else {
            return Ok(());
        };
        let listener = listener(loader, dataset, source)?;
        let (stop, stopped) = watch::channel(false);
        let (tell, mut told) = mpsc::unbounded_channel();
        let listening = tokio::spawn(async move {
            // Nobody waits any more once all is heard.
            let tell = |heard| drop(tell.send(heard));
            listener.run(&tell, stopped).await;
        });
        while let Some(heard) = told.recv().await {
            if heard == Heard::Listening {
                break;
            }
        }
        speaking.await?;
        let mut kept = 0;
        while kept < count {
            match told.recv().await {
                Some(Heard::Messages(more)) => kept += more,
                Some(_) => {}
                None => return Err(Failure::Machine("nobody listens any more".to_owned())),
            }
        }
        stop.send_replace(true);
        listening
            .await
            .map_err(|error| Failure::Machine(error.to_string()))
    }
}
