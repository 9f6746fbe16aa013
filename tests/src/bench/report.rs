//! A phase's figures, its targets, and how both are shown: one JSON object a phase, or a table.
//! It measures nothing.

use serde::Serialize;

use super::sample::{Sample, median, ms};

/// What one phase cost; per device where that makes sense, medians.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct Phase {
    /// Its name.
    pub phase: String,
    /// Devices measured.
    pub devices: usize,
    #[serde(flatten)]
    line: Option<OnLine>,
    #[serde(flatten)]
    desk: Option<AtDesk>,
    #[serde(flatten)]
    growth: Option<Growth>,
    #[serde(flatten)]
    restore: Option<Restore>,
    #[serde(flatten)]
    window: Option<Window>,
    #[serde(flatten)]
    idle: Option<Idle>,
}

/// A window nobody touches.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct Idle {
    /// Of one core, the program's process.
    pub cpu_percent: f64,
    /// Memory of the program's process.
    pub rss_mb: f64,
    /// Of it, what no other process shares.
    pub own_mb: f64,
    /// Memory of its web view's processes.
    pub web_rss_mb: f64,
}

/// Cost of exchanges.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct OnLine {
    bytes_up: u64,
    bytes_down: u64,
    tls_bytes: u64,
    requests: u64,
    server_request_cpu_ms: f64,
    server_gate_cpu_ms: f64,
    client_cpu_ms: f64,
    server_rss_mb: f64,
    store_mb: f64,
}

/// Time a person waits.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct AtDesk {
    /// Half of all are faster.
    pub ms_p50: f64,
    /// 99 of 100 are faster.
    pub ms_p99: f64,
    /// The thread's CPU, median: what a quiet machine would show.
    pub cpu_ms_p50: f64,
    /// Key derivation, which stands apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub derivation_ms: Option<f64>,
}

/// Ratios to the base district.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct Growth {
    /// Bytes of a sync with nothing new.
    pub unchanged_bytes_ratio: f64,
    /// Request CPU of it.
    pub unchanged_cpu_ratio: f64,
    /// Bytes of a day.
    pub day_bytes_ratio: f64,
    /// Request CPU of it.
    pub day_cpu_ratio: f64,
    /// Gate CPU of it.
    pub gate_cpu_ratio: f64,
}

/// What a restore cost.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct Restore {
    /// Items of the log that did not come back.
    pub lost: u64,
    /// Bytes beside the envelopes brought back, median of the directors.
    pub overhead_bytes: u64,
    /// The same, of the director who had most.
    pub overhead_bytes_max: u64,
    /// The same, of the station that had most: it hears the lost day anew, at its new positions.
    pub station_overhead_bytes_max: u64,
    /// Most requests of a device.
    pub requests_max: u64,
    /// Devices that saw it in their first request.
    pub seen_first: usize,
}

/// The whole window.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct Window {
    /// All CPU of the server, ms.
    pub server_cpu_ms: f64,
    /// Longest wait for a receipt, ms.
    pub durable_ms_max: f64,
}

impl Phase {
    /// Medians over devices.
    pub fn on_line(name: &str, samples: &[Sample], rss_mb: f64, store_mb: f64) -> Self {
        let line = OnLine {
            bytes_up: median(samples, |s| s.up),
            bytes_down: median(samples, |s| s.down),
            tls_bytes: median(samples, |s| s.tls),
            requests: median(samples, |s| s.requests),
            server_request_cpu_ms: ms(median(samples, |s| s.server.request)),
            server_gate_cpu_ms: ms(median(samples, |s| s.server.gate)),
            client_cpu_ms: ms(median(samples, |s| s.client)),
            server_rss_mb: (rss_mb * 10.0).round() / 10.0,
            store_mb: (store_mb * 10.0).round() / 10.0,
        };
        Self { phase: name.to_owned(), devices: samples.len(), line: Some(line), ..Self::default() }
    }

    /// A figure of a desk.
    pub fn at_desk(name: &str, desk: AtDesk) -> Self {
        Self { phase: name.to_owned(), devices: 1, desk: Some(desk), ..Self::default() }
    }

    /// A window nobody touches.
    pub fn idle(name: &str, idle: Idle) -> Self {
        Self { phase: name.to_owned(), devices: 1, idle: Some(idle), ..Self::default() }
    }

    /// With the number of devices that the samples come from.
    #[must_use]
    pub fn of(self, devices: usize) -> Self {
        Self { devices, ..self }
    }

    /// With ratios.
    #[must_use]
    pub fn grown(self, growth: Growth) -> Self {
        Self { growth: Some(growth), ..self }
    }

    /// With what a restore cost.
    #[must_use]
    pub fn restored(self, restore: Restore) -> Self {
        Self { restore: Some(restore), ..self }
    }

    /// With the whole window's sums.
    #[must_use]
    pub fn windowed(self, window: Window) -> Self {
        Self { window: Some(window), ..self }
    }

