//! The forms of a feed of work zones.

use super::form::Form::{
    Address, Flag, List, Mail, Moment, Number, Set, Table, Text, Version, Whole, Word,
};
use super::form::{Form, Shape, may, must};

/// Directions of traffic.
pub(crate) const DIRECTION: Form = Word(&[
    "northbound",
    "eastbound",
    "southbound",
    "westbound",
    "undefined",
    "unknown",
    "inner-loop",
    "outer-loop",
]);

/// Who publishes, and from whom it has what.
pub(crate) const FEED_INFO: Shape = Shape::of(&[
    must("publisher", Text),
    may("contact_name", Text),
    may("contact_email", Mail),
    may("update_frequency", Whole(1)),
    must("update_date", Moment),
    must("version", Version),
    may(
        "license",
        Word(&["https://creativecommons.org/publicdomain/zero/1.0/"]),
    ),
    must("data_sources", List(1, &Table(&DATA_SOURCE))),
]);

const DATA_SOURCE: Shape = Shape::of(&[
    must("data_source_id", Text),
    must("organization_name", Text),
    may("contact_name", Text),
    may("contact_email", Mail),
    may("update_frequency", Whole(1)),
    may("update_date", Moment),
    may("lrs_type", Text),
    may("lrs_url", Address),
    may("location_verify_method", Text),
]);

/// What every event says.
pub(crate) const CORE: Shape = Shape::of(&[
    must("event_type", Word(&["work-zone", "detour"])),
    must("data_source_id", Text),
    must("direction", DIRECTION),
    must("road_names", List(1, &Text)),
    may("related_road_events", List(0, &Table(&RELATED))),
    may("name", Text),
    may("description", Text),
    may("creation_date", Moment),
    may("update_date", Moment),
    may("relationship", Table(&RELATIONSHIP)),
]);

const RELATED: Shape = Shape::of(&[
    must(
        "type",
        Word(&[
            "first-in-sequence",
            "next-in-sequence",
            "first-occurrence",
            "next-occurrence",
            "related-work-zone",
            "related-detour",
            "planned-moving-operation",
            "active-moving-operation",
        ]),
    ),
    must("id", Text),
]);

const RELATIONSHIP: Shape = Shape::of(&[
    may("first", List(1, &Text)),
    may("next", List(1, &Text)),
    may("parents", List(1, &Text)),
    may("children", List(1, &Text)),
]);

const VERIFIED: Form = Word(&["estimated", "verified"]);
const STATUS: Form = Word(&["planned", "pending", "active", "completed", "cancelled"]);

/// What a work zone says besides.
pub(crate) const WORK_ZONE: Shape = Shape {
    keys: &[
        must("core_details", Table(&CORE)),
        must("start_date", Moment),
        must("end_date", Moment),
        must("vehicle_impact", VEHICLE_IMPACT),
        must("location_method", LOCATION_METHOD),
        may("beginning_cross_street", Text),
        may("ending_cross_street", Text),
        may("beginning_milepost", Number(0.0)),
        may("ending_milepost", Number(0.0)),
        may("is_start_position_verified", Flag),
        may("is_end_position_verified", Flag),
        may("is_start_date_verified", Flag),
        may("is_end_date_verified", Flag),
        may(
            "work_zone_type",
            Word(&["static", "moving", "planned-moving-area"]),
        ),
        may("worker_presence", Table(&WORKERS)),
        may("reduced_speed_limit_kph", Number(0.0)),
        may("restrictions", List(0, &Table(&RESTRICTION))),
        may("types_of_work", List(0, &Table(&TYPE_OF_WORK))),
        may("lanes", List(0, &Table(&LANE))),
        may("impacted_cds_curb_zones", List(0, &Table(&CURB_ZONES))),
        may("event_status", STATUS),
        may("start_date_accuracy", VERIFIED),
        may("end_date_accuracy", VERIFIED),
        may("beginning_accuracy", VERIFIED),
        may("ending_accuracy", VERIFIED),
    ],
    either: &[
        ["is_start_date_verified", "start_date_accuracy"],
        ["is_start_position_verified", "beginning_accuracy"],
        ["is_end_date_verified", "end_date_accuracy"],
        ["is_end_position_verified", "ending_accuracy"],
    ],
    with: &[],
};

