use serde_json::{Map, Value};

const LENGTHS_BYTES: usize = 8;
pub const MAX_HEADER_BYTES: usize = 1 << 20;
pub const MAX_BODY_BYTES: usize = 1 << 30;

pub struct Frame {
    pub header: Map<String, Value>,
    pub body: Vec<u8>,
}

/// Cuts a stream of bytes into frames.
#[derive(Default)]
pub struct FrameReader {
    data: Vec<u8>,
}

/// These bytes are no frame.
#[derive(Debug)]
pub struct ProtocolError;

impl FrameReader {
    pub fn push(&mut self, chunk: &[u8], mut on_frame: impl FnMut(Frame)) -> Result<(), ProtocolError> {
        if self.data.is_empty() {
            let used = read_frames(chunk, &mut on_frame)?;
            self.keep(&chunk[used..]);
            return Ok(());
        }
        self.data.extend_from_slice(chunk);
        let used = read_frames(&self.data, &mut on_frame)?;
        self.data.drain(..used);
        if self.data.is_empty() && self.data.capacity() > MAX_HEADER_BYTES {
            self.data = Vec::new();
        }
        Ok(())
    }

    /// Holds on to the beginning of a frame until the rest of it comes.
    fn keep(&mut self, rest: &[u8]) {
        if let Ok(Some((header, body))) = read_lengths(rest) {
            self.data.reserve(LENGTHS_BYTES + header + body);
        }
        self.data.extend_from_slice(rest);
    }
}

/// Returns how many bytes the complete frames had.
fn read_frames(data: &[u8], on_frame: &mut impl FnMut(Frame)) -> Result<usize, ProtocolError> {
    let mut start = 0;
    while let Some((header, body)) = read_lengths(&data[start..])? {
        let body_start = start + LENGTHS_BYTES + header;
        let end = body_start + body;
        if data.len() < end {
            break;
        }
        let header =
            serde_json::from_slice(&data[start + LENGTHS_BYTES..body_start]).map_err(|_| ProtocolError)?;
        on_frame(Frame { header, body: data[body_start..end].to_vec() });
        start = end;
    }
    Ok(start)
}

fn read_lengths(data: &[u8]) -> Result<Option<(usize, usize)>, ProtocolError> {
    if data.len() < LENGTHS_BYTES {
        return Ok(None);
    }
    let read = |at: usize| u32::from_be_bytes([data[at], data[at + 1], data[at + 2], data[at + 3]]) as usize;
    let (header, body) = (read(0), read(4));
    if header == 0 || header > MAX_HEADER_BYTES || body > MAX_BODY_BYTES {
        return Err(ProtocolError);
    }
    Ok(Some((header, body)))
}

pub fn encode(to: &mut Vec<u8>, header: &[u8], body: &[u8]) {
    to.reserve(LENGTHS_BYTES + header.len() + body.len());
    to.extend_from_slice(&(header.len() as u32).to_be_bytes());
    to.extend_from_slice(&(body.len() as u32).to_be_bytes());
    to.extend_from_slice(header);
    to.extend_from_slice(body);
}
