//! What stands in for a part of a manifest that is missing or wrong, so that the rest can be judged.
//!
//! A mistake that is told already must not be told again as its own consequence: a name that stands
//! in is [`UNKNOWN`], which no manifest holds, and faults that speak of it are left out.

use serde_json::{Map, Value};

use super::walk::{constants, expects};

/// The name of what a manifest should have named.
pub(crate) const UNKNOWN: &str = "\u{fffc}";

/// Follows `$ref` and takes the non-null branch of an optional value.
pub(super) fn resolve<'s>(root: &'s Value, schema: &'s Value) -> &'s Value {
    if let Some(name) = schema["$ref"]
        .as_str()
        .and_then(|path| path.strip_prefix("#/$defs/"))
    {
        // A tagged variant has a `$ref` beside its own properties: the caller handles it.
        if schema.get("properties").is_none() {
            return resolve(root, &root["$defs"][name]);
        }
    }
    if let Some(branches) = schema["anyOf"].as_array() {
        let mut some = branches.iter().filter(|branch| branch["type"] != "null");
        if let (Some(only), None) = (some.next(), some.next()) {
            return resolve(root, only);
        }
    }
    schema
}

/// A value that follows `schema` and says as little as can be.
pub(super) fn stand_in(root: &Value, schema: &Value) -> Value {
    let schema = resolve(root, schema);
    if let Some(word) = constants(schema).first() {
        return Value::from(*word);
    }
    let branches = schema["oneOf"].as_array().or(schema["anyOf"].as_array());
    if let Some(first) = branches.and_then(|branches| branches.first()) {
        return stand_in(root, first);
    }
    if expects(schema, "string") {
        return Value::from(UNKNOWN);
    }
    if expects(schema, "integer") || expects(schema, "number") {
        return Value::from(schema["minimum"].as_i64().unwrap_or_default());
    }
    if expects(schema, "boolean") {
        return Value::Bool(false);
    }
    if expects(schema, "array") {
        return list(root, schema);
    }
    let required = schema["required"].as_array().into_iter().flatten();
    let of_key = |key: &str| (key.to_owned(), stand_in(root, &schema["properties"][key]));
    Value::Object(
        required
            .filter_map(Value::as_str)
            .map(of_key)
            .collect::<Map<_, _>>(),
    )
}

/// One item, so that nobody misses the first; of a fixed length, numbers that rise, as bounds do.
fn list(root: &Value, schema: &Value) -> Value {
    match schema["minItems"].as_u64() {
        Some(length) => (0..length).map(Value::from).collect(),
        None => Value::Array(vec![stand_in(root, &schema["items"])]),
    }
}
