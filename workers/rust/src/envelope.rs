use crate::answer::Answer;
use crate::body::{Body, IntoBody};
use crate::failure::Failure;
use crate::headers::to_headers;
use serde_json::{Map, Value};

const KEYS: [&str; 7] =
    ["status", "statusCode", "headers", "body", "is_base64", "isBase64Encoded", "body_base64"];

/// `body` takes the place of the envelope's: with it the value is an envelope in any case.
pub fn from_value(value: Value, body: Option<Body>) -> Result<Answer, Failure> {
    match (value, body) {
        (Value::Object(value), body) if body.is_some() || is_envelope(&value) => from_envelope(value, body),
        (value, None) => {
            let mut answer = Answer { status: 200, headers: Vec::new(), body: value.into_body() };
            answer.add_content_type();
            Ok(answer)
        }
        _ => Err(Failure::invalid("the first of a pair must be a map with status and headers")),
    }
}

fn is_envelope(value: &Map<String, Value>) -> bool {
    if status_of(value).is_some_and(|status| status.is_i64() || status.is_u64()) {
        return true;
    }
    value.keys().all(|key| KEYS.contains(&key.as_str()))
        && (value.contains_key("body")
            || value.contains_key("body_base64")
            || value.get("headers").is_some_and(Value::is_object))
}

fn status_of(value: &Map<String, Value>) -> Option<&Value> {
    let found = |name: &str| value.get(name).filter(|status| !status.is_null());
    found("status").or_else(|| found("statusCode"))
}

fn from_envelope(mut value: Map<String, Value>, body: Option<Body>) -> Result<Answer, Failure> {
    let status = match status_of(&value) {
        None => 200,
        Some(status) => to_status(status)?,
    };
    let body = match body {
        Some(body) => body,
        None => to_body(&mut value)?,
    };
    let is_stream = matches!(body, Body::Stream(_));
    let headers = to_headers(value.remove("headers").unwrap_or(Value::Null), is_stream)?;
    let mut answer = Answer { status, headers, body };
    answer.add_content_type();
    Ok(answer)
}

fn to_status(status: &Value) -> Result<u16, Failure> {
    match status.as_u64() {
        Some(number @ 200..=599) => Ok(number as u16),
        _ => {
            Err(Failure::invalid(format!("status must be a whole number from 200 to 599, received {status}")))
        }
    }
}

fn to_body(value: &mut Map<String, Value>) -> Result<Body, Failure> {
    let body = value.remove("body").unwrap_or(Value::Null);
    let is_true = |name: &str| value.get(name) == Some(&Value::Bool(true));
    let is_encoded = is_true("is_base64") || is_true("isBase64Encoded");
    match value.remove("body_base64") {
        Some(Value::Null) | None if !is_encoded => Ok(body.into_body()),
        Some(Value::Null) | None if body.is_null() => Ok(Body::Bytes(Vec::new())),
        Some(Value::Null) | None => decode(&body),
        Some(encoded) => decode(&encoded),
    }
}

fn decode(value: &Value) -> Result<Body, Failure> {
    let decoded = value.as_str().and_then(decode_base64);
    decoded.map(Body::Bytes).ok_or_else(|| {
        let received: String = value.to_string().chars().take(100).collect();
        Failure::invalid(format!("the body is not base64: {received}"))
    })
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

pub fn encode_base64(data: &[u8]) -> String {
    let mut text = String::with_capacity(data.len().div_ceil(3) * 4);
    for part in data.chunks(3) {
        let bits =
            part.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - part.len()));
        for at in 0..4 {
            let digit = ALPHABET[(bits >> (18 - 6 * at)) as usize & 63];
            text.push(if at <= part.len() { digit as char } else { '=' });
        }
    }
    text
}

/// None where the text is no base64. Padding is asked for.
fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let bytes = text.as_bytes();
    if bytes.len() % 4 != 0 {
        return None;
    }
    let padding = bytes.iter().rev().take_while(|byte| **byte == b'=').count();
    if padding > 2 {
        return None;
    }
    let mut data = Vec::with_capacity(bytes.len() / 4 * 3);
    let mut bits = 0u32;
    for (at, byte) in bytes[..bytes.len() - padding].iter().enumerate() {
        bits = bits << 6 | to_six_bits(*byte)?;
        match at % 4 {
            0 => {}
            place => data.push((bits >> (6 - 2 * place)) as u8),
        }
    }
    Some(data)
}

fn to_six_bits(byte: u8) -> Option<u32> {
    let bits = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(u32::from(bits))
}