/// What a detour says besides.
pub(crate) const DETOUR: Shape = Shape {
    keys: &[
        must("core_details", Table(&CORE)),
        must("start_date", Moment),
        must("end_date", Moment),
        may("beginning_cross_street", Text),
        may("ending_cross_street", Text),
        may("beginning_milepost", Number(0.0)),
        may("ending_milepost", Number(0.0)),
        may("is_start_date_verified", Flag),
        may("is_end_date_verified", Flag),
        may("event_status", STATUS),
        may("start_date_accuracy", VERIFIED),
        may("end_date_accuracy", VERIFIED),
    ],
    either: &[
        ["is_start_date_verified", "start_date_accuracy"],
        ["is_end_date_verified", "end_date_accuracy"],
    ],
    with: &[],
};

/// What a work zone does to traffic.
const VEHICLE_IMPACT: Form = Word(&[
    "all-lanes-closed",
    "some-lanes-closed",
    "all-lanes-open",
    "alternating-one-way",
    "some-lanes-closed-merge-left",
    "some-lanes-closed-merge-right",
    "all-lanes-open-shift-left",
    "all-lanes-open-shift-right",
    "some-lanes-closed-split",
    "flagging",
    "temporary-traffic-signal",
    "unknown",
]);

const LOCATION_METHOD: Form = Word(&[
    "channel-device-method",
    "sign-method",
    "junction-method",
    "other",
    "unknown",
]);

const WORKERS: Shape = Shape::of(&[
    must("are_workers_present", Flag),
    may(
        "method",
        Word(&[
            "camera-monitoring",
            "arrow-board-present",
            "cones-present",
            "maintenance-vehicle-present",
            "wearables-present",
            "mobile-device-present",
            "check-in-app",
            "check-in-verbal",
            "scheduled",
        ]),
    ),
    may("worker_presence_last_confirmed_date", Moment),
    may("confidence", Word(&["low", "medium", "high"])),
    may("definition", Set(&WORKERS_MEAN)),
]);

const WORKERS_MEAN: Form = Word(&[
    "workers-in-work-zone-working",
    "workers-in-work-zone-not-working",
    "mobile-equipment-in-work-zone-moving",
    "mobile-equipment-in-work-zone-not-moving",
    "fixed-equipment-in-work-zone",
    "humans-behind-barrier",
    "humans-in-right-of-way",
]);

const RESTRICTION: Shape = Shape {
    keys: &[
        must(
            "type",
            Word(&[
                "no-trucks",
                "travel-peak-hours-only",
                "hov-3",
                "hov-2",
                "no-parking",
                "reduced-width",
                "reduced-height",
                "reduced-length",
                "reduced-weight",
                "axle-load-limit",
                "gross-weight-limit",
                "towing-prohibited",
                "permitted-oversize-loads-prohibited",
                "local-access-only",
                "no-passing",
            ]),
        ),
        may("value", Number(f64::MIN)),
        may(
            "unit",
            Word(&[
                "feet",
                "inches",
                "centimeters",
                "pounds",
                "tons",
                "kilograms",
            ]),
        ),
    ],
    either: &[],
    with: &[("value", "unit")],
};

const TYPE_OF_WORK: Shape = Shape::of(&[
    must(
        "type_name",
        Word(&[
            "maintenance",
            "minor-road-defect-repair",
            "roadside-work",
            "overhead-work",
            "below-road-work",
            "barrier-work",
            "surface-work",
            "painting",
            "roadway-relocation",
            "roadway-creation",
        ]),
    ),
    may("is_architectural_change", Flag),
]);

const LANE: Shape = Shape::of(&[
    must("order", Whole(1)),
    must(
        "status",
        Word(&[
            "open",
            "closed",
            "shift-left",
            "shift-right",
            "merge-left",
            "merge-right",
            "alternating-flow",
        ]),
    ),
    must(
        "type",
        Word(&[
            "general",
            "exit-lane",
            "exit-ramp",
            "entrance-lane",
            "entrance-ramp",
            "sidewalk",
            "bike-lane",
            "shoulder",
            "parking",
            "median",
            "two-way-center-turn-lane",
            "center-left-turn-lane",
        ]),
    ),
    may("lane_number", Whole(1)),
    may("restrictions", List(0, &Table(&RESTRICTION))),
]);

const CURB_ZONES: Shape = Shape::of(&[
    must("cds_curb_zone_ids", List(0, &Text)),
    must("cds_curbs_api_url", Address),
]);
