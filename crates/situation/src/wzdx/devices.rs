//! The forms of a feed of devices.

use super::form::Form::{Address, Flag, List, Moment, Number, Table, Text, Whole, Word};
use super::form::{Form, Shape, may, must};
use super::zones::DIRECTION;

/// What every device says.
pub(crate) const CORE: Shape = Shape::of(&[
    must("device_type", Word(KINDS)),
    must("data_source_id", Text),
    must(
        "device_status",
        Word(&["ok", "warning", "error", "unknown"]),
    ),
    must("update_date", Moment),
    must("has_automatic_location", Flag),
    may("road_direction", DIRECTION),
    may("road_names", List(1, &Text)),
    may("name", Text),
    may("status_messages", List(0, &Text)),
    may("is_moving", Flag),
    may("road_event_ids", List(0, &Text)),
    may("milepost", Number(f64::MIN)),
    may("make", Text),
    may("model", Text),
    may("serial_number", Text),
    may("firmware_version", Text),
    may("velocity_kph", Number(f64::MIN)),
]);

const KINDS: &[&str] = &[
    "arrow-board",
    "camera",
    "dynamic-message-sign",
    "flashing-beacon",
    "hybrid-sign",
    "location-marker",
    "traffic-sensor",
    "traffic-signal",
];

/// What a kind of device says besides; nothing where there is no such kind.
pub(crate) fn of_kind(kind: &str) -> Option<&'static Shape> {
    match kind {
        "arrow-board" => Some(&ARROW_BOARD),
        "camera" => Some(&CAMERA),
        "dynamic-message-sign" => Some(&MESSAGE_SIGN),
        "flashing-beacon" => Some(&BEACON),
        "hybrid-sign" => Some(&HYBRID_SIGN),
        "location-marker" => Some(&MARKER),
        "traffic-sensor" => Some(&SENSOR),
        "traffic-signal" => Some(&SIGNAL),
        _ => None,
    }
}

const PATTERN: Form = Word(&[
    "bidirectional-arrow-flashing",
    "bidirectional-arrow-static",
    "blank",
    "diamonds-alternating",
    "four-corners-flashing",
    "left-arrow-flashing",
    "left-arrow-sequential",
    "left-arrow-static",
    "left-chevron-flashing",
    "left-chevron-sequential",
    "left-chevron-static",
    "line-flashing",
    "right-arrow-flashing",
    "right-arrow-sequential",
    "right-arrow-static",
    "right-chevron-flashing",
    "right-chevron-sequential",
    "right-chevron-static",
    "unknown",
]);

const ARROW_BOARD: Shape = Shape::of(&[
    must("pattern", PATTERN),
    may("is_moving", Flag),
    may("is_in_transport_position", Flag),
]);

const CAMERA: Shape = Shape {
    keys: &[may("image_url", Address), may("image_timestamp", Moment)],
    either: &[],
    with: &[("image_url", "image_timestamp")],
};

const MESSAGE_SIGN: Shape = Shape::of(&[must("message_multi_string", Text)]);

const BEACON: Shape = Shape::of(&[
    must(
        "function",
        Word(&[
            "vehicle-entering",
            "queue-warning",
            "reduced-speed",
            "workers-present",
        ]),
    ),
    may("is_flashing", Flag),
    may("sign_text", Text),
]);

const HYBRID_SIGN: Shape = Shape::of(&[
    must(
        "dynamic_message_function",
        Word(&["speed-limit", "travel-time", "other"]),
    ),
    may("dynamic_message_text", Text),
    may("static_sign_text", Text),
]);

const MARKER: Shape = Shape::of(&[must("marked_locations", List(1, &Table(&MARKED)))]);

const MARKED: Shape = Shape::of(&[
    must(
        "type",
        Word(&[
            "afad",
            "delineator",
            "flagger",
            "lane-shift",
            "lane-closure",
            "personal-device",
            "temporary-traffic-signal",
            "ramp-closure",
            "road-closure",
            "road-event-start",
            "road-event-end",
            "work-truck-with-lights-flashing",
            "work-zone-start",
            "work-zone-end",
        ]),
    ),
    may("road_event_id", Text),
]);

const SENSOR: Shape = Shape::of(&[
    must("collection_interval_start_date", Moment),
    must("collection_interval_end_date", Moment),
    may("average_speed_kph", Number(0.0)),
    may("volume_vph", Number(0.0)),
    may("occupancy_percent", Number(0.0)),
    may("lane_data", List(0, &Table(&LANE_DATA))),
]);

const LANE_DATA: Shape = Shape::of(&[
    must("lane_order", Whole(1)),
    may("road_event_id", Text),
    may("average_speed_kph", Number(0.0)),
    may("volume_vph", Number(0.0)),
    may("occupancy_percent", Number(0.0)),
]);

const SIGNAL: Shape = Shape::of(&[must(
    "mode",
    Word(&[
        "blank",
        "flashing-red",
        "flashing-yellow",
        "fully-actuated",
        "manual",
        "pre-timed",
        "semi-actuated",
        "unknown",
    ]),
)]);
