use crate::body::{Body, IntoBody};
use crate::envelope::from_value;
use crate::failure::Failure;
use crate::headers::{Header, HeaderValue};
use crate::stream::Stream;
use serde_json::Value;
use std::fmt::Display;
use std::io::Read;
use std::sync::mpsc::Receiver;

/// What goes out: docs/worker-protocol.md, "Answer rules".
pub struct Answer {
    pub status: u16,
    pub headers: Vec<Header>,
    pub body: Body,
}

/// What a handler may return.
pub trait IntoAnswer {
    fn into_answer(self) -> Result<Answer, Failure>;
}

impl IntoAnswer for Answer {
    fn into_answer(self) -> Result<Answer, Failure> {
        Ok(self)
    }
}

impl IntoAnswer for Value {
    fn into_answer(self) -> Result<Answer, Failure> {
        from_value(self, None)
    }
}

/// An envelope and a body that JSON can not say: `(json!({"status": 200}), bytes)`.
impl<B: IntoBody> IntoAnswer for (Value, B) {
    fn into_answer(self) -> Result<Answer, Failure> {
        from_value(self.0, Some(self.1.into_body()))
    }
}

/// A status and a body.
impl<B: IntoBody> IntoAnswer for (u16, B) {
    fn into_answer(self) -> Result<Answer, Failure> {
        from_value(serde_json::json!({ "status": self.0 }), Some(self.1.into_body()))
    }
}

impl<T: IntoAnswer, E: Display> IntoAnswer for Result<T, E> {
    fn into_answer(self) -> Result<Answer, Failure> {
        match self {
            Ok(value) => value.into_answer(),
            Err(error) => Err(Failure::handler(format!("error: {error}"))),
        }
    }
}

impl<T: IntoAnswer> IntoAnswer for Option<T> {
    fn into_answer(self) -> Result<Answer, Failure> {
        match self {
            Some(value) => value.into_answer(),
            None => ().into_answer(),
        }
    }
}

macro_rules! plain {
    ($($kind:ty),* $(,)?) => {
        $(impl IntoAnswer for $kind {
            fn into_answer(self) -> Result<Answer, Failure> {
                let mut answer = Answer { status: 200, headers: Vec::new(), body: self.into_body() };
                answer.add_content_type();
                Ok(answer)
            }
        })*
    };
}

plain!(
    (), String, &'static str, Vec<u8>, bool, i32, i64, u32, u64, usize, f64, Vec<Value>, Stream,
    serde_json::Map<String, Value>, Receiver<String>, Receiver<Vec<u8>>, Box<dyn Read + Send>,
    Box<dyn Iterator<Item = String> + Send>, Box<dyn Iterator<Item = Vec<u8>> + Send>,
);

impl Answer {
    /// The type the body has where the handler gave none.
    pub(crate) fn add_content_type(&mut self) {
        let Some(content_type) = self.body.content_type() else { return };
        if !self.headers.iter().any(|header| header.name == "content-type") {
            let value = HeaderValue::One(content_type.to_string());
            self.headers.push(Header { name: "content-type".to_string(), value });
        }
    }
}

/// The header of an `answer` or a `head`.
pub fn to_header(kind: &str, id: u64, status: u16, headers: &[Header]) -> Vec<u8> {
    let mut text = format!("{{\"k\":\"{kind}\",\"i\":{id},\"s\":{status},\"h\":{{");
    for (at, header) in headers.iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        push_text(&mut text, &header.name);
        text.push(':');
        match &header.value {
            HeaderValue::One(value) => push_text(&mut text, value),
            HeaderValue::Many(values) => {
                let values = values.iter().map(|value| Value::from(value.as_str())).collect();
                text += &Value::Array(values).to_string();
            }
        }
    }
    text += "}}";
    text.into_bytes()
}

fn push_text(to: &mut String, text: &str) {
    if text.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
        to.push('"');
        to.push_str(text);
        to.push('"');
    } else {
        *to += &Value::from(text).to_string();
    }
}
