//! Who watches a run, and who of them steers.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

/// Those who watch a run, as one of them sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Company {
    /// Who steers; none where it is whoever reads this, or nobody yet.
    pub steered_by: Option<String>,
    /// The others.
    pub others: Vec<String>,
}

#[derive(Clone, Default)]
pub struct Seats(Arc<Mutex<Table>>);

#[derive(Default)]
struct Table {
    next: u64,
    seated: Vec<(u64, String)>,
    steering: Option<u64>,
}

/// A place at a run, free again when it is dropped.
pub struct Seat {
    id: u64,
    seats: Seats,
}

impl Seats {
    fn lock(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a seat; the first steers.
    pub fn join(&self, who: String) -> Seat {
        let mut table = self.lock();
        let id = table.next;
        table.next += 1;
        table.seated.push((id, who));
        table.steering.get_or_insert(id);
        Seat {
            id,
            seats: self.clone(),
        }
    }
}

impl Seat {
    /// Why commands from this seat are not obeyed, where somebody else steers.
    pub fn refusal(&self) -> Option<String> {
        let who = self.company().steered_by?;
        Some(format!("{who} steers; `:steer` takes over"))
    }

    /// Takes the wheel.
    pub fn steer(&self) {
        self.seats.lock().steering = Some(self.id);
    }

    pub fn company(&self) -> Company {
        let table = self.seats.lock();
        let named = |id: u64| table.seated.iter().find(|(other, _)| *other == id);
        let steering = table.steering.filter(|&id| id != self.id);
        Company {
            steered_by: steering.and_then(named).map(|(_, who)| who.clone()),
            others: table
                .seated
                .iter()
                .filter(|(id, _)| *id != self.id)
                .map(|(_, who)| who.clone())
                .collect(),
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut table = self.seats.lock();
        table.seated.retain(|(id, _)| *id != self.id);
        if table.steering == Some(self.id) {
            table.steering = table.seated.first().map(|(id, _)| *id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_steers_and_the_wheel_goes_on_when_he_leaves() {
        let seats = Seats::default();
        let a = seats.join("a".into());
        let b = seats.join("b".into());
        assert!(a.refusal().is_none() && b.refusal().is_some());
        assert_eq!(b.company().steered_by.as_deref(), Some("a"));
        b.steer();
        assert!(b.refusal().is_none() && a.refusal().is_some());
        assert_eq!(b.company().steered_by, None);
        assert_eq!(b.company().others, ["a"]);
        drop(b);
        assert!(a.refusal().is_none());
        assert_eq!(a.company(), Company::default());
    }
}
