//! What one device's exchange cost, and medians over devices. It must not know what was exchanged.

use std::time::Duration;

use desk::meter::Traffic;

use super::centre::Cpu;

/// One device's cost.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Sample {
    /// Requests.
    pub requests: u64,
    /// HTTP headers and bodies sent.
    pub up: u64,
    /// HTTP headers and bodies received.
    pub down: u64,
    /// Bytes through the sockets, both ways.
    pub tls: u64,
    /// Of `up`, envelopes.
    pub pushed: u64,
    /// The client's CPU, its end of TLS included.
    pub client: Duration,
    /// Longest wait for a receipt.
    pub durable: Duration,
    /// The server's CPU.
    pub server: Cpu,
}

impl Sample {
    /// Counts what a line carried.
    pub fn add_traffic(&mut self, traffic: Traffic) {
        self.requests += traffic.requests;
        self.up += traffic.http_up;
        self.down += traffic.http_down;
        self.tls += traffic.tls_up + traffic.tls_down;
    }

    /// HTTP bytes both ways.
    pub const fn bytes(&self) -> u64 {
        self.up + self.down
    }
}

/// The median of one figure over samples; 0 of none.
pub fn median<T: Ord + Default>(samples: &[Sample], figure: impl Fn(&Sample) -> T) -> T {
    quantile(samples.iter().map(figure).collect(), 0.5)
}

/// A quantile; the default of none.
pub fn quantile<T: Ord + Default>(mut all: Vec<T>, share: f64) -> T {
    all.sort_unstable();
    let at = ((all.len() as f64 - 1.0) * share).round().max(0.0) as usize;
    all.into_iter().nth(at).unwrap_or_default()
}

/// Milliseconds.
pub fn ms(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e5).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_and_quantiles_are_of_the_middle_and_the_end() {
        let samples: Vec<Sample> = [5, 1, 9].iter().map(|up| Sample { up: *up, ..Sample::default() }).collect();
        assert_eq!(median(&samples, |s| s.up), 5);
        assert_eq!(quantile((0..101).collect(), 0.99), 99);
        assert_eq!(quantile(Vec::<u8>::new(), 0.5), 0);
    }
}
