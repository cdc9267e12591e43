//! Tables of real servers.
