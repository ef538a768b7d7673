use serde_json::{json, Value};

pub fn handler(_event: Value) -> Value {
    json!({ "status": 200, "body": { "hello": "world" } })
}
