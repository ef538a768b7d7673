use crate::envelope::encode_base64;
use crate::worker::Loaded;
use serde_json::{Map, Value};
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};

const WINDOW_BYTES: usize = 256 * 1024;

/// One request on its way through the worker.
pub struct Call {
    pub id: u64,
    pub function: Arc<Loaded>,
    pub event: Value,
    pub params: Map<String, Value>,
    pub flow: Arc<Flow>,
}

/// What the reading thread tells a call that runs.
#[derive(Default)]
pub struct Flow {
    pub is_cancelled: AtomicBool,
    /// Bytes of a streamed answer beyond the acks.
    ahead: Mutex<usize>,
    changed: Condvar,
}

impl Flow {
    pub fn cancel(&self) {
        let _ahead = self.lock();
        self.is_cancelled.store(true, Ordering::Relaxed);
        self.changed.notify_all();
    }

    pub fn ack(&self, bytes: usize) {
        let mut ahead = self.lock();
        *ahead = ahead.saturating_sub(bytes);
        self.changed.notify_all();
    }

    /// Counts bytes that were sent, and waits while the client is a window behind.
    pub fn take_room(&self, bytes: usize) -> io::Result<()> {
        let mut ahead = self.lock();
        *ahead += bytes;
        while *ahead >= WINDOW_BYTES && !self.is_cancelled.load(Ordering::Relaxed) {
            ahead = self.changed.wait(ahead).unwrap_or_else(|broken| broken.into_inner());
        }
        if self.is_cancelled.load(Ordering::Relaxed) {
            return Err(io::Error::new(io::ErrorKind::BrokenPipe, "nobody waits for this answer any more"));
        }
        Ok(())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, usize> {
        self.ahead.lock().unwrap_or_else(|broken| broken.into_inner())
    }
}

/// Adds what the worker adds. A parameter wins over a field of the same name.
pub fn complete_event(
    event: &mut Map<String, Value>,
    params: &Map<String, Value>,
    env: &Map<String, Value>,
    body: Vec<u8>,
) {
    for name in ["params", "path_params"] {
        if !event.contains_key(name) {
            event.insert(name.to_string(), Value::Object(params.clone()));
        }
    }
    event.insert("env".to_string(), Value::Object(env.clone()));
    if !body.is_empty() {
        add_body(event, body);
    }
    for (name, value) in params {
        event.insert(name.clone(), value.clone());
    }
}

fn add_body(event: &mut Map<String, Value>, body: Vec<u8>) {
    let text = match String::from_utf8(body) {
        Ok(text) => text,
        Err(error) => {
            event.insert("is_base64".to_string(), Value::Bool(true));
            encode_base64(error.as_bytes())
        }
    };
    event.insert("body".to_string(), Value::String(text));
}
