use serde_json::{json, Value};

pub fn handler(event: Value) -> Value {
    let name = event["name"].as_str().unwrap_or("you");
    json!({ "message": format!("Hello, {name}.") })
}
