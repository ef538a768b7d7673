use crate::stream::Stream;
use serde_json::{Map, Value};
use std::io::Read;
use std::sync::mpsc::Receiver;

const TEXT: &str = "text/plain; charset=utf-8";
const PAGE: &str = "text/html; charset=utf-8";
const JSON: &str = "application/json; charset=utf-8";
const BYTES: &str = "application/octet-stream";

/// A body, by what decides its content type.
pub enum Body {
    Nothing,
    Text(String),
    Number(String),
    Bytes(Vec<u8>),
    Json(Vec<u8>),
    Stream(Stream),
}

impl Body {
    /// None where nothing says one: a stream's is that of its first piece.
    pub fn content_type(&self) -> Option<&'static str> {
        match self {
            Body::Nothing | Body::Stream(_) => None,
            Body::Text(text) if is_page(text) => Some(PAGE),
            Body::Text(_) | Body::Number(_) => Some(TEXT),
            Body::Bytes(_) => Some(BYTES),
            Body::Json(_) => Some(JSON),
        }
    }
}

pub fn to_stream_type(is_text: bool) -> &'static str {
    if is_text {
        TEXT
    } else {
        BYTES
    }
}

fn is_page(text: &str) -> bool {
    let start = text.trim_start().as_bytes();
    let begins =
        |with: &str| start.len() >= with.len() && start[..with.len()].eq_ignore_ascii_case(with.as_bytes());
    begins("<!doctype html") || begins("<html")
}

pub trait IntoBody {
    fn into_body(self) -> Body;
}

impl IntoBody for Body {
    fn into_body(self) -> Body {
        self
    }
}

impl IntoBody for () {
    fn into_body(self) -> Body {
        Body::Nothing
    }
}

impl IntoBody for String {
    fn into_body(self) -> Body {
        Body::Text(self)
    }
}

impl IntoBody for &str {
    fn into_body(self) -> Body {
        Body::Text(self.to_string())
    }
}

impl IntoBody for Vec<u8> {
    fn into_body(self) -> Body {
        Body::Bytes(self)
    }
}

impl IntoBody for Value {
    fn into_body(self) -> Body {
        match self {
            Value::Null => Body::Nothing,
            Value::String(text) => Body::Text(text),
            Value::Number(number) => Body::Number(number.to_string()),
            other => Body::Json(other.to_string().into_bytes()),
        }
    }
}

macro_rules! by_value {
    ($($kind:ty),*) => {
        $(impl IntoBody for $kind {
            fn into_body(self) -> Body {
                Value::from(self).into_body()
            }
        })*
    };
}

by_value!(bool, i32, i64, u32, u64, usize, f64, Vec<Value>, Map<String, Value>);

macro_rules! by_stream {
    ($($kind:ty => $make:expr),* $(,)?) => {
        $(impl IntoBody for $kind {
            fn into_body(self) -> Body {
                Body::Stream($make(self))
            }
        })*
    };
}

by_stream!(
    Stream => |stream| stream,
    Receiver<String> => Stream::from_receiver,
    Receiver<Vec<u8>> => Stream::from_receiver,
    Box<dyn Read + Send> => Stream::from_reader,
    Box<dyn Iterator<Item = String> + Send> => Stream::from_iter,
    Box<dyn Iterator<Item = Vec<u8>> + Send> => Stream::from_iter,
);
