use crate::frames::encode;
use std::fs::File;
use std::io::Write;
use std::process;
use std::sync::Mutex;

/// Writes frames. What threads have ready while one of them writes goes out together.
pub struct Channel {
    file: File,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    joined: Vec<u8>,
    is_writing: bool,
}

const KEPT_BYTES: usize = 256 * 1024;

impl Channel {
    pub fn new(file: File) -> Channel {
        Channel { file, state: Mutex::default() }
    }

    /// The frame goes out with the next `flush`, of whichever thread.
    pub fn add(&self, header: &[u8], body: &[u8]) {
        encode(&mut self.lock().joined, header, body);
    }

    pub fn send(&self, header: &[u8], body: &[u8]) {
        self.add(header, body);
        self.flush();
    }

    pub fn flush(&self) {
        let mut state = self.lock();
        if state.is_writing || state.joined.is_empty() {
            return;
        }
        state.is_writing = true;
        let mut joined = Vec::new();
        while !state.joined.is_empty() {
            std::mem::swap(&mut joined, &mut state.joined);
            drop(state);
            if (&self.file).write_all(&joined).is_err() {
                // the server is gone
                process::exit(0);
            }
            joined.clear();
            state = self.lock();
        }
        state.is_writing = false;
        if joined.capacity() > state.joined.capacity() && joined.capacity() <= KEPT_BYTES {
            state.joined = joined;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|broken| broken.into_inner())
    }
}
