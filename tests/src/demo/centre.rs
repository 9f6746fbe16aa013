//! The district's centre: the real server binary, its commands, and its running process. It must
//! not look into the server's files.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};

use crate::synth::District;

/// The data folder of a server, and its process while it serves. Dropped, the process ends.
pub struct Centre {
    keeper: PathBuf,
    binary: PathBuf,
    dir: PathBuf,
    listen: SocketAddr,
    metrics: SocketAddr,
    serving: Option<Child>,
}

impl Drop for Centre {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The hidden word that makes the demo's binary a keeper.
pub const KEEPER: &str = "keeper";

/// Runs a command until nobody holds the other end of the standard input, so that it does not
/// outlive the demo, however that ends.
pub fn keep(command: &[String]) -> Result<()> {
    let [program, args @ ..] = command else { bail!("没有要看管的程序") };
    let mut kept = Command::new(program).args(args).stdin(Stdio::null()).spawn()?;
    std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink())?;
    kept.kill()?;
    kept.wait()?;
    Ok(())
}

impl Centre {
    /// Founds the district in a new folder.
    pub fn found(dir: &Path, district: &District) -> Result<Self> {
        let (keeper, binary) = (beside("demo")?, beside("tongdang-server")?);
        let [listen, metrics] = free_ports()?;
        let centre = Self { keeper, binary, dir: dir.to_owned(), listen, metrics, serving: None };
        let area = format!("{}000000", district.scale.code);
        let (host, at) = ("127.0.0.1", listen.to_string());
        centre.run(&["init", "--name", district.scale.name, "--area", &area, "--host", host, "--listen", &at])?;
        let file = dir.join("tongdang.toml");
        let config = std::fs::read_to_string(&file)?;
        std::fs::write(&file, format!("{config}metrics = \"{metrics}\"\n"))?;
        Ok(centre)
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.listen
    }

    /// Runs one command of the server's binary; what it told the operator, or why not.
    pub fn run(&self, args: &[&str]) -> Result<String> {
        let mut command = Command::new(&self.binary);
        command.arg("--dir").arg(&self.dir).args(args).stdin(Stdio::null());
        let output = command.output().context("服务程序起不来")?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let wrong = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "tongdang-server {} 没有成功：{said}{wrong}", args.join(" "));
        Ok(said)
    }

    /// A one-time code for a person, with the address it listens at.
    pub fn code_for(&self, person: &str) -> Result<String> {
        self.enrol_text(person, self.listen.port())
    }

    /// A one-time code for a person, with the address under which her cable begins.
    pub fn enrol_text(&self, person: &str, port: u16) -> Result<String> {
        let said = self.run(&["enrol-code", "--person", person])?;
        let text = said.lines().last().unwrap_or_default();
        let (_, code) = text.split_once(' ').with_context(|| format!("看不懂登记码：{said}"))?;
        Ok(format!("127.0.0.1:{port} {code}"))
    }

    /// Starts serving; returns once it listens.
    pub fn serve(&mut self) -> Result<()> {
        let log = std::fs::File::create(self.dir.join("server.log"))?;
        let mut command = Command::new(&self.keeper);
        command.arg(KEEPER).arg(&self.binary).arg("--dir").arg(&self.dir).arg("serve");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log);
        let child = self.serving.insert(command.spawn().context("服务程序起不来")?);
        let Some(said) = child.stdout.take() else { bail!("服务程序没有管道") };
        let mut line = String::new();
        BufReader::new(said).read_line(&mut line)?;
        ensure!(line.contains("已启动"), "服务没有启动，原因见 {}", self.dir.join("server.log").display());
        Ok(())
    }

    /// Its process ends as in a power cut.
    pub fn stop(&mut self) {
        if let Some(mut serving) = self.serving.take() {
            // The keeper hears the end of his input; gone already is as good.
            drop(serving.stdin.take());
            let _ = serving.wait();
        }
    }

    /// A file of its folder is lost with the disk it was on; one that was not there is as good.
    pub fn lose(&self, name: &str) -> Result<()> {
        for tail in ["", "-wal", "-shm"] {
            let file = self.dir.join(format!("{name}{tail}"));
            if file.exists() {
                std::fs::remove_file(file)?;
            }
        }
        Ok(())
    }

    /// One of the running server's counters.
    pub fn counter(&self, name: &str) -> Result<u64> {
        let mut stream = TcpStream::connect(self.metrics).context("服务的指标读不到")?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut text = String::new();
        stream.read_to_string(&mut text)?;
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        value.and_then(|v| v.trim().parse().ok()).with_context(|| format!("指标里没有 {name}"))
    }
}

/// A program built beside this one; a test stands one folder deeper.
pub(super) fn beside(name: &str) -> Result<PathBuf> {
    let own = std::env::current_exe().context("找不到这个程序自己")?;
    let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let found = own.ancestors().skip(1).take(2).map(|folder| folder.join(&name)).find(|path| path.is_file());
    found.with_context(|| format!("还没有 {name}：请用 cargo xtask 运行，它会先编译"))
}

/// Two ports nobody has now.
fn free_ports() -> Result<[SocketAddr; 2]> {
    let one = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let other = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok([one.local_addr()?, other.local_addr()?])
}
