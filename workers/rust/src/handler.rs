use crate::answer::{Answer, IntoAnswer};
use crate::failure::Failure;
use serde_json::Value;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

/// A function that can be a handler. `M` only tells the forms apart.
pub trait Handler<M>: Send + Sync + 'static {
    fn call(&self, event: Value, params: Value) -> Result<Answer, Failure>;
}

pub struct Sync_;
pub struct Async;

macro_rules! forms {
    ($([$($kind:ty),*] => |$event:ident, $params:ident| ($($argument:expr),*);)*) => {
        $(
            impl<F, R> Handler<(Sync_, R, ($($kind,)*))> for F
            where
                F: Fn($($kind),*) -> R + Send + Sync + 'static,
                R: IntoAnswer,
            {
                #[allow(unused_variables)]
                fn call(&self, $event: Value, $params: Value) -> Result<Answer, Failure> {
                    self($($argument),*).into_answer()
                }
            }

            impl<F, R> Handler<(Async, R, ($($kind,)*))> for F
            where
                F: Fn($($kind),*) -> R + Send + Sync + 'static,
                R: Future,
                R::Output: IntoAnswer,
            {
                #[allow(unused_variables)]
                fn call(&self, $event: Value, $params: Value) -> Result<Answer, Failure> {
                    wait_for(self($($argument),*)).into_answer()
                }
            }
        )*
    };
}

forms! {
    [] => |event, params| ();
    [Value] => |event, params| (event);
    [Value, Value] => |event, params| (event, params);
}

impl<F, R> Handler<(Sync_, R, (&Value,))> for F
where
    F: Fn(&Value) -> R + Send + Sync + 'static,
    R: IntoAnswer,
{
    fn call(&self, event: Value, _params: Value) -> Result<Answer, Failure> {
        self(&event).into_answer()
    }
}

impl<F, R> Handler<(Sync_, R, (&Value, &Value))> for F
where
    F: Fn(&Value, &Value) -> R + Send + Sync + 'static,
    R: IntoAnswer,
{
    fn call(&self, event: Value, params: Value) -> Result<Answer, Failure> {
        self(&event, &params).into_answer()
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Runs a future in this thread, which is the call's own.
fn wait_for<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(value) => return value,
            Poll::Pending => thread::park(),
        }
    }
}
