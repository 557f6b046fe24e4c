//! Signals during a run without a screen: the first asks, the second ends.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;

/// Remembers the signal that has come.
pub struct Signals {
    came: Arc<AtomicUsize>,
}

impl Signals {
    /// # Errors
    /// When the system refuses a handler.
    pub fn catch() -> io::Result<Self> {
        let came = Arc::new(AtomicUsize::new(0));
        let asked = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            // In this order: the first signal arms the shutdown that the second one triggers.
            flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&asked))?;
            flag::register(signal, Arc::clone(&asked))?;
            flag::register_usize(signal, Arc::clone(&came), signal as usize)?;
        }
        Ok(Self { came })
    }

    /// Of a process that another one watches: it may be asked more than once, and also without a
    /// signal, by [`ask`](Self::ask).
    /// # Errors
    /// When the system refuses a handler.
    pub fn catch_gently() -> io::Result<Self> {
        let came = Arc::new(AtomicUsize::new(0));
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            flag::register_usize(signal, Arc::clone(&came), signal as usize)?;
        }
        Ok(Self { came })
    }

    /// Gives what asks for the end as SIGTERM does.
    pub fn ask(&self) -> impl Fn() + Send + use<> {
        let came = Arc::clone(&self.came);
        move || came.store(SIGTERM as usize, Ordering::Relaxed)
    }

    /// The number of the signal that asks for the end.
    pub fn came(&self) -> Option<i32> {
        match self.came.load(Ordering::Relaxed) {
            0 => None,
            signal => i32::try_from(signal).ok(),
        }
    }
}
