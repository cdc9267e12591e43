//! What every handler works with.

use std::sync::Arc;

use access::Door;
use city::City;
use records::Records;

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
        }
    }
}
