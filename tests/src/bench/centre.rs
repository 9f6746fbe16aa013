//! The real server binary as a process of its own: started, watched from outside, killed. What it
//! costs is read from the kernel and from its own counters. It must not look into its files.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};

/// A server's folder and, while it serves, its process. Dropped, the process ends.
pub struct Centre {
    binary: PathBuf,
    dir: PathBuf,
    listen: SocketAddr,
    metrics: SocketAddr,
    serving: Option<Child>,
}

/// CPU of the server, by what it was used for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Cpu {
    /// Sockets, TLS, HTTP and answering: everything that is not below.
    pub request: Duration,
    /// Judging.
    pub gate: Duration,
    /// Packing first downloads.
    pub segment: Duration,
}

/// Stands for a place in the server's CPU time.
#[derive(Clone, Copy, Debug)]
pub struct Mark {
    all: Duration,
    gate: Duration,
    segment: Duration,
}

impl Drop for Centre {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The server's program, built beside this one.
pub fn binary() -> Result<PathBuf> {
    let own = std::env::current_exe()?;
    let binary = own.with_file_name(format!("tongdang-server{}", std::env::consts::EXE_SUFFIX));
    ensure!(binary.is_file(), "no {}: please run `cargo xtask bench`, which builds it", binary.display());
    Ok(binary)
}

impl Centre {
    /// A server over a copy of a prepared folder, started.
    pub fn start(prepared: &Path, dir: &Path, binary: &Path) -> Result<Self> {
        copy(prepared, dir)?;
        let one = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let other = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let (listen, metrics) = (one.local_addr()?, other.local_addr()?);
        drop((one, other));
        std::fs::write(dir.join("tongdang.toml"), format!("listen = \"{listen}\"\nmetrics = \"{metrics}\"\n"))?;
        let mut centre = Self { binary: binary.to_owned(), dir: dir.to_owned(), listen, metrics, serving: None };
        centre.serve()?;
        Ok(centre)
    }

    /// Starts serving; returns once it listens.
    pub fn serve(&mut self) -> Result<()> {
        let log = std::fs::File::create(self.dir.join("server.log"))?;
        let mut command = Command::new(&self.binary);
        command.arg("--dir").arg(&self.dir).arg("serve").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
        let child = self.serving.insert(command.spawn().context("the server's program does not start")?);
        let Some(said) = child.stdout.take() else { bail!("no pipe to the server") };
        let mut line = String::new();
        BufReader::new(said).read_line(&mut line)?;
        ensure!(line.contains("已启动"), "the server did not start, see {}", self.dir.join("server.log").display());
        Ok(())
    }

    /// Ends the process as a power cut would.
    pub fn kill(&mut self) {
        if let Some(mut serving) = self.serving.take() {
            // Gone already is as good.
            let _ = serving.kill();
            let _ = serving.wait();
        }
    }

    /// Runs one command of the server's binary; what it told the operator.
    pub fn run(&self, args: &[&str]) -> Result<String> {
        let output = Command::new(&self.binary).arg("--dir").arg(&self.dir).args(args).stdin(Stdio::null()).output()?;
        let wrong = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "tongdang-server {}: {wrong}", args.join(" "));
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Its folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Where desks connect.
    pub fn address(&self) -> String {
        self.listen.to_string()
    }

    /// Remembers where its CPU time stands. Reading its counters costs it CPU, which stays outside.
    pub fn mark(&self) -> Result<Mark> {
        self.quiet()?;
        let [gate, segment] = self.meter()?;
        self.quiet()?;
        Ok(Mark { all: self.cpu()?, gate, segment })
    }

    /// What it used since, all its work done.
    pub fn since(&self, mark: Mark) -> Result<Cpu> {
        self.quiet()?;
        let all = self.cpu()?.saturating_sub(mark.all);
        let [gate, segment] = self.meter()?;
        let (gate, segment) = (gate.saturating_sub(mark.gate), segment.saturating_sub(mark.segment));
        Ok(Cpu { request: all.saturating_sub(gate + segment), gate, segment })
    }

    /// Waits until none of its threads has anything to do.
    pub fn quiet(&self) -> Result<()> {
        let (mut before, mut still) = (self.cpu()?, 0);
        while still < 2 {
            std::thread::sleep(Duration::from_millis(8));
            let now = self.cpu()?;
            still = if now == before && !self.running()? { still + 1 } else { 0 };
            before = now;
        }
        Ok(())
    }

    /// CPU time of all its threads, from the scheduler, exact to the nanosecond.
    fn cpu(&self) -> Result<Duration> {
        let mut all = 0;
        for thread in self.threads()? {
            let text = std::fs::read_to_string(thread.join("schedstat")).unwrap_or_default();
            all += text.split(' ').next().and_then(|n| n.parse::<u64>().ok()).unwrap_or(0);
        }
        Ok(Duration::from_nanos(all))
    }

    fn running(&self) -> Result<bool> {
        let busy = |thread: PathBuf| {
            let text = std::fs::read_to_string(thread.join("stat")).unwrap_or_default();
            text.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with(['R', 'D']))
        };
        Ok(self.threads()?.into_iter().any(busy))
    }

    fn threads(&self) -> Result<Vec<PathBuf>> {
        let folder = std::fs::read_dir(self.proc("task"))?;
        Ok(folder.filter_map(|entry| Some(entry.ok()?.path())).collect())
    }

    fn proc(&self, file: &str) -> PathBuf {
        let id = self.serving.as_ref().map_or(0, Child::id);
        PathBuf::from(format!("/proc/{id}/{file}"))
    }

    /// Peak memory in MB since [`Centre::forget_peak`].
    pub fn peak_mb(&self) -> Result<f64> {
        let text = std::fs::read_to_string(self.proc("status"))?;
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
        let kb: f64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kb / 1024.0)
    }

    /// Begins a new peak of memory.
    pub fn forget_peak(&self) -> Result<()> {
        Ok(std::fs::write(self.proc("clear_refs"), b"5")?)
    }

    /// Size of its databases in MB.
    pub fn store_mb(&self) -> Result<f64> {
        let mut bytes = 0;
        for entry in std::fs::read_dir(&self.dir)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().contains(".db") {
                bytes += entry.metadata()?.len();
            }
        }
        Ok(bytes as f64 / 1e6)
    }

    /// CPU of gate and packer by its own counters.
    fn meter(&self) -> Result<[Duration; 2]> {
        let mut stream = TcpStream::connect(self.metrics).context("the server's counters cannot be read")?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut text = String::new();
        stream.read_to_string(&mut text)?;
        let seconds = |name: &str| {
            let name = format!("tongdang_{name}_cpu_seconds_total ");
            let value = text.lines().find_map(|line| line.strip_prefix(&name)?.trim().parse::<f64>().ok());
            value.map(Duration::from_secs_f64).with_context(|| format!("no counter {name}"))
        };
        Ok([seconds("gate")?, seconds("segment")?])
    }
}

/// Copies the files of a folder.
pub fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            std::fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}
