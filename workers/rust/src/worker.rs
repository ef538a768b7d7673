use crate::call::{complete_event, Call, Flow};
use crate::channel::Channel;
use crate::failure::{install_panic_hook, Failure};
use crate::frames::{Frame, FrameReader, ProtocolError};
use crate::function::Function;
use crate::run::{run_call, to_plain_header};
use crate::threads::Threads;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::FromRawFd;
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

const CHANNEL_DESCRIPTOR: i32 = 3;
const PROTOCOL_STATUS: i32 = 70;
const READ_BYTES: usize = 64 * 1024;
/// A handler that takes less on average lets the answers before it wait for its own.
const QUICK_MICROSECONDS: u32 = 200;

/// A function as `load` made it known.
pub struct Loaded {
    pub found: Result<Arc<Function>, Failure>,
    env: Map<String, Value>,
    /// Running mean; a high one until it is known.
    mean_microseconds: AtomicU32,
}

type Flows = Arc<Mutex<HashMap<u64, Arc<Flow>>>>;

struct Worker {
    compiled: Vec<Arc<Function>>,
    loaded: HashMap<u64, Arc<Loaded>>,
    /// Calls whose body has not come whole.
    partial: HashMap<u64, (Frame, Vec<u8>)>,
    flows: Flows,
    channel: Arc<Channel>,
    ready: Vec<Call>,
}

extern "C" {
    fn signal(number: i32, handler: usize) -> usize;
}
const IGNORE: usize = 1;
const INTERRUPT: i32 = 2;
const TERMINATE: i32 = 15;

/// Serves these functions until the server closes the channel. Generated code calls it.
pub fn run(functions: Vec<Function>, language_version: &str) -> ! {
    // SAFETY: these two signals are ignored, which runs no code; the server starts this process with a channel at
    // descriptor 3, which nothing else owns.
    let file = unsafe {
        signal(INTERRUPT, IGNORE);
        signal(TERMINATE, IGNORE);
        File::from_raw_fd(CHANNEL_DESCRIPTOR)
    };
    let Ok(input) = file.try_clone() else { process::exit(PROTOCOL_STATUS) };
    let channel = Arc::new(Channel::new(file));
    let flows = Flows::default();
    let threads = start_threads(&channel, &flows);
    let mut worker = Worker {
        compiled: functions.into_iter().map(Arc::new).collect(),
        loaded: HashMap::new(),
        partial: HashMap::new(),
        flows,
        channel,
        ready: Vec::new(),
    };
    process::exit(match worker.serve(input, &threads, language_version) {
        Ok(()) => 0,
        Err(ProtocolError) => PROTOCOL_STATUS,
    })
}

fn start_threads(channel: &Arc<Channel>, flows: &Flows) -> Arc<Threads<Call>> {
    let (running, resting) = (Arc::clone(channel), Arc::clone(channel));
    let flows = Arc::clone(flows);
    let run = move |call: Call, threads: &Threads<Call>| {
        let (id, function) = (call.id, Arc::clone(&call.function));
        let began = Instant::now();
        run_call(call, &running);
        function.count(began.elapsed().as_micros() as u32);
        lock(&flows).remove(&id);
        if !threads.peek(|next| next.is_some_and(|next| next.function.is_quick())) {
            running.flush();
        }
    };
    Threads::start(run, move || resting.flush())
}

impl Loaded {
    fn is_quick(&self) -> bool {
        self.mean_microseconds.load(Ordering::Relaxed) < QUICK_MICROSECONDS
    }

    fn count(&self, microseconds: u32) {
        let mean = self.mean_microseconds.load(Ordering::Relaxed);
        let next = mean - mean / 8 + microseconds.min(1 << 24) / 8;
        self.mean_microseconds.store(next, Ordering::Relaxed);
    }
}

impl Worker {
    fn serve(
        &mut self,
        mut input: File,
        threads: &Threads<Call>,
        language_version: &str,
    ) -> Result<(), ProtocolError> {
        let mut reader = FrameReader::default();
        let mut chunk = vec![0; READ_BYTES];
        loop {
            let size = match input.read(&mut chunk) {
                Ok(0) => return Ok(()),
                Ok(size) => size,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(_) => return Ok(()),
            };
            let mut result = Ok(());
            reader.push(&chunk[..size], |frame| {
                if result.is_ok() {
                    result = self.on_frame(frame, language_version);
                }
            })?;
            result?;
            if !self.ready.is_empty() {
                threads.push(&mut self.ready);
            }
        }
    }

