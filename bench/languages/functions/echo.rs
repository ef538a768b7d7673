use serde_json::{json, Value};

pub fn handler(event: Value) -> Value {
    let order: Value = serde_json::from_str(event["body"].as_str().unwrap_or_default()).unwrap_or_default();
    json!({ "status": 200, "body": order })
}
