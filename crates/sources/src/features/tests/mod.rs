//! Services of features on loopback that answer as the usual servers do.

mod ogc;
mod server;
mod wfs;
