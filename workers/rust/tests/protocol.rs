//! Golden vectors, the answer rules, and random bytes.

use serde_json::{json, Map, Value};
use std::io::{Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use treeway_worker::internal::{complete_event, encode, to_header, FrameReader};
use treeway_worker::{function, Answer, Body, IntoAnswer, Stream};

fn read_shared(name: &str) -> Value {
    let path = format!("{}/../protocol/{name}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap()
}

fn from_hex(value: &Value) -> Vec<u8> {
    let text = value.as_str().unwrap();
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

type Read_ = Vec<(Map<String, Value>, Vec<u8>)>;

fn push(reader: &mut FrameReader, data: &[u8]) -> Option<Read_> {
    let mut frames = Vec::new();
    reader.push(data, |frame| frames.push((frame.header, frame.body))).ok()?;
    Some(frames)
}

/// Random enough to cut and to disturb, and the same in each run.
struct Random(u64);

impl Random {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % below
    }

    fn bytes(&mut self, size: usize) -> Vec<u8> {
        (0..size).map(|_| self.next(256) as u8).collect()
    }
}

#[test]
fn every_frame_decodes_and_encodes() {
    for vector in list(&read_shared("vectors.json")["frames"]) {
        let (data, body) = (from_hex(&vector["frameHex"]), from_hex(&vector["bodyHex"]));
        let frames = push(&mut FrameReader::default(), &data).unwrap();
        assert_eq!(
            frames,
            [(vector["header"].as_object().unwrap().clone(), body.clone())],
            "{}",
            vector["name"]
        );
        let mut encoded = Vec::new();
        encode(&mut encoded, vector["headerText"].as_str().unwrap().as_bytes(), &body);
        assert_eq!(encoded, data, "{}", vector["name"]);
    }
}

#[test]
fn frames_in_pieces_are_the_same() {
    let vectors = read_shared("vectors.json");
    let data: Vec<u8> =
        list(&vectors["frames"]).iter().flat_map(|vector| from_hex(&vector["frameHex"])).collect();
    let whole = push(&mut FrameReader::default(), &data).unwrap();
    assert_eq!(whole.len(), list(&vectors["frames"]).len());
    let mut random = Random(7);
    for most in [1, 2, 7, 100, 3000] {
        let (mut reader, mut frames, mut rest) = (FrameReader::default(), Vec::new(), &data[..]);
        while !rest.is_empty() {
            let (some, others) = rest.split_at((1 + random.next(most)).min(rest.len()));
            frames.extend(push(&mut reader, some).unwrap());
            rest = others;
        }
        assert_eq!(frames, whole);
    }
}

#[test]
fn what_is_no_frame_is_refused() {
    for vector in list(&read_shared("vectors.json")["invalid"]) {
        assert!(push(&mut FrameReader::default(), &from_hex(&vector["hex"])).is_none(), "{}", vector["name"]);
    }
}

#[test]
fn text_stays_text_and_bytes_become_base64() {
    for vector in list(&read_shared("vectors.json")["requestBodies"]) {
        let mut event = Map::new();
        complete_event(&mut event, &Map::new(), &Map::new(), from_hex(&vector["hex"]));
        assert_eq!(event.get("body"), vector.get("body"), "{}", vector["name"]);
        let is_base64 = event.get("is_base64").unwrap_or(&Value::Bool(false));
        assert_eq!(is_base64, vector.get("is_base64").unwrap_or(&Value::Bool(false)), "{}", vector["name"]);
    }
}

#[test]
fn a_parameter_wins_over_a_field_of_the_same_name() {
    let mut event = json!({ "id": "req-1", "params": { "of": "the event" } }).as_object().unwrap().clone();
    let params = json!({ "id": "42" }).as_object().unwrap().clone();
    complete_event(&mut event, &params, &Map::new(), Vec::new());
    let wanted =
        json!({ "id": "42", "params": { "of": "the event" }, "path_params": { "id": "42" }, "env": {} });
    assert_eq!(Value::Object(event), wanted);
}

fn to_parts(answer: Answer) -> (Value, Vec<u8>) {
    let header = to_header("answer", 1, answer.status, &answer.headers);
    let body = match answer.body {
        Body::Nothing | Body::Stream(_) => Vec::new(),
        Body::Text(text) | Body::Number(text) => text.into_bytes(),
        Body::Bytes(bytes) | Body::Json(bytes) => bytes,
    };
    (serde_json::from_slice(&header).unwrap(), body)
}

#[test]
fn the_answer_rules_all_languages_share() {
    for case in list(&read_shared("answers.json")["cases"]) {
        let name = &case["name"];
        let result = case["value"].clone().into_answer();
        if let Some(code) = case.get("code") {
            assert_eq!(result.err().map(|failure| failure.code), code.as_str(), "{name}");
            continue;
        }
        let (header, body) = to_parts(result.unwrap_or_else(|failure| panic!("{name}: {}", failure.message)));
        assert_eq!((&header["s"], &header["h"]), (&case["status"], &case["headers"]), "{name}");
        if let Some(wanted) = case.get("bodyJson") {
            assert_eq!(&serde_json::from_slice::<Value>(&body).unwrap(), wanted, "{name}");
        } else if case.get("bodyHex").is_some() {
            assert_eq!(body, from_hex(&case["bodyHex"]), "{name}");
        } else {
            assert_eq!(String::from_utf8(body).unwrap(), case["body"].as_str().unwrap(), "{name}");
        }
    }
}

#[test]
fn what_only_rust_has() {
    let of = |answer: Result<Answer, treeway_worker::Failure>| {
        let (header, body) = to_parts(answer.unwrap());
        (
            header["s"].as_u64().unwrap(),
            header["h"]["content-type"].as_str().map(String::from),
            String::from_utf8(body).unwrap(),
        )
    };
    let text = Some("text/plain; charset=utf-8".to_string());
    let bytes = Some("application/octet-stream".to_string());
    assert_eq!(of("x".into_answer()), (200, text.clone(), "x".to_string()));
    assert_eq!(of(b"x".to_vec().into_answer()), (200, bytes.clone(), "x".to_string()));
    assert_eq!(of((404, "x").into_answer()), (404, text.clone(), "x".to_string()));
    assert_eq!(of((json!({ "status": 201 }), b"x".to_vec()).into_answer()), (201, bytes, "x".to_string()));
    assert_eq!(of(Some(7).into_answer()), (200, text.clone(), "7".to_string()));
    assert_eq!(of(None::<String>.into_answer()), (200, None, String::new()));
    assert_eq!(of(Ok::<_, String>("x").into_answer()), (200, text, "x".to_string()));
    let failure = Err::<String, _>("no luck").into_answer().err().unwrap();
    assert_eq!((failure.code, failure.message.as_str()), ("TREEWAY_HANDLER_FAILED", "error: no luck"));
    assert!((json!("no map"), "x").into_answer().is_err());
    assert!(matches!(Stream::from_iter(["a", "b"]).into_answer().unwrap().body, Body::Stream(_)));
}

#[test]
fn handlers_of_every_form() {
    fn event(event: Value) -> Value {
        event["id"].clone()
    }
    fn params(_event: Value, params: Value) -> Value {
        params["id"].clone()
    }
    fn by_reference(event: &Value) -> String {
        event["id"].to_string()
    }
    fn nothing() -> &'static str {
        "nothing"
    }
    async fn later(event: Value) -> Value {
        event["id"].clone()
    }
    let forms = [
        (function("x", "handler", event), "1"),
        (function("x", "handler", params), "2"),
        (function("x", "handler", by_reference), "1"),
        (function("x", "handler", nothing), "nothing"),
        (function("x", "handler", later), "1"),
    ];
    for (made, wanted) in forms {
        let answer = (made.invoke)(json!({ "id": 1 }), json!({ "id": 2 })).unwrap();
        assert_eq!(to_parts(answer).1, wanted.as_bytes());
    }
}

extern "C" {
    fn dup2(from: i32, to: i32) -> i32;
}

fn start() -> (UnixStream, Child) {
    // dup2 of a descriptor to itself would leave it to be closed by exec
    let pairs: [_; 2] = std::array::from_fn(|_| UnixStream::pair().unwrap());
    let (ours, theirs) = pairs.into_iter().find(|(_, theirs)| theirs.as_raw_fd() != 3).unwrap();
    let descriptor = theirs.as_raw_fd();
    let mut command = Command::new(env!("CARGO_BIN_EXE_empty-worker"));
    command.stdin(Stdio::null()).stderr(Stdio::null());
    // SAFETY: dup2 may be called between fork and exec
    unsafe {
        command.pre_exec(move || {
            if dup2(descriptor, 3) != 3 {
                return Err(std::io::Error::last_os_error());
            }
            Ok(())
        });
    }
    let child = command.spawn().unwrap();
    ours.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    (ours, child)
}

#[test]
fn it_says_ready_and_ends_with_its_channel() {
    let (mut ours, mut child) = start();
    let mut hello = Vec::new();
    encode(&mut hello, br#"{"k":"hello","v":1,"root":"/srv","state":"/srv"}"#, &[]);
    ours.write_all(&hello).unwrap();
    let mut chunk = [0; 4096];
    let size = ours.read(&mut chunk).unwrap();
    let frames = push(&mut FrameReader::default(), &chunk[..size]).unwrap();
    assert_eq!((&frames[0].0["k"], &frames[0].0["language"]), (&json!("ready"), &json!("rust")));
    drop(ours);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn it_ends_with_status_70_at_bytes_that_are_no_frame() {
    for data in [&b"GET / HTTP/1.1\r\n\r\n"[..], &[0xff; 8], b"\0\0\0\x03\0\0\0\0[1]"] {
        let (mut ours, mut child) = start();
        ours.write_all(data).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(70));
    }
}

#[test]
fn random_bytes_never_hang_it() {
    let mut random = Random(11);
    for _ in 0..3000 {
        let size = 1 + random.next(100);
        let _ = push(&mut FrameReader::default(), &random.bytes(size));
    }
    let (mut ours, mut child) = start();
    let _ = ours.write_all(&random.bytes(2000));
    drop(ours);
    assert!(matches!(child.wait().unwrap().code(), Some(0 | 70)));
}
