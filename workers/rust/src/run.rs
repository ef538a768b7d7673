use crate::answer::{to_header, Answer};
use crate::body::{to_stream_type, Body};
use crate::call::Call;
use crate::channel::Channel;
use crate::failure::{catch_panic, Failure};
use crate::frames::{MAX_BODY_BYTES, MAX_HEADER_BYTES};
use crate::headers::{Header, HeaderValue};
use crate::stream::{Emitter, Stream};
use serde_json::Value;
use std::io::{self, Write};
use std::sync::atomic::Ordering;

const PIECE_BYTES: usize = 64 * 1024;

/// Calls the handler and adds one last frame, whatever happens.
pub fn run_call(call: Call, channel: &Channel) {
    let Call { id, function, event, params, flow } = call;
    let answered = catch_panic(|| match &function.found {
        Ok(handler) => (handler.invoke)(event, Value::Object(params)),
        Err(failure) => Err(failure.clone()),
    });
    // a line without its end would stay in the buffer
    let _ = io::stdout().flush();
    let answer = match answered.and_then(|answer| answer) {
        Ok(answer) => answer,
        Err(failure) => return add_failure(channel, id, &failure),
    };
    let Answer { status, headers, body } = answer;
    let body = match body {
        Body::Stream(stream) => {
            let head = Head { id, status, headers };
            let sent = catch_panic(|| send_stream(head, stream, channel, &flow));
            if let Err(failure) = sent.and_then(|sent| sent) {
                add_failure(channel, id, &failure);
            }
            return channel.flush();
        }
        Body::Nothing => Vec::new(),
        Body::Text(text) | Body::Number(text) => text.into_bytes(),
        Body::Bytes(bytes) | Body::Json(bytes) => bytes,
    };
    let header = to_header("answer", id, status, &headers);
    if header.len() > MAX_HEADER_BYTES || body.len() > MAX_BODY_BYTES {
        return add_failure(channel, id, &Failure::invalid("the answer is too long to be sent"));
    }
    channel.add(&header, &body);
}

fn add_failure(channel: &Channel, id: u64, failure: &Failure) {
    channel.add(&failure.to_header(id), failure.traceback.as_bytes());
}

struct Head {
    id: u64,
    status: u16,
    headers: Vec<Header>,
}

impl Head {
    fn add(&mut self, channel: &Channel, content_type: Option<&str>) {
        let has_type = self.headers.iter().any(|header| header.name == "content-type");
        if let (Some(content_type), false) = (content_type, has_type) {
            let value = HeaderValue::One(content_type.to_string());
            self.headers.push(Header { name: "content-type".to_string(), value });
        }
        channel.add(&to_header("head", self.id, self.status, &self.headers), &[]);
    }
}

fn send_stream(
    mut head: Head,
    stream: Stream,
    channel: &Channel,
    flow: &crate::call::Flow,
) -> Result<(), Failure> {
    let id = head.id;
    let mut has_begun = false;
    let header = to_plain_header("data", id);
    let mut emit = |piece: &[u8], is_text: bool| -> io::Result<()> {
        if !has_begun {
            has_begun = true;
            head.add(channel, Some(to_stream_type(is_text)));
        }
        for part in piece.chunks(PIECE_BYTES) {
            channel.send(&header, part);
            flow.take_room(part.len())?;
        }
        Ok(())
    };
    let result = stream.run(&mut Emitter { is_cancelled: &flow.is_cancelled, emit: &mut emit });
    if let Err(error) = result {
        if !flow.is_cancelled.load(Ordering::Relaxed) {
            return Err(Failure::handler(format!("error: {error}")));
        }
    }
    if !has_begun {
        head.add(channel, None);
    }
    channel.add(&to_plain_header("end", id), &[]);
    Ok(())
}

/// The header of a `data`, an `end` or a `done`.
pub fn to_plain_header(kind: &str, id: u64) -> Vec<u8> {
    format!("{{\"k\":\"{kind}\",\"i\":{id}}}").into_bytes()
}
