use std::io::{self, Read, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

/// How long a stream waits for a piece before it looks whether anybody still wants it.
const LOOK_EVERY: Duration = Duration::from_millis(50);
const READ_BYTES: usize = 64 * 1024;

/// A body that goes out piece by piece.
pub struct Stream {
    run: Box<dyn FnOnce(&mut Emitter<'_>) -> io::Result<()> + Send>,
}

/// Takes the pieces. It waits while the client is behind; its error means that nobody wants more.
pub struct Emitter<'a> {
    pub is_cancelled: &'a AtomicBool,
    pub emit: &'a mut dyn FnMut(&[u8], bool) -> io::Result<()>,
}

/// A piece of a stream: text or bytes.
pub trait Piece {
    const IS_TEXT: bool;
    fn as_bytes(&self) -> &[u8];
}

impl Piece for String {
    const IS_TEXT: bool = true;
    fn as_bytes(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl Piece for &'static str {
    const IS_TEXT: bool = true;
    fn as_bytes(&self) -> &[u8] {
        str::as_bytes(self)
    }
}

impl Piece for Vec<u8> {
    const IS_TEXT: bool = false;
    fn as_bytes(&self) -> &[u8] {
        self
    }
}

impl Stream {
    /// Pieces are asked for as fast as the client takes them.
    #[allow(clippy::should_implement_trait)]
    pub fn from_iter<P: Piece>(pieces: impl IntoIterator<Item = P> + Send + 'static) -> Stream {
        Stream::new(move |emitter| {
            for piece in pieces {
                (emitter.emit)(piece.as_bytes(), P::IS_TEXT)?;
            }
            Ok(())
        })
    }

    pub fn from_reader(mut reader: impl Read + Send + 'static) -> Stream {
        Stream::new(move |emitter| {
            let mut piece = vec![0; READ_BYTES];
            loop {
                match reader.read(&mut piece) {
                    Ok(0) => return Ok(()),
                    Ok(size) => (emitter.emit)(&piece[..size], false)?,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(error),
                }
            }
        })
    }

    /// Ends when every sender is gone.
    pub fn from_receiver<P: Piece + Send + 'static>(receiver: Receiver<P>) -> Stream {
        Stream::new(move |emitter| loop {
            match receiver.recv_timeout(LOOK_EVERY) {
                Ok(piece) => (emitter.emit)(piece.as_bytes(), P::IS_TEXT)?,
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
                Err(RecvTimeoutError::Timeout) if emitter.is_cancelled.load(Ordering::Relaxed) => {
                    return Ok(())
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        })
    }

    /// The function writes; each write goes out at once.
    pub fn from_writer(write: impl FnOnce(&mut dyn Write) -> io::Result<()> + Send + 'static) -> Stream {
        Stream::new(move |emitter| write(&mut EmitterWriter(emitter)))
    }

    fn new(run: impl FnOnce(&mut Emitter<'_>) -> io::Result<()> + Send + 'static) -> Stream {
        Stream { run: Box::new(run) }
    }

    pub(crate) fn run(self, emitter: &mut Emitter<'_>) -> io::Result<()> {
        (self.run)(emitter)
    }
}

struct EmitterWriter<'a, 'b>(&'a mut Emitter<'b>);

impl Write for EmitterWriter<'_, '_> {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        (self.0.emit)(data, false)?;
        Ok(data.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
