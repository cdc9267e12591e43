//! What every handler works with.

use std::sync::Arc;

use access::Door;
use city::City;
use records::Records;

use crate::desk::Desk;
use crate::limits::Limits;
use crate::overviews::Overviews;
use crate::repair::Workshop;
use crate::search::Index;

/// What every handler works with; cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// The city.
    pub city: Arc<City>,
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
}

impl AppState {
    /// Indexes the city's catalogue.
    pub fn new(city: Arc<City>, door: Arc<Door>, records: Arc<Records>) -> Self {
        let search = Arc::new(Index::new(&city));
        Self {
            city,
            door,
            records,
            search,
            sends_mail: false,
            workshop: None,
            desk: None,
            limits: Arc::default(),
            overviews: Arc::default(),
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
