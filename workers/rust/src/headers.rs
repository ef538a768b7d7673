use crate::failure::Failure;
use serde_json::Value;

pub struct Header {
    /// In lower case.
    pub name: String,
    pub value: HeaderValue,
}

pub enum HeaderValue {
    One(String),
    /// Repeats the header.
    Many(Vec<String>),
}

const DROPPED: [&str; 4] = ["connection", "transfer-encoding", "keep-alive", "content-length"];

pub fn to_headers(value: Value, is_stream: bool) -> Result<Vec<Header>, Failure> {
    let pairs = match value {
        Value::Null => return Ok(Vec::new()),
        Value::Object(pairs) => pairs,
        other => return Err(Failure::invalid(format!("headers must be a map, received {other}"))),
    };
    let mut headers = Vec::with_capacity(pairs.len() + 1);
    for (name, value) in pairs {
        if name.is_empty() || is_unsafe(&name) {
            return Err(Failure::invalid(format!("{name:?} is not the name of a header")));
        }
        let name = name.to_ascii_lowercase();
        let is_dropped = DROPPED.contains(&name.as_str()) && !(is_stream && name == "content-length");
        let made = match value {
            Value::Null => continue,
            Value::Array(values) => HeaderValue::Many(
                values.into_iter().map(|one| to_text(&name, one)).collect::<Result<_, _>>()?,
            ),
            one => HeaderValue::One(to_text(&name, one)?),
        };
        if !is_dropped {
            add(&mut headers, name, made);
        }
    }
    Ok(headers)
}

/// Names that differ by case only become one.
fn add(headers: &mut Vec<Header>, name: String, value: HeaderValue) {
    let Some(known) = headers.iter_mut().find(|header| header.name == name) else {
        headers.push(Header { name, value });
        return;
    };
    let before = std::mem::replace(&mut known.value, HeaderValue::Many(Vec::new()));
    known.value = HeaderValue::Many(before.into_list().into_iter().chain(value.into_list()).collect());
}

impl HeaderValue {
    fn into_list(self) -> Vec<String> {
        match self {
            HeaderValue::One(value) => vec![value],
            HeaderValue::Many(values) => values,
        }
    }
}

fn to_text(name: &str, value: Value) -> Result<String, Failure> {
    match value {
        Value::String(text) if is_unsafe(&text) => {
            Err(Failure::invalid(format!("the header {name} holds a line break or NUL: {text:?}")))
        }
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(is_true) => Ok(is_true.to_string()),
        other => Err(Failure::invalid(format!(
            "the header {name} must be text or a list of texts, received {other}"
        ))),
    }
}

fn is_unsafe(text: &str) -> bool {
    text.contains(['\r', '\n', '\0'])
}
