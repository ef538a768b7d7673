use serde_json::{json, Value};

pub fn handler(_event: Value) -> Value {
    json!({ "message": "It works.", "next": "/hello/you" })
}
