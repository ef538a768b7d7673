use serde_json::{json, Value};
use std::cell::RefCell;
use std::panic::{self, PanicHookInfo};

/// Stands for the project's directory in the file names of a compiled program, which may be built in one place and run
/// in another.
const SOURCE_ROOT: &str = "/treeway-source/";
const MAX_MESSAGE_CHARACTERS: usize = 4096;

/// The content of a `fail` frame.
#[derive(Debug, Clone, Default)]
pub struct Failure {
    pub code: &'static str,
    pub message: String,
    pub file: Option<String>,
    pub line: Option<u32>,
    pub column: Option<u32>,
    pub traceback: String,
}

impl Failure {
    pub fn invalid(message: impl Into<String>) -> Self {
        Failure { code: "TREEWAY_ANSWER_INVALID", message: message.into(), ..Failure::default() }
    }

    pub fn handler(message: impl Into<String>) -> Self {
        Failure { code: "TREEWAY_HANDLER_FAILED", message: message.into(), ..Failure::default() }
    }

    pub fn to_header(&self, id: u64) -> Vec<u8> {
        let message: String = self.message.chars().take(MAX_MESSAGE_CHARACTERS).collect();
        let mut header = json!({ "k": "fail", "i": id, "c": self.code, "m": message });
        if let Some(file) = &self.file {
            header["file"] = Value::from(file.as_str());
            header["line"] = Value::from(self.line);
            header["column"] = Value::from(self.column);
        }
        header.to_string().into_bytes()
    }
}

thread_local! {
    /// What the panic hook saw in a thread that runs a handler; None elsewhere.
    static SEEN: RefCell<Option<Failure>> = const { RefCell::new(None) };
}

/// Panics of handlers become failures with their place; others are printed as ever.
pub fn install_panic_hook(root: String) {
    let print = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let is_handler = SEEN.with(|seen| seen.try_borrow().is_ok_and(|seen| seen.is_some()));
        if is_handler {
            SEEN.with(|seen| *seen.borrow_mut() = Some(to_failure(info, &root)));
        } else {
            print(info);
        }
    }));
}

/// Runs a handler; a panic is an Err.
pub fn catch_panic<T>(run: impl FnOnce() -> T) -> Result<T, Failure> {
    SEEN.with(|seen| *seen.borrow_mut() = Some(Failure::default()));
    let result = panic::catch_unwind(panic::AssertUnwindSafe(run));
    let seen = SEEN.with(|seen| seen.borrow_mut().take());
    // a panic of a value that was sent on from another thread calls no hook
    result.map_err(|_| seen.filter(|seen| !seen.code.is_empty()).unwrap_or_else(|| Failure::handler("panic")))
}

fn to_failure(info: &PanicHookInfo<'_>, root: &str) -> Failure {
    let payload = info.payload();
    let text = payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_string())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "Box<dyn Any>".to_string());
    let mut made = Failure::handler(format!("panic: {text}"));
    made.traceback = format!("panic: {text}\n");
    if let Some(place) = info.location() {
        let file = match place.file().strip_prefix(SOURCE_ROOT) {
            Some(name) => format!("{root}/{name}"),
            None => place.file().to_string(),
        };
        made.traceback += &format!("    at {file}:{}:{}\n", place.line(), place.column());
        made.file = Some(file).filter(|file| file.starts_with(root));
        made.line = Some(place.line());
        made.column = Some(place.column());
    }
    made
}
