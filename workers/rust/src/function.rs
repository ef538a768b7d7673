use crate::answer::Answer;
use crate::failure::Failure;
use crate::handler::Handler;
use serde_json::Value;

type Invoke = dyn Fn(Value, Value) -> Result<Answer, Failure> + Send + Sync;

/// One compiled handler.
pub struct Function {
    /// Path of its file below the project's directory.
    pub file: &'static str,
    pub name: &'static str,
    pub invoke: Box<Invoke>,
}

/// Generated code lists the tree's handlers with this.
pub fn function<M: 'static>(file: &'static str, name: &'static str, handler: impl Handler<M>) -> Function {
    Function { file, name, invoke: Box::new(move |event, params| handler.call(event, params)) }
}
