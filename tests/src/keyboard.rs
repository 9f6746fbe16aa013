//! Keys pressed as on a keyboard, through a Chinese input method: a driver's own keys go past it.
//! It must not know what they are typed into.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Without one of these there is no keyboard.
const PROGRAMS: [&str; 4] = ["dbus-daemon", "openbox", "fcitx5", "xdotool"];
const PINYIN: &str = "[Groups/0]\nName=Default\nDefault Layout=us\nDefaultIM=pinyin\n\n[Groups/0/Items/0]\nName=keyboard-us\n\n\
    [Groups/0/Items/1]\nName=pinyin\n\n[GroupOrder]\n0=Default\n";
const AT_ONCE: &str = "[Behavior]\nActiveByDefault=True\n";
/// Between two keys, ms: a quick typist's.
const STROKE_MS: &str = "100";

/// fcitx5 with its pinyin on a session bus of its own, and a window manager that gives windows the keys.
pub struct Keyboard {
    running: Vec<Child>,
    /// What a program must find around it to be typed into.
    pub around: Vec<(&'static str, String)>,
}

impl Keyboard {
    /// Plugs it into a display; `None` where it is not installed.
    pub fn plug_in(display: &str, folder: &Path) -> Option<Self> {
        let paths = std::env::var_os("PATH")?;
        let installed = |program: &&str| std::env::split_paths(&paths).any(|folder| folder.join(program).is_file());
        if !PROGRAMS.iter().all(installed) {
            return None;
        }
        let settings = folder.join("fcitx5");
        fs::create_dir_all(&settings).expect("a folder");
        fs::write(settings.join("profile"), PINYIN).expect("a file");
        fs::write(settings.join("config"), AT_ONCE).expect("a file");
        let mut bus = Command::new("dbus-daemon");
        bus.args(["--session", "--nofork", "--print-address=1"]).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut bus = bus.spawn().expect("a bus");
        let mut address = String::new();
        BufReader::new(bus.stdout.take().expect("a pipe")).read_line(&mut address).expect("an address");
        let around = vec![
            ("DISPLAY", display.to_owned()),
            ("DBUS_SESSION_BUS_ADDRESS", address.trim().to_owned()),
            ("GTK_IM_MODULE", "fcitx".to_owned()),
        ];
        let mut keyboard = Self { running: vec![bus], around };
        for (program, args) in [("openbox", &[][..]), ("fcitx5", &["--disable=wayland"])] {
            let mut command = Command::new(program);
            command
                .args(args)
                .envs(keyboard.around.clone())
                .env("XDG_CONFIG_HOME", folder)
                .env("XDG_DATA_HOME", folder);
            command.stdout(Stdio::null()).stderr(Stdio::null());
            keyboard.running.push(command.spawn().expect("it starts"));
        }
        Some(keyboard)
    }

    /// Presses letters one after the other.
    pub fn types(&self, letters: &str) {
        self.act(&["type", "--delay", STROKE_MS, letters]);
    }

    /// Presses one key, by its name.
    pub fn press(&self, key: &str) {
        self.act(&["key", key]);
    }

    fn act(&self, args: &[&str]) {
        let done = Command::new("xdotool").args(args).envs(self.around.clone()).status().expect("xdotool runs");
        assert!(done.success(), "xdotool {args:?}");
    }
}

impl Drop for Keyboard {
    fn drop(&mut self) {
        // The bus last: who lives on it goes first.
        for part in self.running.iter_mut().rev() {
            let _ = part.kill();
            let _ = part.wait();
        }
    }
}
