//! The cable between one desk and the server: it can be unplugged, and it can break in the middle
//! of a request. It carries bytes and must not know what they mean.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

/// A TCP proxy on this machine. Dropped, it hangs up and frees its port.
pub struct Cable {
    port: u16,
    shared: Arc<Mutex<State>>,
    listening: Option<JoinHandle<()>>,
}

struct State {
    /// Where the server is.
    to: SocketAddr,
    plugged: bool,
    ended: bool,
    /// Bytes that still go up before the cable breaks.
    left: Option<usize>,
    broken: usize,
    open: Vec<TcpStream>,
}

impl State {
    fn hang_up(&mut self) {
        for stream in self.open.drain(..) {
            // One that is gone already is as good.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

fn state(shared: &Mutex<State>) -> MutexGuard<'_, State> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Cable {
    /// Lays a cable to the server, plugged in.
    pub fn lay(to: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        let first = State { to, plugged: true, ended: false, left: None, broken: 0, open: Vec::new() };
        let shared = Arc::new(Mutex::new(first));
        let ours = shared.clone();
        let listening = std::thread::Builder::new().name("cable".to_owned()).spawn(move || listen(&listener, &ours))?;
        Ok(Self { port, shared, listening: Some(listening) })
    }

    /// The port a desk connects to.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// No network from now on; what is under way breaks off.
    pub fn unplug(&self) {
        let mut state = state(&self.shared);
        state.plugged = false;
        state.hang_up();
    }

    /// The network is back.
    pub fn plug_in(&self) {
        let mut state = state(&self.shared);
        (state.plugged, state.left) = (true, None);
    }

    /// The network is back, and breaks once, after so many bytes have gone up.
    pub fn plug_in_and_break_after(&self, bytes: usize) {
        let mut state = state(&self.shared);
        state.hang_up();
        (state.plugged, state.left) = (true, Some(bytes));
    }

    /// How often it broke in the middle.
    pub fn broken(&self) -> usize {
        state(&self.shared).broken
    }
}

impl Drop for Cable {
    fn drop(&mut self) {
        let mut now = state(&self.shared);
        now.ended = true;
        now.hang_up();
        drop(now);
        // Wakes the listener, so that it sees the end.
        drop(TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)));
        if let Some(listening) = self.listening.take() {
            drop(listening.join());
        }
    }
}

fn listen(listener: &TcpListener, shared: &Arc<Mutex<State>>) {
    for near in listener.incoming() {
        let mut now = state(shared);
        if now.ended {
            return;
        }
        let Ok(near) = near else { continue };
        // Unplugged, the desk's connection ends before a byte has moved.
        if now.plugged {
            drop(join(&mut now, near, shared));
        }
    }
}

fn join(now: &mut State, near: TcpStream, shared: &Arc<Mutex<State>>) -> io::Result<()> {
    let far = TcpStream::connect(now.to)?;
    near.set_nodelay(true)?;
    far.set_nodelay(true)?;
    now.open.extend([near.try_clone()?, far.try_clone()?]);
    let (up, down) = ((near.try_clone()?, far.try_clone()?), (far, near));
    let shared = shared.clone();
    std::thread::Builder::new().spawn(move || carry(up.0, up.1, |n| toll(&shared, n)))?;
    std::thread::Builder::new().spawn(move || carry(down.0, down.1, |n| n))?;
    Ok(())
}

/// How many of `n` bytes still go up.
fn toll(shared: &Mutex<State>, n: usize) -> usize {
    let mut now = state(shared);
    match now.left {
        Some(left) if n >= left => {
            (now.left, now.broken) = (None, now.broken + 1);
            left
        }
        Some(left) => {
            now.left = Some(left - n);
            n
        }
        None => n,
    }
}

fn carry(mut from: TcpStream, mut to: TcpStream, toll: impl Fn(usize) -> usize) {
    let mut buffer = [0; 4096];
    while let Ok(n @ 1..) = from.read(&mut buffer) {
        let goes = toll(n);
        if to.write_all(&buffer[..goes]).is_err() || goes < n {
            break;
        }
    }
    // Both ends hear that it is over.
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers each connection's bytes with the same bytes.
    fn echo() -> SocketAddr {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let address = listener.local_addr().expect("an address");
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.expect("a connection");
                let mut back = stream.try_clone().expect("a clone");
                std::thread::spawn(move || io::copy(&mut stream, &mut back));
            }
        });
        address
    }

    fn through(cable: &Cable, bytes: &[u8]) -> Vec<u8> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, cable.port())).expect("somebody listens");
        let _ = stream.write_all(bytes);
        let _ = stream.shutdown(Shutdown::Write);
        let mut heard = Vec::new();
        let _ = stream.read_to_end(&mut heard);
        heard
    }

    #[test]
    fn a_cable_carries_breaks_once_and_carries_again() {
        let cable = Cable::lay(echo()).expect("a cable");
        let bytes = [7; 20_000];
        cable.plug_in_and_break_after(9_000);
        assert!(through(&cable, &bytes).len() <= 9_000, "cut in the middle");
        assert_eq!(cable.broken(), 1);
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, cable.port())).expect("plugged in");
        stream.write_all(b"hello").expect("sent");
        let mut heard = [0; 5];
        stream.read_exact(&mut heard).expect("answered");
        assert_eq!(&heard, b"hello");
        cable.unplug();
        assert_eq!(stream.read(&mut heard).unwrap_or(0), 0, "what was open is over");
        assert_eq!(through(&cable, b"hello"), b"", "and nothing new begins");
        cable.plug_in();
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, cable.port())).expect("plugged in again");
        stream.write_all(b"again").expect("sent");
        stream.read_exact(&mut heard).expect("answered");
        assert_eq!(&heard, b"again");
    }
}
