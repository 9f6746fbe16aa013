//! The other end of an actor: starts her process, gives orders, reads answers, kills her. It must
//! not know the play.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context as _, Result, bail};
use domain::fault::Fault;
use serde_json::Value;

use super::order::{ACTOR, Answer, Order};
use super::proxy::Cable;

/// An actor's process and her cable. Dropped, the process ends.
pub struct Player {
    /// Her name.
    pub name: String,
    /// Between her and the server.
    pub cable: Cable,
    dir: PathBuf,
    process: Process,
}

struct Process {
    child: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Process {
    fn start(dir: &Path) -> Result<Self> {
        let own = std::env::current_exe().context("找不到演示程序自己")?;
        let mut command = Command::new(own);
        command.arg(ACTOR).arg(dir).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().context("演员的进程起不来")?;
        let (Some(orders), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            bail!("演员的进程没有管道");
        };
        Ok(Self { child, orders, answers: BufReader::new(answers) })
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Gone already is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Player {
    /// Starts an actor with a folder of her own.
    pub fn start(name: &str, dir: &Path, cable: Cable) -> Result<Self> {
        Ok(Self { name: name.to_owned(), cable, dir: dir.to_owned(), process: Process::start(dir)? })
    }

    /// Her process.
    pub fn id(&self) -> u32 {
        self.process.child.id()
    }

    /// Gives an order without waiting for the answer.
    pub fn send(&mut self, order: &Order) -> Result<()> {
        let line = serde_json::to_string(order)?;
        writeln!(self.process.orders, "{line}").with_context(|| format!("{}的进程不听了", self.name))
    }

    /// The next answer; `None` when her process has ended.
    pub fn hear(&mut self) -> Result<Option<Answer>> {
        let mut line = String::new();
        let read = self.process.answers.read_line(&mut line)?;
        // Killed while she was answering: half a line is no answer.
        if read == 0 || !line.ends_with('\n') {
            return Ok(None);
        }
        Ok(Some(serde_json::from_str(&line)?))
    }

    /// Gives an order and waits for it.
    pub fn ask(&mut self, order: &Order) -> Result<Result<Value, Fault>> {
        self.send(order)?;
        match self.hear()? {
            Some(Answer::Done(value)) => Ok(Ok(value)),
            Some(Answer::Fault(fault)) => Ok(Err(fault)),
            None => bail!("{}的进程结束了", self.name),
        }
    }

    /// Makes a call that must succeed.
    pub fn call(&mut self, name: &str, args: Value) -> Result<Value> {
        let order = Order::Call { name: name.to_owned(), args };
        self.done(&order).with_context(|| format!("{} {name}", self.name))
    }

    /// Exchanges with the district; it must succeed.
    pub fn sync(&mut self) -> Result<Value> {
        self.done(&Order::Sync).with_context(|| format!("{}同步", self.name))
    }

    /// Gives an order that must be done.
    pub fn done(&mut self, order: &Order) -> Result<Value> {
        self.ask(order)?.map_err(|fault| anyhow::anyhow!("{}（{:?} {}）", fault, fault.code, fault.about))
    }

    /// Kills her process as a power cut would (SIGKILL) and reads what she had answered by then.
    pub fn kill(&mut self) -> Result<Vec<Answer>> {
        self.process.child.kill()?;
        self.process.child.wait()?;
        let mut answered = Vec::new();
        while let Some(answer) = self.hear()? {
            answered.push(answer);
        }
        Ok(answered)
    }

    /// Ends her process and leaves the folder to somebody else.
    pub fn leave(&mut self) -> Result<PathBuf> {
        self.send(&Order::Exit)?;
        self.process.child.wait()?;
        Ok(self.dir.clone())
    }

    /// Starts a new process on the same folder and opens the profile.
    pub fn revive(&mut self) -> Result<()> {
        self.process = Process::start(&self.dir)?;
        self.done(&Order::Unlock).map(|_| ())
    }
}
