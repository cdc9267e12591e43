//! What is going on in the city: street works, air, addresses, complaints, traffic.
//!
//! This room is pure. Plain values come in and results go out; it knows no table, no person and no server. Whoever
//! calls it has asked a reader for the rows.
//!
//! | module | answers |
//! | --- | --- |
//! | [`plane`] | where something is, in metres |
//! | [`shape`] | distances and areas in a plane |
//! | [`works`] | which street works are in each other's way, come too early, or could be one |
//! | [`wzdx`] | work zones as other programs write and read them |
//! | [`air`] | the comprehensive air-quality index, and sensors that cannot be believed |
//! | [`address`] | which place somebody means, however they spell it |
//! | [`here`] | what is going on at a place, in sentences that are read aloud |
//! | [`traffic`] | how fast it is on which link, and how long the way takes against the usual |
//! | [`surge`] | where more complaints come in than usual |

pub mod address;
pub mod air;
pub mod here;
pub mod plane;
pub mod shape;
pub mod surge;
pub mod traffic;

pub mod works;
pub mod wzdx;
