//! What every handler works with.

use std::path::Path;
use std::sync::Arc;

use access::{AskError, Door};
use city::{City, Fault, Measure};
use people::Accounts;
use people::oidc::{self, OpenId};
use people::passkey::Passkeys;
use people::seal::Seal;
use records::Records;
use url::Url;

use crate::desk::Desk;
use crate::kept::Kept;
use crate::limits::Limits;
use crate::overviews::Overviews;
use crate::renewal::Renewal;
use crate::repair::Workshop;
use crate::search::Index;
use crate::tiles::Maps;
use crate::web::Web;

/// Name of the secret that seals what browsers carry.
const SEAL: &str = "sign-in-seal";

/// What the engine has against a measure of a city that is sound otherwise; the manifest's file and text are for its place.
pub type Judge = fn(&City, &Measure, &Path, &str) -> Result<Option<Fault>, AskError>;

/// What every handler works with; cheap to clone. A clone has the measures that are in force when it is made, so that
/// one that is saved shows with the next request.
pub struct AppState {
    /// The city.
    pub city: Arc<City>,
    /// How often its measures were renewed.
    pub turn: u64,
    /// Plans the questions of a measure that is drafted; absent where none is.
    pub judge: Option<Judge>,
    /// The turn of whoever saves a manifest.
    pub saving: Arc<tokio::sync::Mutex<()>>,
    /// The only way to data.
    pub door: Arc<Door>,
    /// The access log, jobs and tokens.
    pub records: Arc<Records>,
    /// The index over the catalogue.
    pub search: Arc<Index>,
    /// Whether departments get reminders by mail.
    pub sends_mail: bool,
    /// Tries rows against contracts, and reads arrived bytes again; absent where only reading is tried.
    pub workshop: Option<Arc<dyn Workshop>>,
    /// Makes and checks what leaves; absent where nothing does.
    pub desk: Option<Arc<dyn Desk>>,
    /// How often anybody may write something.
    pub limits: Arc<Limits>,
    /// Answers over all datasets.
    pub overviews: Arc<Overviews>,
    /// Boards as they were drawn.
    pub boards: Arc<Kept>,
    /// What was judged of the city's situation.
    pub situation: Arc<crate::situation::Kept>,
    /// Who somebody is.
    pub accounts: Accounts,
    /// Maps and tiles that were made.
    pub maps: Arc<Maps>,
    /// People and policies as they lie on the disk.
    pub renewal: Arc<Renewal>,
    /// How the city stands in the web.
    pub web: Arc<Web>,
    /// The city's own address, where it has one name: identity provider and passkeys belong to it.
    pub home: Option<Arc<Url>>,
    /// The city's identity provider, where it has one.
    pub openid: Option<Arc<OpenId>>,
    /// Passkeys, where the city's address can have some.
    pub passkeys: Option<Arc<Passkeys>>,
}

impl Clone for AppState {
    fn clone(&self) -> Self {
        let (turn, city) = self.door.city_now();
        Self {
            city,
            turn,
            judge: self.judge,
            saving: Arc::clone(&self.saving),
            door: Arc::clone(&self.door),
            records: Arc::clone(&self.records),
            search: Arc::clone(&self.search),
            sends_mail: self.sends_mail,
            workshop: self.workshop.clone(),
            desk: self.desk.clone(),
            limits: Arc::clone(&self.limits),
            overviews: Arc::clone(&self.overviews),
            boards: Arc::clone(&self.boards),
            situation: Arc::clone(&self.situation),
            accounts: self.accounts.clone(),
            maps: Arc::clone(&self.maps),
            renewal: Arc::clone(&self.renewal),
            web: Arc::clone(&self.web),
            home: self.home.clone(),
            openid: self.openid.clone(),
            passkeys: self.passkeys.clone(),
        }
    }
}

impl AppState {
    /// Indexes the city's catalogue.
    pub fn new(city: Arc<City>, door: Arc<Door>, records: Arc<Records>) -> Self {
        let search = Arc::new(Index::new(&city));
        Self {
            accounts: Accounts::of(&city, Arc::clone(&records)),
            renewal: Arc::new(Renewal::of(&city)),
            web: Arc::default(),
            turn: 0,
            judge: None,
            saving: Arc::default(),
            home: None,
            openid: None,
            passkeys: None,
            city,
            door,
            records,
            search,
            sends_mail: false,
            workshop: None,
            desk: None,
            limits: Arc::default(),
            overviews: Arc::default(),
            boards: Arc::default(),
            situation: Arc::default(),
            maps: Arc::default(),
        }
    }

    /// The same, able to try rows.
    #[must_use]
    pub fn with_workshop(self, workshop: Arc<dyn Workshop>) -> Self {
        Self {
            workshop: Some(workshop),
            ..self
        }
    }

    /// The same, of a city at this address: with passkeys where it can have some, and with its identity provider.
    ///
    /// # Errors
    /// When the provider's settings cannot be used, or the records fail; the text says why.
    pub async fn at_home(self, home: Url, openid: Option<oidc::Settings>) -> Result<Self, String> {
        let secret = self.records.settings().secret(SEAL).await;
        let secret = secret.map_err(|error| error.to_string())?;
        let seal = Seal::new(secret.reveal()).map_err(|error| error.to_string())?;
        let (seal, clock) = (Arc::new(seal), Arc::clone(self.records.clock()));
        let passkeys = Passkeys::new(&home, Arc::clone(&seal), Arc::clone(&clock));
        let openid = openid
            .map(|settings| OpenId::new(settings, seal, clock))
            .transpose()?;
        Ok(Self {
            home: Some(Arc::new(home)),
            openid: openid.map(Arc::new),
            passkeys: passkeys.map(Arc::new),
            ..self
        })
    }

    /// The same, of a city that stands in the web in this way.
    #[must_use]
    pub fn in_web(self, web: Web) -> Self {
        Self {
            web: Arc::new(web),
            ..self
        }
    }

    /// The same, able to judge measures that are drafted.
    #[must_use]
    pub fn with_judge(self, judge: Judge) -> Self {
        Self {
            judge: Some(judge),
            ..self
        }
    }

    /// The same, able to let things leave.
    #[must_use]
    pub fn with_desk(self, desk: Arc<dyn Desk>) -> Self {
        Self {
            desk: Some(desk),
            ..self
        }
    }

    /// The same, of a city whose departments get reminders by mail, or do not.
    #[must_use]
    pub fn sending_mail(self, sends_mail: bool) -> Self {
        Self { sends_mail, ..self }
    }
}
