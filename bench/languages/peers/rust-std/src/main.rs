//! An HTTP/1.1 server of the standard library: a thread per connection, keep-alive, bodies by Content-Length.
use serde::{Deserialize, Serialize};
use std::io::{BufRead, BufReader, Read, Result, Write};
use std::net::{TcpListener, TcpStream};

#[derive(Serialize, Deserialize)]
struct Address {
    city: String,
    zip: String,
}

#[derive(Serialize, Deserialize)]
struct Order {
    id: u64,
    name: String,
    active: bool,
    tags: Vec<String>,
    address: Address,
    notes: Vec<String>,
}

fn main() -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("listening on http://{}", listener.local_addr()?);
    for stream in listener.incoming() {
        let stream = stream?;
        std::thread::spawn(move || serve(stream));
    }
    Ok(())
}

fn serve(mut stream: TcpStream) -> Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::with_capacity(64 * 1024, stream.try_clone()?);
    loop {
        let mut first = String::new();
        if reader.read_line(&mut first)? == 0 {
            return Ok(());
        }
        let body = read_body(&mut reader)?;
        let (status, text) = answer(first.split(' ').nth(1).unwrap_or("/"), &body);
        let head = format!(
            "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            text.len()
        );
        stream.write_all(&[head.as_bytes(), &text].concat())?;
    }
}

fn read_body(reader: &mut BufReader<TcpStream>) -> Result<Vec<u8>> {
    let mut length = 0;
    let mut line = String::new();
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        if line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':') {
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().unwrap_or(0);
            }
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(body)
}

fn answer(path: &str, body: &[u8]) -> (&'static str, Vec<u8>) {
    match path {
        "/hello" => ("200 OK", to_json(&serde_json::json!({ "hello": "world" }))),
        "/echo" => match serde_json::from_slice::<Order>(body) {
            Ok(order) => ("200 OK", to_json(&order)),
            Err(_) => ("400 Bad Request", b"{}".to_vec()),
        },
        _ => ("404 Not Found", b"{}".to_vec()),
    }
}

fn to_json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}
