//! The real window, driven as a person would: by what stands on the screen. Each window has a
//! driver of its own (a driver takes one session at a time) and a profile of its own.

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use thirtyfour::prelude::*;

use crate::keyboard::Keyboard;

/// Longest a screen may take to show what is waited for. Generous: the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(30);
const BLINK: Duration = Duration::from_millis(100);

/// A display nobody looks at. Dropped, it goes dark.
pub struct Screen {
    server: Child,
    /// Its name, for `DISPLAY`.
    pub display: String,
}

impl Screen {
    /// Lights a display of the size of an office computer's.
    pub fn light() -> Self {
        let mut command = Command::new("Xvfb");
        command.args(["-displayfd", "1", "-screen", "0", "1366x768x24", "-nolisten", "tcp"]);
        let mut server = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("Xvfb starts");
        let mut said = String::new();
        let pipe = server.stdout.take().expect("a pipe");
        std::io::BufRead::read_line(&mut std::io::BufReader::new(pipe), &mut said).expect("a number");
        Self { server, display: format!(":{}", said.trim()) }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// One person's window.
pub struct Window {
    name: String,
    folder: PathBuf,
    driving: Child,
    port: u16,
    driver: Option<WebDriver>,
    practice: bool,
}

impl Window {
    /// Starts a driver and opens the window over a profile in `folder`.
    pub async fn open(screen: &Screen, name: &str, folder: &Path) -> Self {
        let around = [("DISPLAY", screen.display.clone())];
        Self::begin(name, folder, &around, false).await
    }

    /// The same in the practice district, typed into with a keyboard.
    pub async fn practising(keyboard: &Keyboard, name: &str, folder: &Path) -> Self {
        Self::begin(name, folder, &keyboard.around, true).await
    }

    async fn begin(name: &str, folder: &Path, around: &[(&'static str, String)], practice: bool) -> Self {
        let [port, native] = free_ports();
        let mut command = Command::new("tauri-driver");
        command.args(["--port", &port.to_string(), "--native-port", &native.to_string()]);
        command.envs(around.iter().cloned()).env("XDG_DATA_HOME", folder.join("webview"));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        // The driver's own child goes with it.
        let driving = command.process_group(0).spawn().expect("tauri-driver starts");
        let (name, folder) = (name.to_owned(), folder.to_owned());
        let mut window = Self { name, folder, driving, port, driver: None, practice };
        window.start().await;
        window
    }

    /// Opens the window (again): a fresh process over the same profile.
    pub async fn start(&mut self) {
        let mut wanted = Capabilities::new();
        let profile = self.folder.join("profile");
        let mut args = vec![serde_json::json!("--profile"), serde_json::json!(profile)];
        args.extend(self.practice.then(|| "--practice".into()));
        let options = serde_json::json!({ "application": program(), "args": args });
        wanted.set("browserName", "wry").expect("a capability");
        wanted.set("tauri:options", options).expect("a capability");
        let address = format!("http://127.0.0.1:{}", self.port);
        for _ in 0..60 {
            match WebDriver::new(&address, wanted.clone()).await {
                Ok(driver) => {
                    self.driver = Some(driver);
                    return;
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(500)).await,
            }
        }
        panic!("{}: the window does not open", self.name);
    }

    fn driver(&self) -> &WebDriver {
        self.driver.as_ref().expect("an open window")
    }

    /// Waits for what has this test id.
    pub async fn find(&self, id: &str) -> WebElement {
        let by = By::Css(format!("[data-testid=\"{id}\"]"));
        match self.driver().query(by).wait(PATIENCE, BLINK).first().await {
            Ok(found) => found,
            Err(_) => self.lost(&format!("no {id}")).await,
        }
    }

    /// Waits for an element by a selector.
    pub async fn select(&self, css: &str) -> WebElement {
        match self.driver().query(By::Css(css)).wait(PATIENCE, BLINK).first().await {
            Ok(found) => found,
            Err(_) => self.lost(&format!("no {css}")).await,
        }
    }

    /// How many there are now.
    pub async fn count(&self, css: &str) -> usize {
        self.driver().find_all(By::Css(css)).await.map_or(0, |found| found.len())
    }

    /// Waits until there is none.
    pub async fn none(&self, css: &str) {
        for _ in 0..(PATIENCE.as_millis() / BLINK.as_millis()) {
            // The page first shows what was clicked, then what came of it.
            tokio::time::sleep(BLINK).await;
            if self.count(css).await == 0 {
                return;
            }
        }
        self.lost(&format!("{css} does not go")).await;
    }

    /// Clicks what has this test id, once it can be clicked.
    pub async fn click(&self, id: &str) {
        for _ in 0..60 {
            if pressed(&self.find(id).await).await {
                return;
            }
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
        self.lost(&format!("{id} cannot be clicked")).await;
    }

    /// Clicks the first element of a path through the page.
    pub async fn click_path(&self, path: &str) {
        for _ in 0..60 {
            if pressed(&self.find_path(path).await).await {
                return;
            }
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
        self.lost(&format!("{path} cannot be clicked")).await;
    }

    /// Waits for the first element of a path through the page.
    pub async fn find_path(&self, path: &str) -> WebElement {
        match self.driver().query(By::XPath(path)).wait(PATIENCE, BLINK).first().await {
            Ok(found) => found,
            Err(_) => self.lost(&format!("no {path}")).await,
        }
    }

    /// What stands in an input.
    pub async fn value(&self, id: &str) -> String {
        self.find(id).await.prop("value").await.ok().flatten().unwrap_or_default()
    }

    /// Types into the first element of a selector, and Enter.
    pub async fn enter(&self, css: &str, text: &str) {
        let keys = Key::Control + "a";
        let found = self.select(css).await;
        if found.send_keys(keys).await.is_err()
            || found.send_keys(text).await.is_err()
            || found.send_keys(Key::Enter + "").await.is_err()
        {
            self.lost(&format!("{css} takes no keys")).await;
        }
    }

    /// Types into what has this test id, after what stands there.
    pub async fn write(&self, id: &str, text: &str) {
        let found = self.find(id).await;
        if let Err(why) = found.send_keys(text).await {
            self.lost(&format!("{id} takes no keys: {why}")).await;
        }
    }

    /// Waits until the page shows a text.
    pub async fn sees(&self, text: &str) {
        for _ in 0..(PATIENCE.as_millis() / BLINK.as_millis()) {
            if self.text().await.contains(text) {
                return;
            }
            tokio::time::sleep(BLINK).await;
        }
        self.lost(&format!("“{text}” is not on the screen")).await;
    }

    /// What the page shows now.
    pub async fn text(&self) -> String {
        // Not the element's text as the driver tells it: that leaves out what is cut off with `…`.
        let said = self.script("return document.body.innerText").await;
        said.as_str().unwrap_or_default().to_owned()
    }

    /// Runs a script in the page; what it returned.
    pub async fn script(&self, script: &str) -> serde_json::Value {
        let done = self.driver().execute(script, Vec::new()).await;
        done.map_or(serde_json::Value::Null, |done| done.json().clone())
    }

    /// Clicks inside the page and waits until an element is there and painted; ms.
    pub async fn timed(&self, click: &str, shows: &str) -> anyhow::Result<f64> {
        self.select(click).await;
        self.in_page(CLICKED, &[click, shows]).await
    }

    /// Types a whole text into an input at once and waits until what another element says has
    /// changed and is painted; ms.
    pub async fn answered(&self, input: &str, text: &str, changes: &str) -> anyhow::Result<f64> {
        self.select(input).await;
        self.in_page(TYPED, &[input, text, changes]).await
    }

    async fn in_page(&self, script: &str, args: &[&str]) -> anyhow::Result<f64> {
        let args: Vec<_> = args.iter().map(|arg| serde_json::Value::from(*arg)).collect();
        let done = self.driver().execute_async(script, args).await?;
        done.json().as_f64().ok_or_else(|| anyhow::anyhow!("{}: {}", self.name, done.json()))
    }

    /// The program's process.
    pub fn process(&self) -> Option<u32> {
        let found = Command::new("pgrep").args(["-f", &self.started_as()]).output().ok()?;
        let text = String::from_utf8_lossy(&found.stdout).into_owned();
        text.lines().next()?.trim().parse().ok()
    }

    fn started_as(&self) -> String {
        format!("tongdang --profile {}", self.folder.join("profile").display())
    }

    /// Keeps a picture of the window under `target/e2e`.
    pub async fn picture(&self, name: &str) {
        let folder = pictures();
        std::fs::create_dir_all(&folder).expect("a folder for pictures");
        let _ = self.driver().screenshot(&folder.join(format!("{name}.png"))).await;
    }

    async fn lost(&self, why: &str) -> ! {
        self.picture(&format!("lost-{}", self.name)).await;
        panic!("{}: {why}; the screen shows:\n{}", self.name, self.text().await);
    }

    /// Kills the program as a power cut would, without a word.
    pub async fn kill(&mut self) {
        let killed = Command::new("pkill").args(["-KILL", "-f", &self.started_as()]).status().expect("pkill runs");
        assert!(killed.success(), "there was a window to kill");
        // The session is gone with its window; the driver learns it when told.
        if let Some(driver) = self.driver.take() {
            let _ = tokio::time::timeout(Duration::from_secs(5), driver.quit()).await;
        }
    }

    /// Closes the window.
    pub async fn close(mut self) {
        if let Some(driver) = self.driver.take() {
            let _ = tokio::time::timeout(Duration::from_secs(10), driver.quit()).await;
        }
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        // Gone with its driver: who asked that one to end the session would wait two minutes for an answer.
        if let Some(driver) = self.driver.take() {
            let _ = driver.leak();
        }
        let group = format!("-{}", self.driving.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = self.driving.wait();
    }
}

/// Clicks an element that stands still: a press on a dialog that is still growing lands beside its
/// button, and no driver says so.
async fn pressed(found: &WebElement) -> bool {
    if found.scroll_into_view().await.is_err() {
        return false;
    }
    let place = async || found.rect().await.ok().map(|rect| [rect.x, rect.y, rect.width, rect.height]);
    let before = place().await;
    tokio::time::sleep(BLINK).await;
    before.is_some() && before == place().await && found.click().await.is_ok()
}

/// From a click to the paint of what it shows.
const CLICKED: &str = "const [click, shows, done] = arguments;
    const began = performance.now();
    document.querySelector(click).click();
    const look = () => document.querySelector(shows)
        ? requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)))
        : requestAnimationFrame(look);
    look();";

/// From a letter to the paint of another answer.
const TYPED: &str = "const [into, text, changes, done] = arguments;
    const input = document.querySelector(into);
    const said = () => document.querySelector(changes).textContent;
    const before = said();
    const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
    const began = performance.now();
    set.call(input, text);
    input.dispatchEvent(new Event('input', { bubbles: true }));
    const look = () => said() !== before
        ? requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)))
        : requestAnimationFrame(look);
    look();";

/// The window's program, built beside the tests with its feature `e2e`.
pub fn program() -> PathBuf {
    let own = std::env::current_exe().expect("this program");
    // A test lies in `deps`, a binary beside the window.
    let beside = own.ancestors().skip(1).take(2).map(|folder| folder.join("tongdang"));
    let program = beside.clone().find(|program| program.is_file()).or(beside.last()).expect("a folder");
    assert!(program.is_file(), "no {}: run `cargo xtask test --only e2e`, which builds it", program.display());
    program
}

/// Where pictures go.
fn pictures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("target").join("e2e")
}

fn free_ports() -> [u16; 2] {
    let free = || std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let (one, other) = (free(), free());
    [one, other].map(|listener| listener.local_addr().expect("an address").port())
}