    /// What was to be reached and what was.
    fn aims(&self) -> Vec<Aim> {
        let mut aims = self.line.as_ref().map(|line| line.aims(&self.phase)).unwrap_or_default();
        if let Some(window) = &self.window {
            aims.push(Aim::most("server CPU ms in all", 1_000.0, window.server_cpu_ms));
            aims.push(Aim::most("longest wait for a receipt, ms", 2_000.0, window.durable_ms_max));
        }
        if let Some(restore) = &self.restore {
            aims.push(Aim::most("lost", 0.0, restore.lost as f64));
            aims.push(Aim::most("requests, most", 3.0, restore.requests_max as f64));
            aims.push(Aim::most("overhead bytes, director, most", 10_000.0, restore.overhead_bytes_max as f64));
            aims.push(Aim::most("overhead bytes, station, most", 10_000.0, restore.station_overhead_bytes_max as f64));
            let (least, most) = (self.devices as f64, f64::INFINITY);
            aims.push(Aim { what: "seen in the first request", least, most, measured: restore.seen_first as f64 });
        }
        if let Some(growth) = &self.growth {
            let ratio = |what, measured| Aim { what, least: 0.95, most: 1.05, measured };
            aims.push(ratio("unchanged: bytes", growth.unchanged_bytes_ratio));
            aims.push(ratio("unchanged: request CPU", growth.unchanged_cpu_ratio));
            aims.push(ratio("day: bytes", growth.day_bytes_ratio));
            aims.push(ratio("day: request CPU", growth.day_cpu_ratio));
            aims.push(Aim::most("day: gate CPU", 2.0, growth.gate_cpu_ratio));
        }
        if let Some(desk) = &self.desk {
            let most = match self.phase.as_str() {
                "desk_open" => 1_000.0,
                "desk_file" => 100.0,
                // Ours, not the issue's: they watch that neither reads the whole store again.
                "desk_today" => 300.0,
                "desk_state" => 10.0,
                "ui_start" => 2_000.0,
                "ui_open" => 1_500.0,
                "ui_file" => 150.0,
                "ui_search" | "ui_save" => f64::INFINITY,
                _ => 50.0,
            };
            aims.push(Aim::most("ms, median", most, desk.ms_p50));
            aims.push(Aim::shown("ms, 99 of 100", desk.ms_p99));
            if desk.cpu_ms_p50 > 0.0 {
                aims.push(Aim::shown("CPU ms, median", desk.cpu_ms_p50));
            }
        }
        if let Some(idle) = &self.idle {
            aims.push(Aim::most("CPU of one core, %", 1.0, idle.cpu_percent));
            aims.push(Aim::most("memory of the program, MB", 120.0, idle.rss_mb));
            aims.push(Aim::shown("of it shared with nobody, MB", idle.own_mb));
            aims.push(Aim::shown("memory of the web view, MB", idle.web_rss_mb));
        }
        aims
    }
}

impl OnLine {
    fn aims(&self, phase: &str) -> Vec<Aim> {
        let bytes = (self.bytes_up + self.bytes_down) as f64;
        let (requests, request) = (self.requests as f64, self.server_request_cpu_ms);
        let all = |most: [f64; 3]| {
            vec![
                Aim::most("requests", most[0], requests),
                Aim::most("bytes", most[1], bytes),
                Aim::most("request CPU ms", most[2], request),
            ]
        };
        let any = f64::INFINITY;
        match phase {
            "unchanged" => all([1.0, 450.0, any]),
            "day_director" => {
                let mut aims = all([1.0, 6_500.0, 1.0]);
                aims.push(Aim::most("gate CPU ms", 4.0, self.server_gate_cpu_ms));
                aims
            }
            "first_director" => all([2.0, 285_000.0, 2.0]),
            "first_station" => all([any, any, any]),
            "day_station" => all([1.0, 65_000.0, any]),
            "whole_window" => vec![Aim::most("server MB", 128.0, self.server_rss_mb)],
            _ => Vec::new(),
        }
    }
}

/// One line of the table.
struct Aim {
    what: &'static str,
    least: f64,
    most: f64,
    measured: f64,
}

impl Aim {
    const fn most(what: &'static str, most: f64, measured: f64) -> Self {
        Self { what, least: 0.0, most, measured }
    }

    const fn shown(what: &'static str, measured: f64) -> Self {
        Self::most(what, f64::INFINITY, measured)
    }

    fn met(&self) -> bool {
        (self.least..=self.most).contains(&self.measured)
    }

    fn target(&self) -> String {
        match (self.least, self.most) {
            (_, most) if most == f64::INFINITY && self.least == 0.0 => "–".to_owned(),
            (least, f64::INFINITY) => format!("≥ {least}"),
            (0.0, most) => format!("≤ {most}"),
            (least, most) => format!("{least}–{most}"),
        }
    }
}

/// The phases as a table.
pub fn table(phases: &[Phase]) -> String {
    let mut out = format!("{:<20} {:<32} {:>12} {:>12}\n", "phase", "what", "target", "measured");
    for phase in phases {
        for aim in phase.aims() {
            let verdict = if aim.met() { "" } else { "  MISSED" };
            let line = (&phase.phase, aim.what, aim.target(), aim.measured);
            out.push_str(&format!("{:<20} {:<32} {:>12} {:>12.2}{verdict}\n", line.0, line.1, line.2, line.3));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phase_is_one_flat_object_and_the_table_says_what_was_missed() {
        let sample = Sample { requests: 1, up: 300, down: 200, ..Sample::default() };
        let phase = Phase::on_line("unchanged", &[sample], 20.0, 90.0);
        let json = serde_json::to_value(&phase).expect("JSON");
        assert_eq!((json["bytes_up"].as_u64(), json["devices"].as_u64()), (Some(300), Some(1)));
        assert!(json.get("ms_p50").is_none());
        let shown = table(&[phase]);
        assert!(shown.lines().any(|line| line.contains("bytes") && line.ends_with("MISSED")), "{shown}");
        assert_eq!(shown.matches("MISSED").count(), 1);
    }
}