    /// Frames it does not know are ignored: that is how the protocol grows.
    fn on_frame(&mut self, mut frame: Frame, language_version: &str) -> Result<(), ProtocolError> {
        let id = read_number(&frame, "i");
        match frame.header.get("k").and_then(Value::as_str).unwrap_or("") {
            "hello" => {
                let root = frame.header.get("root").and_then(Value::as_str).unwrap_or("").to_string();
                install_panic_hook(root);
                let ready = format!(
                    "{{\"k\":\"ready\",\"v\":1,\"language\":\"rust\",\"version\":\"{language_version}\"}}"
                );
                self.channel.send(ready.as_bytes(), &[]);
            }
            "load" => self.load(&frame),
            "call" if frame.header.get("more") == Some(&Value::Bool(true)) => {
                let body = std::mem::take(&mut frame.body);
                self.partial.insert(id, (frame, body));
            }
            "call" => {
                let body = std::mem::take(&mut frame.body);
                return self.begin(id, frame, body);
            }
            "data" => {
                if let Some((_, body)) = self.partial.get_mut(&id) {
                    body.extend_from_slice(&frame.body);
                }
            }
            "end" => {
                if let Some((call, body)) = self.partial.remove(&id) {
                    return self.begin(id, call, body);
                }
            }
            "ack" => {
                if let Some(flow) = lock(&self.flows).get(&id) {
                    flow.ack(read_number(&frame, "n") as usize);
                }
            }
            "cancel" => self.cancel(id),
            "check" | "reload" => self.channel.send(&to_plain_header("done", id), &[]),
            _ => {}
        }
        Ok(())
    }

    fn load(&mut self, frame: &Frame) {
        let read = |name: &str| frame.header.get(name).and_then(Value::as_str);
        let found = self.find(read("name").unwrap_or(""), read("handler"));
        let env = frame.header.get("env").and_then(Value::as_object).cloned().unwrap_or_default();
        let loaded = Loaded { found, env, mean_microseconds: AtomicU32::new(10 * QUICK_MICROSECONDS) };
        self.loaded.insert(read_number(frame, "f"), Arc::new(loaded));
    }

    fn find(&self, file: &str, wanted: Option<&str>) -> Result<Arc<Function>, Failure> {
        let names = wanted.map_or(vec!["handler", "main"], |name| vec![name]);
        let find = |name: &&str| self.compiled.iter().find(|one| one.file == file && one.name == *name);
        names.iter().find_map(find).cloned().ok_or_else(|| Failure {
            code: "TREEWAY_EXPORT_MISSING",
            message: format!("{file} has no function {}", names[0]),
            ..Failure::default()
        })
    }

    fn begin(&mut self, id: u64, mut frame: Frame, body: Vec<u8>) -> Result<(), ProtocolError> {
        let function = self.loaded.get(&read_number(&frame, "f")).ok_or(ProtocolError)?;
        let (Some(Value::Object(mut event)), Some(Value::Object(params))) =
            (frame.header.remove("e"), frame.header.remove("p"))
        else {
            return Err(ProtocolError);
        };
        complete_event(&mut event, &params, &function.env, body);
        let flow = Arc::new(Flow::default());
        lock(&self.flows).insert(id, Arc::clone(&flow));
        let function = Arc::clone(function);
        self.ready.push(Call { id, function, event: Value::Object(event), params, flow });
        Ok(())
    }

    fn cancel(&mut self, id: u64) {
        if self.partial.remove(&id).is_some() {
            self.channel.send(&to_plain_header("end", id), &[]);
        } else if let Some(flow) = lock(&self.flows).get(&id) {
            flow.cancel();
        }
    }
}

fn read_number(frame: &Frame, name: &str) -> u64 {
    frame.header.get(name).and_then(Value::as_u64).unwrap_or(0)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|broken| broken.into_inner())
}
