//! Runs the handlers of a compiled tree: docs/worker-protocol.md.

mod answer;
mod body;
mod call;
mod channel;
mod envelope;
mod failure;
mod frames;
mod function;
mod handler;
mod headers;
mod run;
mod stream;
mod threads;
mod worker;

pub use answer::{Answer, IntoAnswer};
pub use body::{Body, IntoBody};
pub use failure::Failure;
pub use function::{function, Function};
pub use handler::Handler;
pub use headers::{Header, HeaderValue};
pub use stream::Stream;
pub use worker::run;

/// For this crate's own tests.
#[doc(hidden)]
pub mod internal {
    pub use crate::answer::to_header;
    pub use crate::call::complete_event;
    pub use crate::frames::{encode, Frame, FrameReader};
}
